#pragma once

#include <cstdint>
#include <filesystem>

#include "dko/knockout/events/event_index.hpp"
#include "dko/knockout/screen/pair_selection.hpp"
#include "dko/knockout/screen/screen.hpp"
#include "dko/parallel/communicator.hpp"

namespace dko {

/// The file that singles and kept pairs are written to, before it takes the place of the unfinished one.
/// Local.
std::filesystem::path whole_file(std::filesystem::path unfinished);

/// Number of pairs that all ranks keep. Collective.
std::int64_t count_kept(const PairSelection& selection, const Communicator& ranks);

/// Writes the pairs that a screen has selected into the list of a file that was made with room for them, in
/// the order of events: each rank its own, after finish(). Their blocks are put on record by rank 0.
/// Collective. @throws IoError
void write_kept_pairs(const std::filesystem::path& path, const ScreenPlan& plan, const PairIndex& index,
                      const PairSelection& selection, const Communicator& ranks);

}  // namespace dko
