#pragma once

#include <optional>
#include <vector>

namespace dko {

/// How long a job will still take, by how much of it was done when. What is left is divided by the rate over
/// the later half of the time so far: a slow start, or parts that go at another rate, lose their say after as
/// long again, and a moment's disturbance keeps little. Local.
class TimeLeft {
 public:
  /// At `seconds` since the start, `fraction` (0 to 1) of the work was done. Neither ever falls. Cheap, and
  /// bounded in memory, however often it is called.
  void note(double seconds, double fraction);

  /// Nothing as long as nothing was done.
  std::optional<double> seconds_left() const;

 private:
  struct Moment {
    double seconds = 0;
    double fraction = 0;
  };

  const Moment& half_way_back() const;

  std::vector<Moment> moments_{Moment{}};
  double spacing_ = 0;  // between moments that are kept
  Moment now_;
};

/// When a log that no one watches hears of progress next, in seconds since the start, if it last did at
/// `last` (0: never): after 5 s, 10 s later, 20 s later, and every 30 s from then on.
double next_report(double last);

}  // namespace dko
