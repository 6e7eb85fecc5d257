#pragma once
// Shared by this room's sources only.

#include <cstdint>
#include <string>

#include "dko/knockout/screen/pair_sums_screen.hpp"
#include "dko/results/screen_file/pair_summary_file.hpp"
#include "dko/results/screen_file/rank_snapshots.hpp"
#include "save_clock.hpp"

namespace dko {

/// Where the sums of a summary go: complete ones into the screen file, others beside it, so that the job can
/// go on from there. What was saved of a block is removed once the block itself is on the disk.
class SummarySink final : public PairSumsSink {
 public:
  /// `path` is that of the screen file; `has_saved`, the same on all ranks: whether there may be something
  /// beside it. Plan, clock and ranks must outlive this. Collective.
  SummarySink(std::string path, const ScreenPlan& plan, RankSnapshots states, bool has_saved,
              SaveClock& clock, const Communicator& ranks);

  void write(const PairSums& sums, const PairDivision& division) override;
  void keep(const PairSums& sums, const PairDivision& division, std::int64_t next_cell) override;

  double writing_seconds() const { return writing_seconds_; }
  /// Collective.
  void close() { writer_.close(); }

 private:
  void forget(const PairDivision& division);

  std::string path_;
  PairSummaryWriter writer_;
  RankSnapshots states_;
  bool has_saved_;
  SaveClock& clock_;
  const Communicator& ranks_;
  double writing_seconds_ = 0;
};

}  // namespace dko
