#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace dko {

/// The q-value by statistic: never rising with it.
class QValueCurve {
 public:
  /// By the statistics of effects, and `above` each as q_values_by_decoys(). Local.
  QValueCurve(std::span<const double> found, std::span<const double> above, std::int64_t draws);

  /// That of an effect with this statistic; of another value that of the nearest effect below it, 1 where
  /// there is none. Local.
  double of(double statistic) const;

 private:
  std::vector<double> statistics_;  // ascending
  std::vector<double> q_;
};

}  // namespace dko
