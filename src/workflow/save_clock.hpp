#pragma once
// Shared by this room's sources only.

#include <algorithm>

#include "dko/base/stopwatch.hpp"

namespace dko {

/// Says when a rank is to save what it has in memory: so often that little is lost, and so rarely that it
/// takes a fiftieth of the time.
class SaveClock {
 public:
  bool is_due() const { return since_.seconds() >= interval_; }

  template <class Save>
  void save(Save work) {
    const Stopwatch watch;
    work();
    interval_ = std::max(shortest, 50 * watch.seconds());
    since_ = {};
  }

 private:
  static constexpr double shortest = 30;  // seconds

  double interval_ = shortest;
  Stopwatch since_;
};

}  // namespace dko
