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
/// that it can go on from there on any number of ranks: `<partial>.state-…`, whole or not at all, one file of
/// all ranks. Files of another screen file (`job`) are passed over; those of single ranks, which earlier
/// builds wrote of selections, are read.
class RankSnapshots {
 public:
  RankSnapshots(std::filesystem::path partial, std::string job)
      : partial_(std::move(partial)), job_(std::move(job)) {}

  /// Saves the selections of all ranks, this rank's being `own`, in the place of what they saved before:
  /// what was taken over from that must be in them. Collective. @throws IoError
  void save(const SelectionView& own, ScoreSet scores, const Communicator& ranks) const;
  /// Sums over the cells before `next_cell` of a block that is not complete, this rank's part of them, in the
  /// place of those of the same block. Collective. @throws IoError
  void save(const PairSums& sums, const PairDivision& division, std::int64_t next_cell,
            const Communicator& ranks) const;
  /// The block is complete. Local: rank 0.
  void remove(const PairDivision& division) const;

  /// What was saved, the part of each rank of then by one of the ranks now. What was taken over and saved
  /// again is there once. `of_all` becomes the events of all of them, on all ranks. Collective.
  /// @throws CollectiveFailure of exit code 3 if a file is corrupt
  std::vector<SelectionState> take_selections(std::vector<EventRange>& of_all,
                                              const Communicator& ranks) const;
  /// Sums of first genes in these ranges; `k` genes; of those that were saved more than once, what is over
  /// the most cells. The same on every rank. `of_all` becomes the first genes of all of them. Collective.
  /// @throws likewise
  std::vector<BegunSums> take_sums(const std::vector<Measure>& measures, std::int64_t k,
                                   const std::vector<EventRange>& ranges, std::vector<EventRange>& of_all,
                                   const Communicator& ranks) const;

  /// Number of pairs that saved selections have been made from, each counted once. Local.
  /// @throws InputError if a file is corrupt
  std::int64_t selected_from() const;
  /// Number of pairs, in each cell, in saved sums of first genes in these ranges; `k` genes. Local.
  /// @throws likewise
  std::int64_t summed(const std::vector<EventRange>& ranges, std::int64_t k) const;

  /// Removes all files of this kind, of whatever job, that belong to a screen file. Local: rank 0.
  static void remove_all(const std::filesystem::path& partial);

 private:
  std::filesystem::path file(const std::string& what) const;
  std::filesystem::path file_of(const PairDivision& division) const;

  std::filesystem::path partial_;
  std::string job_;
};

}  // namespace dko
