#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "dko/knockout/score/score.hpp"

namespace dko {

/// A double knockout that is kept: its number among all pairs (PairIndex), what it was selected by, and its
/// scores; 0 for those that are not wanted.
struct KeptPair {
  std::int64_t number = 0;
  float value = 0;
  PerScore<float> scores;
};

/// The `count` pairs with the highest or with the lowest values of those that come, which must be in
/// ascending order of their numbers: of equal values the first. What is no number is never among them. Holds
/// at most twice as many. Local.
class PairExtremes {
 public:
  enum class End { highest, lowest };
  PairExtremes(End end, std::int64_t count) : sign_(end == End::highest ? 1 : -1), count_(count) {}

  /// Whether a pair of this value may be among them: to be asked before add(), and quick.
  bool wants(float value) const { return sign_ * value > bound_; }
  void add(const KeptPair& pair);

  /// Appends them to `pairs`, in no order, and begins anew.
  void drain(std::vector<KeptPair>& pairs);

 private:
  void trim();

  float sign_;
  std::int64_t count_;
  float bound_ = -std::numeric_limits<float>::infinity();
  std::vector<KeptPair> held_;
};

}  // namespace dko
