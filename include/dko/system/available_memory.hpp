#pragma once

#include <optional>
#include <string>

namespace dko {

/// Bytes that this node can still give this job: MemAvailable of /proc/meminfo, or what its control groups
/// allow if that is less; infinite where neither says.
double available_memory();

/// Bytes of swap space that nothing uses; 0 where the system does not say.
double free_swap();

/// @throws Error, before any computing, if this node has less than `bytes` of memory available.
void require_memory(double bytes, const std::string& what);

/// Bytes that each rank of this node may use at most where users can say how many GiB: as many, or by default
/// 1 GiB; but no more than its part of three quarters of what is free, by default of half.
double memory_of_each_rank(std::optional<double> gibi, int ranks_of_node);

}  // namespace dko
