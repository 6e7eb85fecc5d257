#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace dko {

/// CRC-64/XZ (polynomial 0x42F0E1EBA9EA3693, reflected, all-ones start and end) of everything fed to it.
/// Tells files apart and finds damage; it is no protection against forgery.
class Checksum {
 public:
  template <class T>
  void add(std::span<const T> values) {
    add_bytes(std::as_bytes(values));
  }
  /// Adds the length too, so that {"ab","c"} and {"a","bc"} differ.
  void add(const std::string& text);

  /// "crc64:" and 16 hexadecimal digits.
  std::string text() const;

 private:
  void add_bytes(std::span<const std::byte> bytes);
  std::uint64_t crc_ = 0;
};

}  // namespace dko
