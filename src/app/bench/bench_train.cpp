#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "app/command.hpp"
#include "app/json_report.hpp"
#include "app/start_job.hpp"
#include "dko/base/error.hpp"
#include "dko/base/text.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/parallel/memory_bandwidth.hpp"
#include "dko/simulation/synthetic_mapping.hpp"
#include "dko/system/available_memory.hpp"
#include "training_bench.hpp"

namespace dko::app {

namespace {

struct BenchTrainOptions {
  std::vector<std::int64_t> genes{100, 500, 1000, 2000, 5000, 10000};
  double expressed = 1;  ///< part of the genes
  std::int64_t validation_cells = 0;
  std::int64_t repeats = 5;
  std::optional<double> latency;    ///< microseconds
  std::optional<double> bandwidth;  ///< GB/s
  /// To measure on several ranks.
  std::vector<ParallelForm> forms{ParallelForm::data, ParallelForm::sharded};
  TrainingOptions training;
  CommonOptions common;

  /// Genes that a cell expresses, of `of` genes.
  std::int64_t expressed_of(std::int64_t of) const {
    return std::max<std::int64_t>(2, std::llround(expressed * static_cast<double>(of)));
  }
};

CommandLine line_of(BenchTrainOptions& options) {
  CommandLine line(
      "bench train [options]",
      "Trains on synthetic cells and tells what the parts of a step take, beside what memory gives. Under "
      "mpirun, on one rank alone, while the others sleep, and on all of them in both forms; then forecasts "
      "steps on more ranks, from one rank's figures and the time that sums between the ranks take.",
      "mpirun -n 2 dko bench train --genes 1000 5000");
  TrainingOptions& training = options.training;
  line.group("Bench");
  line.list("genes", options.genes, "N...", "genes of the cells; default: 100 to 10000").range(2, 1e6);
  line.option("hidden", training.hidden, "H", "hidden units; 0: as many as genes").range(0, 1e6);
  line.option("batch", training.batch, "B", "cells a step").range(1, 1e5);
  line.option("expressed", options.expressed, "F",
              "part of the genes that each cell expresses, drawn at random; at least two genes")
      .range(0, 1);
  line.option("validation-cells", options.validation_cells, "V", "cells that choose the best weights")
      .range(0, 1e6);
  line.option("validate-every", training.validate_every, "K",
              "steps from one validation to the next; 0: as a training of 5,000 steps would choose")
      .range(0, 1e6);
  line.choice<std::vector<ParallelForm>>("parallel", options.forms,
                                         {{"data", {ParallelForm::data}},
                                          {"sharded", {ParallelForm::sharded}},
                                          {"both", {ParallelForm::data, ParallelForm::sharded}}},
                                         "how several ranks share the work: data, sharded or both in turn");
  line.option("repeats", options.repeats, "R", "how often, some 0.2 s each; medians count").range(1, 1000);
  line.option("latency", options.latency, "US",
              "forecast for a network whose messages take as many microseconds, not for what is measured")
      .range(0, 1e6);
  line.option("bandwidth", options.bandwidth, "GBS",
              "and which carries as many GB/s (1e9 bytes) from and to each rank")
      .range(1e-6, 1e6);
  add_seed(line, training.seed, "seed of cells, weights and batches");
  add_common(line, options.common);
  line.check([&options](const CommandLine&) {
    if (options.latency.has_value() != options.bandwidth.has_value())
      throw UsageError("--latency and --bandwidth go together: they tell of one network");
  });
  return line;
}

/// Training cells to draw batches from: some batches' worth.
Split make_split(const BenchTrainOptions& options) {
  Split split;
  split.training.resize(static_cast<std::size_t>(5 * options.training.batch));
  split.validation.resize(static_cast<std::size_t>(options.validation_cells));
  std::iota(split.training.begin(), split.training.end(), 0);
  std::iota(split.validation.begin(), split.validation.end(), std::ssize(split.training));
  return split;
}

/// Measures the trainings of one number of genes after the other. All calls are collective.
class TrainBench {
 public:
  TrainBench(const BenchTrainOptions& options, Job& job)
      : options_(options), job_(job), split_(make_split(options)), bandwidths_(measure_bandwidths()) {}

  const Bandwidths& bandwidths() const { return bandwidths_; }

  TrainingRuns run(std::int64_t genes) {
    const RelativeProfiles profiles = RelativeProfiles::replicate(
        job_.nodes, on_root(ranks(), [&] {
          return make_profiles(std::ssize(split_.training) + std::ssize(split_.validation), genes,
                               options_.expressed_of(genes), options_.training.seed);
        }));
    TrainingRuns runs;
    runs.size = training_size(profiles, split_, options_.training);
    if (fits(runs, ParallelForm::sharded, 1)) measure_alone(runs, profiles);
    if (ranks().size() == 1) return runs;
    for (const ParallelForm form : options_.forms) {
      if (fits(runs, form, ranks().size())) note(runs, form, ranks().size(), time(profiles, form, ranks()));
    }
    return runs;
  }

