#pragma once
// How evenly a job's work was spread over its ranks.

#include "dko/base/log.hpp"
#include "dko/parallel/communicator.hpp"

namespace dko {

/// Time that each rank spent in its share of the work.
struct RankSeconds {
  int ranks = 1;
  double mean = 0;
  double max = 0;

  /// By how much of the mean the slowest is above it.
  double imbalance() const { return mean > 0 ? max / mean - 1 : 0; }
};

/// On all ranks. Collective.
RankSeconds summarize_seconds(double of_this_rank, const Communicator& ranks);

/// Says how far the slowest rank is above the mean; nothing of a rank alone.
void log_balance(const RankSeconds& seconds, Log& log);

}  // namespace dko
