#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "dko/hdf5/file.hpp"

namespace dko::hdf5 {

/// Checksums of an array by blocks of its rows (elements, where it has one dimension), which stand in an
/// array of u64 of their own: block_checksum() of the bytes of each, 0 for what was not written.
struct BlockSums {
  std::string array;                 ///< its path, from the root on, without the first slash
  std::string sums;                  ///< that of its checksums
  std::vector<std::int64_t> starts;  ///< first row of each block, and the end of the last
  std::string unit;                  ///< what a row is, for messages: "row", "event"
};

/// Blocks of `block` rows each, but for the last.
std::vector<std::int64_t> even_blocks(std::int64_t rows, std::int64_t block);

/// What a file holds, read from one end to the other.
struct Verification {
  std::int64_t arrays = 0;           ///< that have checksums, and were compared with them
  std::int64_t bytes = 0;            ///< of these; of texts their length
  std::int64_t without = 0;          ///< arrays that have no checksum
  std::int64_t unwritten = 0;        ///< blocks of a file that is not finished
  bool is_readable = true;           ///< whether HDF5 could read all of it
  std::vector<std::string> damaged;  ///< where: "/weights/w1, row 7", "/genes/name"
};

/// Told the path of an array before each piece of it is read.
using PieceCallback = std::function<void(const std::string& path)>;

/// Reads every array of a file and compares it with its checksum: the attribute of that name, or those of its
/// blocks; and the texts of attributes with theirs. A few MiB of memory, but for texts. HDF5 itself may
/// crash where a file is corrupt: see dko/system/child_process.hpp. Local.
Verification verify_arrays(const File& file, const std::vector<BlockSums>& blocks = {},
                           const PieceCallback& on_piece = {});

/// @throws InputError that names the file and up to ten places, unless all is as it was written
void require_intact(const std::string& path, const Verification& found);

}  // namespace dko::hdf5
