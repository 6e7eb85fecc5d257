#pragma once
// Sums of pairs that are not complete, in a file of their own. Shared by this room's sources only.

#include <cstdint>
#include <string>
#include <vector>

#include "dko/hdf5/file.hpp"
#include "dko/knockout/screen/pair_division.hpp"
#include "dko/knockout/screen/pair_sums.hpp"

namespace dko::saved_sums {

/// Makes the arrays for all pairs of a block, of which each rank has a part, whose sums are over the cells
/// before `next_cell`. Local.
void create(hdf5::Location& file, const PairSums& sums, const PairDivision& division, std::int64_t next_cell,
            std::int64_t ranks);

/// Writes the sums of a rank to their places among those of the block, with their checksums. Local.
/// @throws IoError
void write(hdf5::File& file, const PairSums& sums, const PairDivision& division, std::int64_t rank);

/// Number of parts in a file; 0 in one without checksums, as earlier builds wrote it. Local.
/// @throws InputError if a file is corrupt
std::int64_t parts_in(const std::string& path);

/// Reads a part of all arrays. Local. @throws InputError if it does not have its checksums
void verify(const std::string& path, std::int64_t part);

/// First genes whose sums are in a file, perhaps with others.
struct Saved {
  std::string path;
  EventRange of_file;
  std::int64_t next_cell = 0;
  EventRange firsts;
};

/// What these files have of first genes in these ranges, each gene once: the sums over the most cells. `k`
/// genes. Local. @throws InputError if a file is corrupt
std::vector<Saved> find(const std::vector<std::string>& files, const std::vector<EventRange>& ranges,
                        std::int64_t k);

/// The same as texts and numbers, and back.
std::vector<std::string> paths_of(const std::vector<Saved>& all);
std::vector<std::int64_t> numbers_of(const std::vector<Saved>& all);
std::vector<Saved> joined(const std::vector<std::string>& paths, const std::vector<std::int64_t>& numbers);

/// Fills sums of any of its pairs. Local. @throws likewise
void read(const Saved& saved, const std::vector<Measure>& measures, PairSums& sums);

/// Number of its pairs, each in all its cells; `k` genes. Local.
std::int64_t pairs_in_cells(const Saved& saved, std::int64_t k);

}  // namespace dko::saved_sums
