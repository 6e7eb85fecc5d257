#pragma once

#include <cstdint>
#include <vector>

#include "dko/knockout/events/event_index.hpp"

namespace dko {

/// Events drawn to be scored again: [0, events) is divided into strata of one length, the longest with which
/// there are at least `count`, and one event is drawn at random from each. Each stratum has a random stream
/// of its own, so that ranks draw theirs without asking the others. All events, where they are fewer than
/// twice `count`.
class ScoreSample {
 public:
  ScoreSample(std::int64_t events, std::int64_t count, std::uint64_t seed);

  std::int64_t size() const { return (events_ + length_ - 1) / length_; }
  /// Those drawn in a range, ascending. Local.
  std::vector<std::int64_t> within(EventRange range) const;
  /// Least chance that one event at least of the sample is among a part `share` of all, wherever these are:
  /// 1 − (1 − share)^(events / length of a stratum). A stratum with w of them among s is missed with
  /// 1 − w/s, and the product of such is largest where all are equal. Local.
  double chance(double share) const;

 private:
  std::int64_t drawn(std::int64_t stratum) const;

  std::int64_t events_;
  std::int64_t length_;  // of a stratum; the last may be shorter
  std::uint64_t seed_;
};

}  // namespace dko
