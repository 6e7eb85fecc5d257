#include "dko/knockout/kernels/pair_extremes.hpp"

#include <algorithm>

namespace dko {

void PairExtremes::add(const KeptPair& pair) {
  if (std::ssize(held_) >= 2 * count_) trim();
  if (wants(pair.value)) held_.push_back(pair);
}

/// What comes later than the last of the best must be above it: equal values do not displace earlier ones.
void PairExtremes::trim() {
  if (std::ssize(held_) <= count_) return;
  const auto end = held_.begin() + count_;
  std::nth_element(held_.begin(), end - 1, held_.end(), [this](const KeptPair& a, const KeptPair& b) {
    return a.value != b.value ? sign_ * a.value > sign_ * b.value : a.number < b.number;
  });
  held_.erase(end, held_.end());
  bound_ = sign_ * held_.back().value;
}

void PairExtremes::drain(std::vector<KeptPair>& pairs) {
  trim();
  pairs.insert(pairs.end(), held_.begin(), held_.end());
  held_.clear();
  bound_ = -std::numeric_limits<float>::infinity();
}

}  // namespace dko
