#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace dko {

/// XXH3 (64 bits, seed 0, canonical byte order of x86) of a block of data, with 1 in place of 0, so that 0
/// may stand for no checksum. An order of magnitude quicker than Checksum: for what is checked while it is
/// written. Finds damage; it is no protection against forgery. Local.
std::uint64_t block_checksum_of_bytes(std::span<const std::byte> bytes);

template <class T>
std::uint64_t block_checksum(std::span<const T> values) {
  return block_checksum_of_bytes(std::as_bytes(values));
}

/// The same of a block that comes in pieces, wherever these end.
class RunningChecksum {
 public:
  RunningChecksum();
  ~RunningChecksum();
  RunningChecksum(RunningChecksum&&) noexcept;
  RunningChecksum& operator=(RunningChecksum&&) noexcept;

  void add_bytes(std::span<const std::byte> bytes);
  template <class T>
  void add(std::span<const T> values) {
    add_bytes(std::as_bytes(values));
  }
  /// Its length in 64 bits, and the text.
  void add(const std::string& text);

  std::uint64_t value() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Checksum of texts with their lengths, so that {"ab","c"} and {"a","bc"} differ.
std::uint64_t checksum_of_texts(std::span<const std::string> texts);

}  // namespace dko
