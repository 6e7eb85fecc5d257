#pragma once
// Shared by this room's sources only.

#include <cstdint>
#include <vector>

#include "dko/hdf5/file.hpp"
#include "dko/knockout/events/event_index.hpp"
#include "dko/knockout/screen/screen.hpp"

namespace dko {

/// One array of float32 for every wanted score, each of as many events, with its space taken. @throws IoError
void create_scores(hdf5::Location& group, ScoreSet wanted, std::int64_t events);

/// The array of a score. @throws InputError if it is not there
hdf5::Dataset scores_of(const hdf5::File& file, ScoreArray array, Score score);

/// These scores of a range of events, into `values`. @throws InputError
ScoreViews read_scores(const hdf5::File& file, ScoreArray array, ScoreSet scores, EventRange events,
                       PerScore<std::vector<float>>& values);

}  // namespace dko
