#include "dko/benchmark/screen_speed.hpp"

#include "dko/base/stopwatch.hpp"
#include "dko/knockout/screen/genes_in_use.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/planning/screen_memory.hpp"
#include "dko/system/peak_memory.hpp"
#include "dko/workflow/collapse_members.hpp"
#include "synthetic_screen.hpp"

namespace dko {

namespace {

/// What rank 0 makes before the screen.
struct Preparation {
  RelativeProfiles matrix;
  ScreenPlan plan;
  MemoryNeed need;
  ScreenForecast forecast;
  std::vector<Member> members;
};

ScreenForecast forecast_of(const ScreenBench& bench, const Preparation& ready, int ranks) {
  const std::vector<CellCosts> costs =
      bench.kind == MappingKind::dko ? dense_costs_of(ready.matrix)
                                     : sparse_costs_of(ready.matrix, static_cast<double>(bench.nonzeros));
  return forecast_screen(ready.plan, ready.matrix, costs, ranks);
}

/// Local: rank 0.
Preparation prepare(const ScreenBench& bench, const OutputFile& out, Job& job) {
  Preparation ready;
  ready.matrix = synthetic_profiles(bench);
  ready.plan = make_plan(ready.matrix, request_of(bench), 1, out, job);
  check_screen(ready.matrix, ready.plan, out, bench.kind, 0, job.ranks().size(), 0, job.log);
  Model model = synthetic_model(bench, ready.matrix.gene_names());
  ready.need =
      screen_memory(ready.matrix, ready.plan, model_footprint(model, ready.matrix), job.ranks().size());
  ready.forecast = forecast_of(bench, ready, job.ranks().size());
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
  speed.forecast = ready.take(&Preparation::forecast);
  speed.instructions = plan.instructions;
  speed.making = watch.seconds();
  watch = Stopwatch();
  const std::vector<CollapsedMapping> members =
      collapse_members(ready.take(&Preparation::members), job, genes_in_use(plan, matrix));
  speed.collapsing = watch.seconds();
  speed.counts =
      run_screen(plan, matrix, members, out, at_root(job.ranks(), ScreenNotes()), StopRequest({}), job);
  speed.peak_bytes = job.ranks().max(peak_memory());
  return speed;
}

}  // namespace dko
