#pragma once
// Shared by this room's sources only.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "dko/base/block_checksum.hpp"
#include "dko/knockout/screen/pair_division.hpp"
#include "dko/parallel/communicator.hpp"

namespace dko {

/// Checksums of the rows of arrays of all pairs, of which each rank has consecutive numbers, of 4 bytes each:
/// the ranks that have the rest of a row pass it to the one that has its first pair.
class RowChecksums {
 public:
  /// Checksums of the rows of the division's first genes, of k. Local.
  RowChecksums(const PairDivision& division, std::int64_t k, std::size_t arrays, const Communicator& ranks);

  /// The next numbers of an array, from pair `first` on: all of this rank's, in order. Local.
  template <class T>
  void add(std::size_t array, std::int64_t first, std::span<const T> values) {
    static_assert(sizeof(T) == bytes_of_number);
    add_bytes(array, first, std::as_bytes(values));
  }

  /// Passes on the parts of rows that begin elsewhere, and takes those of this rank's last row. Collective.
  void join();

  /// Once they are joined: of the rows whose first pairs this rank has, from first_row() on; the last row of
  /// all has no pairs, and belongs to rank 0. Local.
  std::int64_t first_row() const { return first_row_; }
  std::span<const std::uint64_t> of(std::size_t array) const { return rows_[array]; }

 private:
  static constexpr std::size_t bytes_of_number = 4;

  void add_bytes(std::size_t array, std::int64_t first, std::span<const std::byte> bytes);
  std::int64_t row_of(std::int64_t pair) const;
  std::int64_t start_of(std::int64_t row) const;
  std::int64_t pairs_of_last_row(std::int64_t rank) const;
  void end_row(std::size_t array);

  const PairDivision& division_;
  std::int64_t k_;
  const Communicator& ranks_;
  EventRange own_;
  std::int64_t first_row_ = 0;
  std::int64_t last_row_ = -1;                           // of those that begin here
  std::vector<std::vector<std::byte>> begun_elsewhere_;  // of each array
  std::vector<RunningChecksum> running_;
  std::vector<std::vector<std::uint64_t>> rows_;
};

}  // namespace dko
