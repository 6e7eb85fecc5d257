#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include "dko/parallel/communicator.hpp"

namespace dko {

/// As exchange(), of numbers of bytes. Collective.
void exchange_bytes(const std::byte* values, std::span<const std::int64_t> counts, std::byte* received,
                    std::span<const std::int64_t> from, const Communicator& ranks);

/// Like MPI_Alltoallv: of `values` the first counts[0] go to rank 0, the next counts[1] to rank 1 and so on;
/// from[r] arrive from rank r. `received` holds Σ from[r], in the order of the ranks. What a rank has for
/// itself it puts there itself: its own count must be 0, and room for from[rank] is left as it is.
/// Only ranks that have something for each other exchange messages. Collective.
template <class T>
requires std::is_trivially_copyable_v<T>
void exchange(std::span<const T> values, std::span<const std::int64_t> counts, std::span<T> received,
              std::span<const std::int64_t> from, const Communicator& ranks) {
  const auto in_bytes = [](std::span<const std::int64_t> numbers) {
    std::vector<std::int64_t> bytes;
    for (const std::int64_t number : numbers) bytes.push_back(number * static_cast<std::int64_t>(sizeof(T)));
    return bytes;
  };
  exchange_bytes(std::as_bytes(values).data(), in_bytes(counts), std::as_writable_bytes(received).data(),
                 in_bytes(from), ranks);
}

}  // namespace dko
