#pragma once

#include <cstdint>

#include "dko/base/aligned_array.hpp"

namespace dko {

/// An AlignedArray with some room before its first number, another for each array of a set that is swept
/// together. Without it large arrays of certain sizes lie apart by a multiple of a high power of two, so that
/// their elements of the same number share banks of the memory and sets of the caches: measured, weights and
/// moments of 10,000 × 10,000 were updated at 5 GB/s instead of 37.
class StaggeredArray {
 public:
  /// @param number of the array in its set, up to a few dozen
  void assign(std::int64_t size, float value, std::int64_t number) {
    before_ = number * step;
    size_ = size;
    memory_.assign(before_ + size, value);
  }

  float* data() { return memory_.data() + before_; }
  const float* data() const { return memory_.data() + before_; }
  std::int64_t size() const { return size_; }

 private:
  /// 73 KiB and a cache line: another bank, another page and another line of it.
  static constexpr std::int64_t step = (73 * 1024 + 64) / 4;

  AlignedArray memory_;
  std::int64_t before_ = 0;
  std::int64_t size_ = 0;
};

}  // namespace dko
