#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>

namespace dko {

/// Floats aligned to 64 bytes. Growing loses the content; memory is kept for the next cell.
class AlignedArray {
 public:
  /// Room for `size` numbers, whose values are whatever they are.
  void resize(std::int64_t size) {
    if (size > capacity_) {
      data_.reset();
      data_.reset(static_cast<float*>(
          ::operator new (static_cast<std::size_t>(size) * sizeof(float), std::align_val_t{alignment})));
      capacity_ = size;
    }
    size_ = size;
  }
  void assign(std::int64_t size, float value) {
    resize(size);
    std::fill_n(data_.get(), size, value);
  }

  float* data() { return data_.get(); }
  const float* data() const { return data_.get(); }
  std::int64_t size() const { return size_; }
  float& operator[](std::int64_t at) { return data_[static_cast<std::size_t>(at)]; }
  float operator[](std::int64_t at) const { return data_[static_cast<std::size_t>(at)]; }

 private:
  static constexpr std::size_t alignment = 64;
  struct Free {
    void operator()(float* data) const { ::operator delete (data, std::align_val_t{alignment}); }
  };
  std::unique_ptr<float[], Free> data_;
  std::int64_t capacity_ = 0;
  std::int64_t size_ = 0;
};

}  // namespace dko
