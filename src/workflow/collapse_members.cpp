#include "dko/workflow/collapse_members.hpp"

#include <utility>

#include "dko/base/stopwatch.hpp"
#include "dko/base/text.hpp"
#include "dko/workflow/progress_display.hpp"

namespace dko {

std::vector<CollapsedMapping> collapse_members(AtRoot<std::vector<Member>> members, Job& job,
                                               const GenesOrAll& genes) {
  const Stopwatch watch;
  const bool is_dense = members.is_here() && std::holds_alternative<TrainedMapping>(members->front());
  ProgressCallback progress;
  if (is_dense) {
    job.log.info("computing A = W2·W1 on {} of each node", counted(job.nodes.node.size(), "rank"));
    progress = show_progress(job.log, "computing A = W2·W1", "tiles");
  }
  std::vector<CollapsedMapping> collapsed = collapse_for(genes, job.nodes, std::move(members), progress);
  if (is_dense) {
    const std::int64_t all = collapsed.front().genes();
    const std::int64_t computed = genes ? std::ssize(*genes) : all;
    job.log.info("A = W2·W1 of {} for {}{} in {}", counted(std::ssize(collapsed), "mapping"),
                 computed < all ? with_thousands(computed) + " of " : std::string(), counted(all, "gene"),
                 human_seconds(watch.seconds()));
  }
  return collapsed;
}

}  // namespace dko
