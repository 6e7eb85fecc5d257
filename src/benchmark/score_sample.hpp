#pragma once

#include <cstdint>
#include <vector>

#include "dko/knockout/events/event_index.hpp"

namespace dko {

/// Events drawn to be scored again: [0, events) is divided into `count` strata of equal length (to one
/// event), from each of which one is drawn at random. Each stratum has a random stream of its own, so that
/// ranks draw theirs without asking the others. All events, where they are no more than `count`.
class ScoreSample {
 public:
  ScoreSample(std::int64_t events, std::int64_t count, std::uint64_t seed);

  std::int64_t size() const { return count_; }
  /// Those drawn in a range, ascending. Local.
  std::vector<std::int64_t> within(EventRange range) const;
  /// Least chance that one event at least of the sample is among a part `share` of all, wherever these are:
  /// 1 − (1 − share)^m, where m = events / (length of the longest stratum). A stratum with w of them among s
  /// is missed with 1 − w/s, and a product of such is largest where all are equal. Local.
  double chance(double share) const;

 private:
  std::int64_t start(std::int64_t stratum) const;
  std::int64_t drawn(std::int64_t stratum) const;

  std::int64_t events_;
  std::int64_t count_;
  std::uint64_t seed_;
};

}  // namespace dko
