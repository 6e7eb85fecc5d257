#include <fmt/format.h>
#include <sys/resource.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "app/command.hpp"
#include "app/json_report.hpp"
#include "app/options/screen_options.hpp"
#include "app/options/training_options.hpp"
#include "app/run_json.hpp"
#include "app/start_job.hpp"
#include "app/table.hpp"
#include "dko/base/error.hpp"
#include "dko/base/stopwatch.hpp"
#include "dko/base/text.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/planning/node_memory.hpp"
#include "dko/planning/screen_memory.hpp"
#include "dko/simulation/synthetic_mapping.hpp"
#include "dko/system/available_memory.hpp"
#include "dko/workflow/collapse_members.hpp"
#include "dko/workflow/screen_run.hpp"

namespace dko::app {

namespace {

struct BenchScreenOptions {
  BenchScreenOptions() { screen.order = 2; }

  std::string out;
  std::int64_t genes = 10'000;
  std::int64_t cells = 20;
  std::int64_t expressed = 3'000;
  std::int64_t hidden = 0;  ///< 0: as many as genes
  MappingKind kind = MappingKind::dko;
  std::int64_t nonzeros = 32;
  double effect = 0.2;
  std::uint64_t seed = 1;
  ScreenRequest screen;
  CommonOptions common;

