#include "dko/benchmark/screen_speed.hpp"

#include "dko/base/stopwatch.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/planning/screen_memory.hpp"
#include "dko/simulation/synthetic_mapping.hpp"
#include "dko/system/peak_memory.hpp"
#include "dko/workflow/collapse_members.hpp"

namespace dko {

namespace {

Model make_model(const ScreenBench& bench, const Names& genes) {
  Model model;
  model.genes = genes;
  // Any will do: a shrunk base takes as long with others.
  const std::vector<double> variances(genes.size(), 1e-8);
  if (bench.kind == MappingKind::dko) {
    TrainedMapping member;
    member.mapping = make_layers(bench.shape(), bench.effect, bench.expressed, bench.seed);
    member.share_variances = variances;
    model.members.emplace_back(std::move(member));
  } else {
    FittedMapping member;
    member.mapping = make_sparse_mapping(bench.genes, bench.nonzeros, bench.seed);
    member.share_variances = variances;
    model.members.emplace_back(std::move(member));
  }
  return model;
}

/// What rank 0 makes before the screen.
struct Preparation {
  RelativeProfiles matrix;
  ScreenPlan plan;
  MemoryNeed need;
  std::vector<Member> members;
};

/// Local: rank 0.
Preparation prepare(const ScreenBench& bench, const OutputFile& out, Job& job) {
  Preparation ready;
  ready.matrix = make_cells(bench.cells, bench.genes, bench.expressed, bench.seed).relative_profiles();
  ScreenRequest request = bench.screen;
  request.base = request.base.value_or(default_base(bench.kind));
  ready.plan = make_plan(ready.matrix, request, 1, out, job);
  check_screen(ready.matrix, ready.plan, out, bench.kind, 0, job.ranks().size());
  Model model = make_model(bench, ready.matrix.gene_names());
  ready.need = screen_memory(ready.matrix, ready.plan, model_footprint(model, ready.matrix));
  ready.members = std::move(model.members);
  return ready;
}

}  // namespace

ScreenSpeed measure_screen(const ScreenBench& bench, AtRoot<OutputFile>& out, Job& job) {
  ScreenSpeed speed;
  Stopwatch watch;
  AtRoot<Preparation> ready = on_root(job.ranks(), [&] { return prepare(bench, *out, job); });
  speed.memory = require_on_every_node(ready.take(&Preparation::need), job);
  const RelativeProfiles matrix = RelativeProfiles::replicate(job.nodes, ready.take(&Preparation::matrix));
  const ScreenPlan plan = ScreenPlan::replicate(job.nodes, ready.take(&Preparation::plan));
  speed.instructions = plan.instructions;
  speed.making = watch.seconds();
  watch = Stopwatch();
  const std::vector<CollapsedMapping> members = collapse_members(ready.take(&Preparation::members), job);
  speed.collapsing = watch.seconds();
  speed.counts =
      run_screen(plan, matrix, members, out, at_root(job.ranks(), ScreenNotes()), StopRequest({}), job);
  speed.peak_bytes = job.ranks().max(peak_memory());
  return speed;
}

}  // namespace dko
