#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "dko/knockout/event_index.hpp"
#include "dko/knockout/pair_extremes.hpp"
#include "dko/knockout/screen.hpp"
#include "dko/parallel/communicator.hpp"

namespace dko {

/// Writes the pairs that a screen has selected into its file, as its list, in the order of events: each rank
/// its own, where those of the ranks before it end. `kept` is the rank's part, as PairSelection has it after
/// finish(). Returns how many there are on all ranks. Collective.
/// @throws CollectiveFailure if the disk has no room for them, IoError
std::int64_t write_kept_pairs(const std::filesystem::path& path, const ScreenPlan& plan,
                              const PairIndex& index, const std::vector<KeptPair>& kept,
                              const Communicator& ranks);

}  // namespace dko
