#pragma once

#include <sys/mman.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <span>
#include <utility>

namespace dko {

/// Numbers aligned to 64 bytes. Growing loses the content; memory is kept.
template <class T>
class AlignedValues {
 public:
  AlignedValues() = default;
  AlignedValues(AlignedValues&& other) noexcept
      : data_(std::move(other.data_)),
        capacity_(std::exchange(other.capacity_, 0)),
        size_(std::exchange(other.size_, 0)) {}
  AlignedValues& operator=(AlignedValues&& other) noexcept {
    data_ = std::move(other.data_);
    capacity_ = std::exchange(other.capacity_, 0);
    size_ = std::exchange(other.size_, 0);
    return *this;
  }

  /// Room for `size` numbers, whose values are whatever they are.
  void resize(std::int64_t size) {
    if (size > capacity_) {
      data_.reset();
      capacity_ = 0;
      data_ = allocate(static_cast<std::size_t>(size) * sizeof(T));
      capacity_ = size;
    }
    size_ = size;
  }
  void assign(std::int64_t size, T value) {
    resize(size);
    std::fill_n(data_.get(), size, value);
  }

  T* data() { return data_.get(); }
  const T* data() const { return data_.get(); }
  std::int64_t size() const { return size_; }
  T& operator[](std::int64_t at) { return data_[static_cast<std::size_t>(at)]; }
  T operator[](std::int64_t at) const { return data_[static_cast<std::size_t>(at)]; }

 private:
  struct Free {
    void operator()(T* data) const { std::free(data); }
  };
  using Pointer = std::unique_ptr<T[], Free>;

  /// Large arrays ask for large pages: kernels pass over them column by column, and would wait for addresses.
  static Pointer allocate(std::size_t bytes) {
    constexpr std::size_t alignment = 64;
    constexpr std::size_t large_page = std::size_t{1} << 21;
    const bool is_large = bytes >= 2 * large_page;
    const std::size_t unit = is_large ? large_page : alignment;
    Pointer data(static_cast<T*>(std::aligned_alloc(unit, (bytes + unit - 1) / unit * unit)));
    if (data == nullptr) throw std::bad_alloc();
#ifdef MADV_HUGEPAGE
    if (is_large) madvise(data.get(), bytes, MADV_HUGEPAGE);  // a wish: nothing is lost if it is not granted
#endif
    return data;
  }

  Pointer data_;
  std::int64_t capacity_ = 0;
  std::int64_t size_ = 0;
};

using AlignedArray = AlignedValues<float>;

}  // namespace dko
