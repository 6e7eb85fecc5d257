#include "dko/workflow/rank_seconds.hpp"

#include "dko/base/text.hpp"

namespace dko {

RankSeconds summarize_seconds(double of_this_rank, const Communicator& ranks) {
  return {ranks.size(), ranks.sum(of_this_rank) / ranks.size(), ranks.max(of_this_rank)};
}

void log_balance(const RankSeconds& seconds, Log& log) {
  if (seconds.ranks == 1) return;
  log.info("slowest of {} ranks: {}, {:.1f} % above the mean", seconds.ranks, human_seconds(seconds.max),
           100 * seconds.imbalance());
}

}  // namespace dko
