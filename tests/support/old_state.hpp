#pragma once
// The state of a selection as builds before wrote it: a file of each rank alone.

#include <filesystem>
#include <string>

#include "dko/knockout/screen/pair_selection.hpp"

namespace dko::testing {

/// Writes the state of one rank beside the file `partial` of a job.
void write_old_state(const std::filesystem::path& partial, const std::string& job,
                     const SelectionState& state, ScoreSet scores, int rank);

}  // namespace dko::testing
