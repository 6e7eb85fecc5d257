#pragma once
// Reading the stored scores of a finished screen back, block by block, and comparing each with its checksum.

#include <cstdint>
#include <functional>

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

/// Number of blocks of an array; 0 where the file has none of it on record. Local. @throws InputError
std::int64_t stored_blocks(const hdf5::File& file, ScoreArray array);

/// Reads blocks [first, last) of an array, and calls visit(block) for each that is on record in every score,
/// whether its checksum is right or not. 1 MiB of memory for each score. Local. @throws InputError if the
/// file cannot be read
BlockCounts read_blocks_back(const hdf5::File& file, ScoreArray array, EventRange blocks,
                             const std::function<void(const StoredBlock&)>& visit);

}  // namespace dko
