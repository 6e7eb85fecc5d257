#include <fmt/format.h>
#include <sys/resource.h>

#include <boost/program_options/value_semantic.hpp>
#include <iostream>
#include <nlohmann/json.hpp>

#include "app/run_json.hpp"
#include "app/screen_options.hpp"
#include "app/start_job.hpp"
#include "app/table.hpp"
#include "bench.hpp"
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

namespace po = boost::program_options;

namespace {

struct BenchScreenOptions {
  BenchScreenOptions() { screen.order = 2; }

  std::string out;
  std::int64_t genes = 10'000;
  std::int64_t cells = 20;
  std::int64_t expressed = 3'000;
  std::int64_t hidden = 0;  ///< 0: as many as genes
  std::string mapping = "dko";
  std::int64_t nonzeros = 32;
  double effect = 0.2;
  std::uint64_t seed = 1;
  ScreenOptions screen;
  CommonOptions common;

  MappingKind kind() const { return mapping == "sparse" ? MappingKind::sparse : MappingKind::dko; }
  MappingShape shape() const { return {genes, hidden > 0 ? hidden : genes}; }
};

void check(const BenchScreenOptions& options) {
  if (options.mapping != "dko" && options.mapping != "sparse")
    throw UsageError(fmt::format("--mapping must be dko or sparse, not '{}'", options.mapping));
  require_between("--genes", static_cast<double>(options.genes), 3, 1e6);
  require_between("--cells", static_cast<double>(options.cells), 1, 1e7);
  require_between("--expressed", static_cast<double>(options.expressed), 3,
                  static_cast<double>(options.genes));
  require_between("--hidden", static_cast<double>(options.hidden), 0, 1e6);
  require_between("--nonzeros", static_cast<double>(options.nonzeros), 0, 1e5);
  require_between("--effect", options.effect, 0, 1e6);
  require_distinct({{"--out", options.out}, {"--json", options.common.json}});
}

bool parse(BenchScreenOptions& options, const std::vector<std::string>& arguments, const Context& context) {
  CommandLine line("bench screen -o FILE [options]",
                   "Screens made-up cells by a made-up mapping on all ranks, file and all, as dko screen "
                   "does; and tells what took how long, and the memory.",
                   "mpirun -n 2 dko bench screen --genes 10000 --cells 20 --expressed 3000 -o bench.h5");
  line.add()("out,o", po::value(&options.out)->value_name("FILE")->required(), "the screen file to write")(
      "genes", po::value(&options.genes)->default_value(options.genes)->value_name("N"), "genes")(
      "cells", po::value(&options.cells)->default_value(options.cells)->value_name("C"), "cells")(
      "expressed", po::value(&options.expressed)->default_value(options.expressed)->value_name("E"),
      "genes that each cell expresses")(
      "mapping", po::value(&options.mapping)->default_value(options.mapping)->value_name("dko|sparse"),
      "the original's two layers, or a sparse mapping")(
      "hidden", po::value(&options.hidden)->value_name("H"),
      "hidden units of the layers; default: as many as genes")(
      "nonzeros", po::value(&options.nonzeros)->default_value(options.nonzeros)->value_name("Z"),
      "effects of each gene of the sparse mapping")(
      "effect", po::value(&options.effect)->default_value(options.effect, "0.2")->value_name("F"),
      "size of all effects on an output of the layers together, as a part of it");
  add_seed(line, options.seed, "seed of what is made up");
  add_screen_options(line, options.screen);
  add_common(line, options.common);
  if (!line.parse(arguments, context)) return false;
  check_screen_options(line, options.screen);
  check(options);
  return true;
}

Model make_model(const BenchScreenOptions& options, const Names& genes) {
  Model model;
  model.genes = genes;
  if (options.kind() == MappingKind::dko)
    model.members.emplace_back(
        TrainedMapping{make_layers(options.shape(), options.effect, options.expressed, options.seed), {}});
  else
    model.members.emplace_back(
        FittedMapping{make_sparse_mapping(options.genes, options.nonzeros, options.seed), {}});
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

void add_parts(const ScreenParts& parts, Table& table) {
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

}  // namespace

void bench_screen(const std::vector<std::string>& arguments, const Context& context) {
  BenchScreenOptions options;
  if (!parse(options, arguments, context)) return;
  Job job = start_job(context, options.common, options.seed);
  Phases phases;
  Stopwatch watch;
  std::optional<OutputFile> out;
  std::optional<Summary> summary;
  ExpressionMatrix on_root_matrix;
  ScreenPlan on_root_plan;
  MemoryNeed need;
  std::vector<Member> on_root_members;
  on_root(job.ranks(), [&] {
    out.emplace(options.out, options.common.force);
    summary.emplace(options.common);
    on_root_matrix = make_cells(options.cells, options.genes, options.expressed, options.seed);
    on_root_plan = make_plan(on_root_matrix, options.screen, 1, *out, job);
    check_screen(on_root_matrix, on_root_plan, *out, options.kind(), 0, job.ranks().size());
    Model model = make_model(options, on_root_matrix.gene_names());
    need = screen_memory(on_root_matrix, on_root_plan, screened_model(model, on_root_matrix));
    on_root_members = std::move(model.members);
  });
  const nlohmann::ordered_json memory = to_json(require_on_every_node(need, job));
  const ExpressionMatrix matrix = ExpressionMatrix::replicate(job.nodes, std::move(on_root_matrix));
  const ScreenPlan plan = ScreenPlan::replicate(job.nodes, std::move(on_root_plan));
  phases.making = watch.seconds();
  watch = Stopwatch();
  const std::vector<CollapsedMapping> members = collapse_members(std::move(on_root_members), job);
  phases.collapsing = watch.seconds();
  const ScreenCounts counts = run_screen(plan, matrix, members, out, {}, StopRequest({}), job);
  phases.screening = counts.seconds;
  const double peak = job.ranks().max(peak_memory());
  on_root(job.ranks(), [&] {
    report(counts, phases, peak, job.ranks().size());
    summary->write({{"provenance", to_json(job.provenance)},
                    {"instruction_set", name_of(plan.instructions)},
                    {"screen", to_json(counts)},
                    {"collapse_seconds", phases.collapsing},
                    {"memory", memory},
                    {"peak_bytes_of_rank", peak}});
  });
}

}  // namespace dko::app
