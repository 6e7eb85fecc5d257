#pragma once
// Shared by this room's sources only.

#include <cstdint>

#include "dko/hdf5/file.hpp"
#include "dko/knockout/score.hpp"

namespace dko {

/// One array of float32 for every wanted score, each of as many events, with its space taken. @throws IoError
void create_scores(hdf5::Location& group, ScoreSet wanted, std::int64_t events);

}  // namespace dko
