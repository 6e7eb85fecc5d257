#pragma once
// Pairs that a stopped screen had selected, of all its ranks in a file. Shared by this room's sources only.

#include <cstdint>
#include <string>
#include <vector>

#include "dko/hdf5/file.hpp"
#include "dko/knockout/screen/pair_selection.hpp"
#include "dko/parallel/communicator.hpp"

namespace dko::saved_selections {

using Ranges = std::vector<EventRange>;

/// Ranges as numbers, first and last in turn, and back.
std::vector<std::int64_t> bounds_of(const Ranges& ranges);
Ranges ranges_between(const std::vector<std::int64_t>& bounds);

/// Where the part of each rank begins in the arrays of a file, and where the last one ends.
struct Parts {
  std::vector<std::int64_t> ranges;
  std::vector<std::int64_t> pairs;

  std::int64_t count() const { return std::ssize(pairs) - 1; }
};

/// Parts for what each rank has, the same on every rank. Collective.
Parts parts_of(const SelectionView& own, const Communicator& ranks);

/// Makes the arrays for all parts. Local.
void create(hdf5::Location& file, const Parts& parts, ScoreSet scores);

/// Writes one part to its place, with its checksums. Local. @throws IoError
void write(hdf5::File& file, const SelectionView& own, ScoreSet scores, const Parts& parts,
           std::int64_t part);

/// Those of these files whose events none of them with more events has as well; `of_all` becomes the events
/// of what is chosen. Local. @throws InputError if a file is corrupt
std::vector<std::string> each_once(const std::vector<std::string>& files, Ranges& of_all);

/// Number of parts in a file: 1 in one that a single rank wrote, as earlier builds did. Local.
std::int64_t parts_in(const std::string& path);

/// A part, as its rank had it. Local. @throws InputError if it does not have its checksums
SelectionState read(const std::string& path, std::int64_t part);

}  // namespace dko::saved_selections
