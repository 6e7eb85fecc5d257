#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "dko/knockout/screen/pair_selection.hpp"
#include "dko/knockout/screen/pair_sums_screen.hpp"
#include "dko/parallel/communicator.hpp"

namespace dko {

/// What a screen that keeps selected pairs or a summary has in memory, saved in files beside its own, so
/// that it can go on from there on any number of ranks: `<partial>.state-…`, each written by one rank, whole
/// or not at all. Files of another screen file (`job`) are passed over.
class RankSnapshots {
 public:
  RankSnapshots(std::filesystem::path partial, std::string job)
      : partial_(std::move(partial)), job_(std::move(job)) {}

  /// Saves this rank's selection in place of what it saved before. Local. @throws IoError
  void save(const SelectionState& state, ScoreSet scores, int rank) const;
  /// Sums of a block of first genes that is not complete, in the place of those of the same block.
  /// Local. @throws IoError
  void save(const PairSums& sums, std::int64_t next_cell) const;
  /// The block is complete. Local.
  void remove(const PairSums& sums) const;

  /// What was saved, each by one of the ranks. What a rank took over and saved again is there once.
  /// `of_all` becomes the events of all of them, on all ranks. Collective.
  /// @throws CollectiveFailure of exit code 3 if a file is corrupt
  std::vector<SelectionState> take_selections(std::vector<EventRange>& of_all,
                                              const Communicator& ranks) const;
  /// Sums of blocks whose first genes are all in one of the ranges; `k` genes. `of_all` becomes the first
  /// genes of all of them, on all ranks. Collective. @throws likewise
  std::vector<BegunSums> take_sums(const std::vector<Measure>& measures, std::int64_t k,
                                   const std::vector<EventRange>& ranges, std::vector<EventRange>& of_all,
                                   const Communicator& ranks) const;

  /// Number of pairs that saved selections have been made from, each counted once. Local.
  /// @throws InputError if a file is corrupt
  std::int64_t selected_from() const;
  /// Number of pairs, in each cell, in saved sums whose first genes are all `left`, ranges
  /// of one each. Local. @throws likewise
  std::int64_t summed(const std::vector<EventRange>& left) const;

  /// Removes all files of this kind, of whatever job, that belong to a screen file. Local: rank 0.
  static void remove_all(const std::filesystem::path& partial);

 private:
  std::filesystem::path file(const std::string& what) const;
  std::filesystem::path file_of(const PairSums& sums) const;

  std::filesystem::path partial_;
  std::string job_;
};

}  // namespace dko
