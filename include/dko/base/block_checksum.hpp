#pragma once

#include <cstdint>
#include <span>

namespace dko {

/// XXH3 (64 bits, seed 0, canonical byte order of x86) of a block of data, with 1 in place of 0, so that 0
/// may stand for no checksum. An order of magnitude quicker than Checksum: for what is checked while it is
/// written. Finds damage; it is no protection against forgery. Local.
std::uint64_t block_checksum_of_bytes(std::span<const std::byte> bytes);

template <class T>
std::uint64_t block_checksum(std::span<const T> values) {
  return block_checksum_of_bytes(std::as_bytes(values));
}

}  // namespace dko
