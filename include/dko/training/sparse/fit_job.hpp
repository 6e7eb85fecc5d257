#pragma once
// A sparse fit as a job: its progress, and the file from which it goes on after it was stopped or killed.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "dko/base/progress.hpp"
#include "dko/base/stopwatch.hpp"
#include "dko/parallel/communicator.hpp"
#include "dko/training/two_layer/checkpoint.hpp"

namespace dko {

struct FitNotes;
struct FitState;

/// Between pieces of work, each the fits of a gene or less, it is looked up whether to save the state of the
/// fit, by rank 0's clock, or to save it and stop, by any rank's wish (SavingVote). Nobody waits for anybody
/// until then.
class FitJob {
 public:
  /// Without a file: it cannot be stopped. `progress` outlives it, and so do the ranks.
  FitJob(const Communicator& ranks, const ProgressCallback& progress);
  /// `options` outlive it, too.
  FitJob(const Communicator& ranks, const ProgressCallback& progress, const CheckpointOptions& options,
         FitNotes notes);
  ~FitJob();
  FitJob(const FitJob&) = delete;
  FitJob& operator=(const FitJob&) = delete;

  /// What the file has, of the genes of each round those of `own`, where that is asked for and it is there.
  /// Collective. @throws CollectiveFailure of exit code 3 for the file of another fit, or a corrupt one
  std::optional<FitState> resume(std::span<const std::int32_t> own);
  /// That what resume() found is not all that a fit takes at this stage. Local.
  /// @throws InputError, which names the file
  [[noreturn]] void refuse_incomplete(std::int64_t stage) const;

  /// Work of this rank that is yet to be done. Local.
  void plan(std::int64_t work) { planned_ += work; }

  /// Begins work that is done piece by piece, at any time of which `state` collects what there is,
  /// collectively; without it the state is the one of conclude(). Collective.
  void begin(std::function<FitState()> state = {});
  /// After a piece of it. Collective with others' pieces and end(), but not with every one of them.
  /// @throws CollectiveFailure of exit code 5 when all is saved and it is to stop; of 4 if it cannot be saved
  void did(std::int64_t work);
  /// Waits until all ranks have done theirs. Collective. @throws as did()
  void end();

  /// The state does not change any more: keeps what `last` collects, and saves it at once if the last one is
  /// asked for. Not between begin() and end(). Collective.
  void conclude(const std::function<FitState()>& last);

 private:
  bool is_saved() const { return options_ != nullptr && !options_->file.empty(); }
  bool wants_to_stop() const;
  bool is_due() const;
  [[noreturn]] void stop();
  void save();
  void write(const FitState& state, const Stopwatch& watch);

  struct Parts;
  const Communicator& ranks_;
  const ProgressCallback& progress_;
  const CheckpointOptions* options_ = nullptr;
  std::unique_ptr<Parts> parts_;
  std::int64_t planned_ = 0;
  std::int64_t done_ = 0;
};

}  // namespace dko
