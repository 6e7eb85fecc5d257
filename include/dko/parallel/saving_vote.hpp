#pragma once

#include <functional>
#include <optional>

#include "dko/base/pause.hpp"
#include "dko/parallel/communicator.hpp"
#include "dko/parallel/stop_vote.hpp"

namespace dko {

/// How ranks that each work on their own save together what they have, by rank 0's clock, and stop together,
/// by any rank's wish (StopVote). Nobody waits for anybody until then.
class SavingVote {
 public:
  /// `wants_to_stop` is this rank's wish, `is_due` says at rank 0 whether to save; both local and cheap.
  /// `save` is called on all ranks, in the midst of ask() or of finish(), and may be collective. `ranks` must
  /// outlive this. Collective.
  SavingVote(const Communicator& ranks, std::function<bool()> wants_to_stop, std::function<bool()> is_due,
             std::function<void()> save);

  /// Between pieces of work: whether to go on, or to stop; what is to be saved is saved then. Collective with
  /// others' calls and finish(), but not with every one of them.
  Pause ask();

  /// At the end of the work, finished or stopped: waits until all have come, and saves with them meanwhile.
  /// Returns whether all are to stop; then nothing was saved for that. Collective.
  bool finish();

 private:
  void open();
  void save_or_stop();

  const Communicator& ranks_;
  std::function<bool()> wants_to_stop_;
  std::function<bool()> is_due_;
  std::function<void()> save_;
  std::optional<StopVote> vote_;
  bool stops_ = false;
};

}  // namespace dko