 private:
  const Communicator& ranks() const { return job_.ranks(); }

  /// Far more than caches, and bounded: 384 MiB on a node, but 24 MiB a rank.
  Bandwidths measure_bandwidths() const {
    constexpr std::int64_t of_node = std::int64_t{384} << 20;
    constexpr std::int64_t least = std::int64_t{24} << 20;
    constexpr double seconds = 0.5;
    Bandwidths bandwidths;
    if (ranks().is_root()) bandwidths.alone = update_bandwidth(Communicator::one_rank(), of_node, seconds);
    ranks().idle_barrier();
    const std::int64_t of_rank = std::max(least, of_node / ranks().max(job_.nodes.node.size()));
    bandwidths.together = ranks().size() > 1 ? update_bandwidth(ranks(), of_rank, seconds) : bandwidths.alone;
    return bandwidths;
  }

  StepTime time(const RelativeProfiles& profiles, ParallelForm form, const Communicator& on) const {
    TrainingOptions training = options_.training;
    training.parallel = form;
    return time_steps(profiles, split_, training, on, options_.repeats);
  }

  /// On rank 0, while the others sleep. Only there the run has a time.
  void measure_alone(TrainingRuns& runs, const RelativeProfiles& profiles) {
    StepTime of_root;
    if (ranks().is_root()) of_root = time(profiles, ParallelForm::sharded, Communicator::one_rank());
    ranks().idle_barrier();
    note(runs, ParallelForm::sharded, 1, of_root);
  }

  void note(TrainingRuns& runs, ParallelForm form, int of_ranks, const StepTime& step_time) {
    const double bandwidth = of_ranks == 1 ? bandwidths_.alone : bandwidths_.together;
    runs.runs.push_back({form, of_ranks, step_time, bandwidth, step_bytes(runs.size, form, of_ranks)});
    job_.log.info("{}, {}: {:.3g} ms a step", counted(runs.size.genes, "gene"), name_of_run(runs.runs.back()),
                  1e3 * step_time.total);
  }

  /// Whether every node has the memory; says so, and notes it, if not.
  bool fits(TrainingRuns& runs, ParallelForm form, int of_ranks) {
    // Weights, gradients and two moments; and the weights that are kept.
    constexpr double bytes_of_parameter = 16 + 4;
    const double working = of_ranks > 1 ? job_.nodes.node.size() : ranks().is_root() ? 1 : 0;
    const double need = working * bytes_of_parameter * step_bytes(runs.size, form, of_ranks).own_parameters;
    ranks().barrier();  // what was measured before is given back
    if (ranks().max(need > available_memory() ? 1 : 0) == 0) return true;
    const double most = ranks().max(need);
    runs.skipped.push_back(of_ranks == 1 ? "alone" : std::string(name_of(form)));
    job_.log.warn("{}, {}: skipped, for it needs {} of a node's memory", counted(runs.size.genes, "gene"),
                  runs.skipped.back(), human_bytes(most));
    return false;
  }

  const BenchTrainOptions& options_;
  Job& job_;
  Split split_;
  Bandwidths bandwidths_;
};

/// As given, or measured, or nothing: of one rank. Collective.
std::optional<Network> find_network(const BenchTrainOptions& options, const Communicator& ranks) {
  if (options.latency) return Network{{1e-6 * *options.latency, 1e-9 / *options.bandwidth}, false};
  if (ranks.size() == 1) return std::nullopt;
  return Network{measured_between(ranks), true};
}

void run(const BenchTrainOptions& options, const Context& context) {
  Job job = start_job(context, options.common, options.training.seed);
  AtRoot<JsonReport> summary = on_root(job.ranks(), [&] { return JsonReport(options.common); });
  const std::optional<Network> network = find_network(options, job.ranks());
  TrainBench bench(options, job);
  std::vector<TrainingRuns> all;
  for (const std::int64_t genes : options.genes) all.push_back(bench.run(genes));
  on_root(job.ranks(), [&] {
    print_report(all, bench.bandwidths(), network, job.ranks().size());
    auto sizes = nlohmann::ordered_json::array();
    for (const TrainingRuns& runs : all) sizes.push_back(to_json(runs, network));
    summary->write({{"provenance", to_json(job.provenance)},
                    {"ranks", job.ranks().size()},
                    {"nodes", job.nodes.leaders.size()},
                    {"repeats", options.repeats},
                    {"bytes_per_second_alone", bench.bandwidths().alone},
                    {"bytes_per_second_together", bench.bandwidths().together},
                    {"network", to_json(network)},
                    {"sizes", sizes}});
  });
}

}  // namespace

std::unique_ptr<Command> bench_train_command() {
  return make_command<BenchTrainOptions>(line_of, run);
}

}  // namespace dko::app
