#include "dko/base/block_checksum.hpp"

#define XXH_INLINE_ALL  // for this processor's vectors: the library's own code is of the least of them
#include <xxhash.h>

namespace dko {

std::uint64_t block_checksum_of_bytes(std::span<const std::byte> bytes) {
  const std::uint64_t sum = XXH3_64bits(bytes.data(), bytes.size());
  return sum == 0 ? 1 : sum;
}

}  // namespace dko
