#pragma once
// Reading the stored scores of a finished screen back, block by block, and comparing each with its checksum.

#include <cstdint>
#include <functional>
#include <string>

#include "dko/hdf5/file.hpp"
#include "dko/knockout/screen/screen.hpp"

namespace dko {

/// A block of all stored scores of an array, as it was read.
struct StoredBlock {
  ScoreArray array = ScoreArray::singles;
  EventRange events;
  ScoreViews scores;
};

/// What became of blocks; one of each score counts for itself.
struct BlockCounts {
  std::int64_t read = 0;     ///< that are on record
  std::int64_t bytes = 0;    ///< of these
  std::int64_t absent = 0;   ///< that nobody has put on record
  std::int64_t damaged = 0;  ///< whose checksum is not the one on record
  std::int64_t first = -1;   ///< first event of the first that is absent or damaged; −1: none

  void add(const BlockCounts& other);
};

/// What a screen of this plan stores of an array; apart from pairs that are selected, which are put into the
/// list in the end.
ScoreSet stored_scores(const ScreenPlan& plan, ScoreArray array);

/// What the record of an array says is stored.
struct StoredExtent {
  std::int64_t blocks = 0;
  std::int64_t events = 0;
  ScoreSet scores;  ///< each of so many events, in so many blocks
};

/// Nothing, where the file has no record of the array. Local. @throws InputError
StoredExtent stored_extent(const hdf5::File& file, ScoreArray array);

/// "impact, network", as they are called in the file; `none` of none.
std::string text_of(ScoreSet scores, const char* separator = ", ", const char* none = "no scores");

/// Reads blocks [first, last) of an array, and calls visit(block) for each that is on record in every score,
/// whether its checksum is right or not. 1 MiB of memory for each score. Local. @throws InputError if the
/// file cannot be read
BlockCounts read_blocks_back(const hdf5::File& file, ScoreArray array, EventRange blocks,
                             const std::function<void(const StoredBlock&)>& visit);

}  // namespace dko
