#pragma once

#include <cmath>
#include <limits>

namespace dko {

/// Number, mean and sum of squared deviations of values that come one by one (Welford 1962), or of parts that
/// are put together (Chan, Golub, LeVeque 1979). Equal values leave exactly no deviation.
struct Moments {
  double count = 0;
  double mean = 0;
  double squares = 0;

  void add(double value) {
    count += 1;
    const double difference = value - mean;
    mean += difference / count;
    squares += difference * (value - mean);
  }

  void add(const Moments& other) {
    if (other.count == 0) return;
    const double difference = other.mean - mean;
    const double all = count + other.count;
    mean += difference * (other.count / all);
    squares += other.squares + difference * difference * (count * other.count / all);
    count = all;
  }

  /// Sample standard deviation; NaN of fewer than two values.
  double sd() const {
    return count > 1 ? std::sqrt(squares / (count - 1)) : std::numeric_limits<double>::quiet_NaN();
  }
};

}  // namespace dko
