#include <nlohmann/json.hpp>

#include "app/command.hpp"
#include "app/json_report.hpp"
#include "app/start_job.hpp"
#include "bench_train_report.hpp"
#include "dko/base/error.hpp"
#include "dko/benchmark/training_speed.hpp"
#include "dko/parallel/collective.hpp"

namespace dko::app {

namespace {

struct BenchTrainOptions {
  std::vector<std::int64_t> genes{100, 500, 1000, 2000, 5000, 10000};
  std::optional<double> latency;    ///< microseconds
  std::optional<double> bandwidth;  ///< GB/s
  TrainBench bench;
  CommonOptions common;
};

CommandLine line_of(BenchTrainOptions& options) {
  CommandLine line(
      "bench train [options]",
      "Trains on synthetic cells and tells what the parts of a step take, beside what memory gives. Under "
      "mpirun, on one rank alone, while the others sleep, and on all of them in both forms; then forecasts "
      "steps on more ranks, from one rank's figures and the time that sums between the ranks take.",
      "mpirun -n 2 dko bench train --genes 1000 5000");
  TrainBench& bench = options.bench;
  TrainingOptions& training = bench.training;
  line.group("Bench");
  line.list("genes", options.genes, "N...", "genes of the cells; default: 100 to 10000").range(2, 1e6);
  line.option("hidden", training.hidden, "H", "hidden units; 0: as many as genes").range(0, 1e6);
  line.option("batch", training.batch, "B", "cells a step").range(1, 1e5);
  line.option("expressed", bench.expressed, "F",
              "part of the genes that each cell expresses, drawn at random; at least two genes")
      .range(0, 1);
  line.option("validation-cells", bench.validation_cells, "V", "cells that choose the best weights")
      .range(0, 1e6);
  line.option("validate-every", training.validate_every, "K",
              "steps from one validation to the next; 0: as a training of 5,000 steps would choose")
      .range(0, 1e6);
  line.choice<std::vector<ParallelForm>>("parallel", bench.forms,
                                         {{"data", {ParallelForm::data}},
                                          {"sharded", {ParallelForm::sharded}},
                                          {"both", {ParallelForm::data, ParallelForm::sharded}}},
                                         "how several ranks share the work: data, sharded or both in turn");
  line.option("repeats", bench.repeats, "R", "how often, some 0.2 s each; medians count").range(1, 1000);
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

/// As given, or measured, or nothing: of one rank. Collective.
std::optional<RankNetwork> find_network(const BenchTrainOptions& options, const Communicator& ranks) {
  if (options.latency) return RankNetwork{{1e-6 * *options.latency, 1e-9 / *options.bandwidth}, false};
  return measure_network(ranks);
}

void run(const BenchTrainOptions& options, const Context& context) {
  Job job = start_job(context, options.common, options.bench.training.seed);
  AtRoot<JsonReport> summary = on_root(job.ranks(), [&] { return JsonReport(options.common); });
  const std::optional<RankNetwork> network = find_network(options, job.ranks());
  TrainingMeasurement measurement(options.bench, job);
  std::vector<TrainingRuns> all;
  for (const std::int64_t genes : options.genes) all.push_back(measurement.run(genes));
  on_root(job.ranks(), [&] {
    print_report(all, measurement.bandwidths(), network, job.ranks().size());
    auto sizes = nlohmann::ordered_json::array();
    for (const TrainingRuns& runs : all) sizes.push_back(to_json(runs, network));
    summary->write({{"provenance", to_json(job.provenance)},
                    {"ranks", job.ranks().size()},
                    {"nodes", job.nodes.leaders.size()},
                    {"repeats", options.bench.repeats},
                    {"bytes_per_second_alone", measurement.bandwidths().alone},
                    {"bytes_per_second_together", measurement.bandwidths().together},
                    {"network", to_json(network)},
                    {"sizes", sizes}});
  });
}

}  // namespace

std::unique_ptr<Command> bench_train_command() {
  return make_command<BenchTrainOptions>(line_of, run);
}

}  // namespace dko::app
