#include "dko/workflow/effects_run.hpp"

#include <fmt/format.h>

#include "dko/base/output_file.hpp"
#include "dko/base/parameter.hpp"
#include "dko/base/stopwatch.hpp"
#include "dko/base/text.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/system/available_memory.hpp"
#include "dko/workflow/collapse_members.hpp"
#include "dko/workflow/progress_display.hpp"

namespace dko {

namespace {

/// @throws Error if this node has not the memory
void check_memory(EffectsPlan& plan, const EffectsOptions& options, const Job& job) {
  const int ranks = job.nodes.node.size();
  plan.bytes_of_node = effects_bytes(plan, options.filter, ranks);
  require_memory(plan.bytes_of_node,
                 fmt::format("the effects of {} on {}, with {} on this node ({} or {} bound them)",
                             counted(std::ssize(plan.request.lost), "lost gene"),
                             with_thousands(std::ssize(plan.model.genes)), counted(ranks, "rank"),
                             parameter("top"), parameter("knockout-genes")));
}

/// Reads, and checks what the job needs.
EffectsPlan prepare(const EffectsOptions& options, Job& job) {
  EffectsPlan plan = plan_effects(options, job);
  check_memory(plan, options, job);
  require_disk_space(options.out, effects_file_bytes(plan, options.filter), "the effects");
  if (plan.model.kind() == MappingKind::dko) plan.model.members.clear();
  return plan;
}

/// The request, on every rank. Collective.
EffectsRequest replicate(const Communicator& ranks, AtRoot<EffectsRequest> request) {
  std::vector<std::int32_t> members;
  std::vector<std::int64_t> sizes;
  std::int64_t untouched = 0;
  if (request.is_here()) {
    for (const auto& set : request->sets) {
      members.insert(members.end(), set.begin(), set.end());
      sizes.push_back(std::ssize(set));
    }
    untouched = request->with_untouched ? 1 : 0;
  }
  EffectsRequest everywhere = std::move(request).or_empty();
  ranks.broadcast(everywhere.lost);
  ranks.broadcast(everywhere.group_of_cell);
  ranks.broadcast(everywhere.labels);
  ranks.broadcast(untouched);
  ranks.broadcast(members);
  ranks.broadcast(sizes);
  everywhere.with_untouched = untouched != 0;
  everywhere.sets.clear();
  auto next = members.begin();
  for (const std::int64_t size : sizes) {
    everywhere.sets.emplace_back(next, next + size);
    next += size;
  }
  return everywhere;
}

}  // namespace

AtRoot<Effects> run_effects(const EffectsOptions& options, Job& job) {
  const Communicator& ranks = job.ranks();
  AtRoot<EffectsPlan> prepared = on_root(ranks, [&] { return prepare(options, job); });
  const std::vector<CollapsedMapping> members = collapse_members(prepared.take(&EffectsPlan::members), job);
  const EffectsRequest request = replicate(ranks, prepared.take(&EffectsPlan::request));
  const RelativeProfiles profiles =
      RelativeProfiles::replicate(job.nodes, prepared.take(&EffectsPlan::profiles));
  const auto base = static_cast<Base>(ranks.broadcast(
      prepared.transform([](const EffectsPlan& own) { return static_cast<std::int64_t>(own.notes.base); })));
  AtRoot<Effects> effects = prepared.transform([&](const EffectsPlan& own) {
    return Effects{EffectTable(request.groups(), !own.notes.gene_q_values.empty()), own.notes,
                   own.bytes_of_node};
  });
  const Stopwatch watch;
  for_each_effect_row(
      profiles, members, base, request, job.nodes,
      [&](const EffectRow& row) {
        effects->table.add(row, direct_effect_q_values(prepared->model, row.lost), options.filter);
      },
      show_progress(job.log, "losing genes", "genes"));
  on_root(ranks, [&] {
    job.log.info("{} of {} on {} in {}", counted(effects->table.entries(), "effect"),
                 counted(effects->table.rows(), "lost gene"), with_thousands(profiles.genes()),
                 human_seconds(watch.seconds()));
  });
  return effects;
}

}  // namespace dko
