#pragma once

#include <array>
#include <functional>

#include "dko/base/stopwatch.hpp"
#include "dko/parallel/communicator.hpp"

namespace dko {

/// How ranks that each work on their own come to know that one of them wants all to stop. Each asks now and
/// then, between pieces of its work; nobody waits for anybody until the end. In rounds: a sum over the ranks
/// (one small non-blocking allreduce at a time) of who wants to stop and who has done its work; the first
/// round with a wish to stop, or with nobody left at work, is the last, and the same for all.
class StopVote {
 public:
  /// `wanted` says, locally and cheaply, whether this rank wants all to stop. Collective.
  StopVote(const Communicator& ranks, std::function<bool()> wanted);

  /// Whether to stop. Looks at most every 20 ms; from one rank's wish to the others' knowledge take two
  /// rounds, a round at most as long as the longest time that some rank does not ask. Local.
  bool asks_to_stop();

  /// To be called at the end of the work, finished or stopped; waits without using the processor until all
  /// have come or one wants to stop. Returns whether all are to stop: the same on every rank. Collective.
  bool finish();

 private:
  void look();
  void begin_round();

  Communicator ranks_;
  std::function<bool()> wanted_;
  std::array<float, 2> sums_{};  // ranks that want to stop; ranks that are done
  PendingSum round_;
  bool has_begun_ = false;
  bool is_done_ = false;
  bool stops_ = false;
  bool is_over_ = false;
  Stopwatch watch_;
  double looked_at_ = -1;
};

}  // namespace dko
