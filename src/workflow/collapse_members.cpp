#include "dko/workflow/collapse_members.hpp"

#include <utility>

#include "dko/base/stopwatch.hpp"
#include "dko/base/text.hpp"
#include "dko/system/available_memory.hpp"
#include "dko/workflow/progress_display.hpp"

namespace dko {

std::vector<CollapsedMapping> collapse_members(std::vector<Member> on_root, Job& job) {
  const Stopwatch watch;
  const bool is_dense = !on_root.empty() && std::holds_alternative<TrainedMapping>(on_root.front());
  ProgressCallback progress;
  if (is_dense) {
    job.log.info("computing A = W2·W1 on {} of each node", counted(job.nodes.node.size(), "rank"));
    progress = show_progress(job.log, "computing A = W2·W1", "tiles");
  }
  std::vector<CollapsedMapping> members = collapse(job.nodes, std::move(on_root), progress);
  if (is_dense) {
    job.log.info("A = W2·W1 of {} for {} in {}", counted(std::ssize(members), "mapping"),
                 counted(members.front().genes(), "gene"), human_seconds(watch.seconds()));
  }
  return members;
}

}  // namespace dko
