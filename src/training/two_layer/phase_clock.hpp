#pragma once

#include "dko/base/stopwatch.hpp"
#include "dko/training/two_layer/trainer.hpp"

namespace dko {

/// Adds the time between calls to the parts of StepSeconds.
class PhaseClock {
 public:
  /// What has passed since the last call goes to the phase that was current; `phase` is from now on.
  void enter(double StepSeconds::*phase) {
    const double now = watch_.seconds();
    seconds_.*current_ += now - since_;
    since_ = now;
    current_ = phase;
  }
  /// Time from now on is no phase's of the last step's, but `other`.
  void start() {
    since_ = watch_.seconds();
    current_ = &StepSeconds::other;
  }
  void stop() { enter(&StepSeconds::other); }

  StepSeconds& totals() { return seconds_; }
  const StepSeconds& totals() const { return seconds_; }

 private:
  Stopwatch watch_;
  double since_ = 0;
  double StepSeconds::*current_ = &StepSeconds::other;
  StepSeconds seconds_;
};

}  // namespace dko
