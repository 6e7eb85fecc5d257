#include "dko/base/time_left.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <functional>

#include "dko/base/random.hpp"

using namespace dko;

namespace {

/// The largest error of the time left, in parts of what is really left, from a tenth of the time to nine
/// tenths, of a job whose work is done as `fraction_at` says and that reports `reports` times.
double worst_error(double seconds, int reports, const std::function<double(double)>& fraction_at) {
  TimeLeft left;
  double worst = 0;
  for (int report = 1; report < reports; ++report) {
    const double now = seconds * report / reports;
    left.note(now, fraction_at(now / seconds));
    if (now < 0.1 * seconds || now > 0.9 * seconds) continue;
    worst = std::max(worst, std::abs(left.seconds_left().value() - (seconds - now)) / (seconds - now));
  }
  return worst;
}

}  // namespace

TEST_CASE("a steady job is foretold exactly, however long and however often it reports") {
  for (const double seconds : {0.5, 60.0, 1e6}) {
    for (const int reports : {20, 1000, 200000})
      CHECK(worst_error(seconds, reports, [](double time) { return time; }) < 1e-9);
  }
}

TEST_CASE("a job that starts late is foretold from a tenth on") {
  // Nothing is done in the first twentieth. The mean rate since the start would foretell twice as much at a
  // tenth.
  CHECK(worst_error(100, 1000, [](double time) { return std::max(0.0, (time - 0.05) / 0.95); }) < 0.2);
}

TEST_CASE("a job of uneven steps is foretold within a fifth") {
  // Each report's step takes a random time, from nothing to twice the mean.
  RandomStream stream(1, "steps");
  constexpr int steps = 5000;
  std::vector<double> ends{0};
  for (int step = 0; step < steps; ++step) ends.push_back(ends.back() + stream.uniform(0, 2));
  TimeLeft left;
  for (int step = 1; step < steps; ++step) {
    left.note(ends[static_cast<std::size_t>(step)], static_cast<double>(step) / steps);
    const double real = ends.back() - ends[static_cast<std::size_t>(step)];
    if (step >= steps / 10 && step < 9 * steps / 10)
      CHECK(left.seconds_left().value() == Approx(real).epsilon(0.2));
  }
}

TEST_CASE("a job that slows down for good is foretold after as long again") {
  TimeLeft left;
  for (int second = 1; second <= 100; ++second) left.note(second, 0.005 * second);  // 0.5 % a second
  for (int second = 101; second <= 200; ++second)
    left.note(second, 0.5 + 0.001 * (second - 100));  // then 0.1 %
  CHECK(left.seconds_left().value() == Approx(400).epsilon(0.02));
}

TEST_CASE("nothing is foretold of nothing, and a standstill is not for ever") {
  TimeLeft left;
  CHECK_FALSE(left.seconds_left().has_value());
  left.note(1, 0);
  CHECK_FALSE(left.seconds_left().has_value());
  left.note(2, 0.5);
  CHECK(left.seconds_left().value() == Approx(1));
  left.note(50, 0.5);
  CHECK(left.seconds_left().value() == Approx(50));
}

TEST_CASE("reports come early, then less and less often") {
  std::vector<double> times{0};
  while (times.size() < 7) times.push_back(next_report(times.back()));
  CHECK(times == std::vector<double>{0, 5, 15, 35, 65, 95, 125});
}
