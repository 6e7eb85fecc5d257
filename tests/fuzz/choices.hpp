#pragma once
// What an edit is made of: choices that the bytes of an input make, and values that tell faults.

#include <hdf5.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>

namespace dko::fuzz {

inline constexpr std::array<std::int64_t, 24> telling_numbers{0,
                                                              1,
                                                              -1,
                                                              2,
                                                              3,
                                                              4,
                                                              5,
                                                              7,
                                                              8,
                                                              9,
                                                              10,
                                                              255,
                                                              1024,
                                                              65535,
                                                              65536,
                                                              2147483647,
                                                              -2147483648LL,
                                                              2147483648LL,
                                                              4294967295LL,
                                                              4294967296LL,
                                                              1LL << 40,
                                                              1LL << 60,
                                                              std::numeric_limits<std::int64_t>::max(),
                                                              std::numeric_limits<std::int64_t>::min()};
inline constexpr std::array<hsize_t, 16> telling_lengths{
    0, 1, 2, 3, 4, 5, 7, 11, 12, 64, 1000, 100000, 1ULL << 31, 1ULL << 32, 1ULL << 60, 1ULL << 62};
inline constexpr std::array<double, 6> telling_reals{0.5,
                                                     -0.5,
                                                     1e-310,
                                                     1e300,
                                                     std::numeric_limits<double>::infinity(),
                                                     std::numeric_limits<double>::quiet_NaN()};

/// Takes the input bit by bit; zeros when it is at its end.
class Choices {
 public:
  explicit Choices(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  bool at_end() const { return at_ >= bytes_.size(); }
  std::uint8_t byte() { return at_end() ? std::uint8_t{0} : bytes_[at_++]; }
  std::size_t below(std::size_t bound) { return bound == 0 ? 0 : byte() % bound; }
  template <class Array>
  const auto& one_of(const Array& array) {
    return array[below(array.size())];
  }
  std::string text() {
    std::string text;
    for (std::size_t left = below(32); left > 0; --left) text += static_cast<char>(byte());
    return text;
  }

 private:
  std::span<const std::uint8_t> bytes_;
  std::size_t at_ = 0;
};

}  // namespace dko::fuzz