  MappingShape shape() const { return {genes, hidden > 0 ? hidden : genes}; }
};

CommandLine line_of(BenchScreenOptions& options) {
  CommandLine line("bench screen -o FILE [options]",
                   "Screens synthetic cells by a synthetic mapping on all ranks, file and all, as dko screen "
                   "does; and tells what took how long, and the memory.",
                   "mpirun -n 2 dko bench screen --genes 10000 --cells 20 --expressed 3000 -o bench.h5");
  line.group("Bench");
  line.option("out,o", options.out, "FILE", "the screen file to write").usual().required().writes();
  line.option("genes", options.genes, "N", "genes").range(3, 1e6).usual();
  line.option("cells", options.cells, "C", "cells").range(1, 1e7).usual();
  line.option("expressed", options.expressed, "E", "genes that each cell expresses").range(3, 1e6).usual();
  line.choice("mapping", options.kind, mapping_choices(), "the original's two layers, or a sparse mapping");
  line.option("hidden", options.hidden, "H", "hidden units of the layers; 0: as many as genes").range(0, 1e6);
  line.option("nonzeros", options.nonzeros, "Z", "effects of each gene of the sparse mapping").range(0, 1e5);
  line.option("effect", options.effect, "F",
              "size of all effects on an output of the layers together, as a part of it")
      .range(0, 1e6);
  add_seed(line, options.seed, "seed for the synthetic data");
  add_screen_options(line, options.screen);
  add_common(line, options.common);
  line.check([&options](const CommandLine&) {
    if (options.expressed > options.genes)
      throw UsageError(
          fmt::format("--expressed must be between 3 and {}, not {}", options.genes, options.expressed));
  });
  return line;
}

Model make_model(const BenchScreenOptions& options, const Names& genes) {
  Model model;
  model.genes = genes;
  // Any will do: a shrunk base takes as long with others.
  const std::vector<double> variances(genes.size(), 1e-8);
  if (options.kind == MappingKind::dko) {
    TrainedMapping member;
    member.mapping = make_layers(options.shape(), options.effect, options.expressed, options.seed);
    member.share_variances = variances;
    model.members.emplace_back(std::move(member));
  } else {
    FittedMapping member;
    member.mapping = make_sparse_mapping(options.genes, options.nonzeros, options.seed);
    member.share_variances = variances;
    model.members.emplace_back(std::move(member));
  }
  return model;
}

/// The most memory that this process had, in bytes.
double peak_memory() {
  struct rusage usage {};
  getrusage(RUSAGE_SELF, &usage);
  return 1024.0 * static_cast<double>(usage.ru_maxrss);
}

struct Phases {
  double making = 0;
  double collapsing = 0;
  double screening = 0;
};

void add_parts(const PhaseTimes& parts, Table& table) {
  const auto add = [&](const char* what, const RankSeconds& seconds) {
    table.add({fmt::format("  {}", what), human_seconds(seconds.mean), human_seconds(seconds.max)});
  };
  add("making and opening the file", parts.opening);
  add("loading cells", parts.loading);
  add("scoring", parts.scoring);
  add("writing", parts.writing);
  add("waiting for other ranks", parts.waiting);
  add("closing the file", parts.closing);
}

void report(const ScreenCounts& counts, const Phases& phases, double peak_of_rank, int ranks) {
  Table table({"what", "took", "longest of a rank"});
  table.add({"making cells and mapping up", human_seconds(phases.making), ""});
  table.add({"A = W2·W1", human_seconds(phases.collapsing), ""});
  table.add({"screening and writing", human_seconds(phases.screening), ""});
  add_parts(counts.parts, table);
  std::cout
      << table.text()
      << fmt::format("{} in {} on {}: {:.3f} million a second and rank\n",
                     counted(counts.events.total(), "knockout"), human_seconds(phases.screening),
                     counted(ranks, "rank"),
                     static_cast<double>(counts.events.total()) / phases.screening / ranks / 1e6)
      << fmt::format(
             "slowest rank {:.2f} % above the mean; peak memory of a rank, what it shares included: {}\n",
             100 * counts.of_ranks.imbalance(), human_bytes(peak_of_rank));
}

/// What rank 0 claims and makes before the screen.
struct Preparation {
  OutputFile out;
  JsonReport summary;
  RelativeProfiles matrix{};
  ScreenPlan plan{};
  MemoryNeed need{};
  std::vector<Member> members{};
};

Preparation prepare(const BenchScreenOptions& options, Job& job) {
  Preparation ready{OutputFile(options.out, options.common.force), JsonReport(options.common)};
  ready.matrix =
      make_cells(options.cells, options.genes, options.expressed, options.seed).relative_profiles();
  ScreenRequest request = options.screen;
  request.base = request.base.value_or(default_base(options.kind));
  ready.plan = make_plan(ready.matrix, request, 1, ready.out, job);
  check_screen(ready.matrix, ready.plan, ready.out, options.kind, 0, job.ranks().size());
  Model model = make_model(options, ready.matrix.gene_names());
  ready.need = screen_memory(ready.matrix, ready.plan, model_footprint(model, ready.matrix));
  ready.members = std::move(model.members);
  return ready;
}

void run(const BenchScreenOptions& options, const Context& context) {
  Job job = start_job(context, options.common, options.seed);
  Phases phases;
  Stopwatch watch;
  AtRoot<Preparation> ready = on_root(job.ranks(), [&] { return prepare(options, job); });
  const AtRoot<NodeMemory> memory = require_on_every_node(ready.take(&Preparation::need), job);
  const RelativeProfiles matrix = RelativeProfiles::replicate(job.nodes, ready.take(&Preparation::matrix));
  const ScreenPlan plan = ScreenPlan::replicate(job.nodes, ready.take(&Preparation::plan));
  AtRoot<OutputFile> out = ready.take(&Preparation::out);
  phases.making = watch.seconds();
  watch = Stopwatch();
  const std::vector<CollapsedMapping> members = collapse_members(ready.take(&Preparation::members), job);
  phases.collapsing = watch.seconds();
  const ScreenCounts counts =
      run_screen(plan, matrix, members, out, at_root(job.ranks(), ScreenNotes()), StopRequest({}), job);
  phases.screening = counts.seconds;
  const double peak = job.ranks().max(peak_memory());
  on_root(job.ranks(), [&] {
    report(counts, phases, peak, job.ranks().size());
    ready->summary.write({{"provenance", to_json(job.provenance)},
                          {"instruction_set", name_of(plan.instructions)},
                          {"screen", to_json(counts)},
                          {"collapse_seconds", phases.collapsing},
                          {"memory", to_json(*memory)},
                          {"peak_bytes_of_rank", peak}});
  });
}

}  // namespace

std::unique_ptr<Command> bench_screen_command() {
  return make_command<BenchScreenOptions>(line_of, run);
}

}  // namespace dko::app
