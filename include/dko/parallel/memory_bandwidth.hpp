#pragma once
// Memory bandwidth, to compare with what is bound by it.

#include <cstdint>

#include "dko/parallel/communicator.hpp"

namespace dko {

/// Bytes a second that one core reads from an array far larger than the caches, the quickest of some tries.
/// Local.
double measure_read_bandwidth();

/// Bytes a second and rank of a sweep that reads and writes three arrays of floats, as Adam does weights and
/// moments: 24 bytes an element. All ranks sweep at once, each over `bytes` of its own, that should be far
/// more than its part of the caches; the slowest rank's time counts, and of all sweeps in about `seconds` the
/// quickest. The same on every rank. Collective. @throws std::bad_alloc
double update_bandwidth(const Communicator& ranks, std::int64_t bytes, double seconds);

}  // namespace dko
