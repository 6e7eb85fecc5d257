#pragma once
// Shared by this room's sources only.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "dko/parallel/communicator.hpp"

namespace dko {

/// Sums of many numbers up to a bound that are the same to the bit in whatever order, on however many ranks,
/// they are added: in whole multiples of a power of two, some 2⁻⁴² of the bound for a million terms.
class ExactSums {
 public:
  /// `count` sums of at most `terms` terms each, none larger than `bound`.
  ExactSums(std::int64_t count, double terms, double bound) : sums_(static_cast<std::size_t>(count), 0) {
    constexpr int bits = 62;
    constexpr int of_double = 52;
    const int of_bound = bound > 0 ? static_cast<int>(std::ceil(std::log2(bound))) : 0;
    scale_ = std::ldexp(
        1.0, std::min(of_double, bits - 1 - static_cast<int>(std::ceil(std::log2(terms + 1)))) - of_bound);
  }

  void add(std::size_t at, double value) { sums_[at] += std::llround(value * scale_); }

  /// Adds up those of all ranks. Collective.
  void reduce(const Communicator& ranks) { ranks.sum(std::span<std::int64_t>(sums_)); }

  double operator[](std::size_t at) const { return static_cast<double>(sums_[at]) / scale_; }
  std::size_t size() const { return sums_.size(); }

 private:
  std::vector<std::int64_t> sums_;
  double scale_ = 1;
};

}  // namespace dko
