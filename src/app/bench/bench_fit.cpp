#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "app/command.hpp"
#include "app/json_report.hpp"
#include "app/run_json.hpp"
#include "app/start_job.hpp"
#include "app/table.hpp"
#include "dko/base/text.hpp"
#include "dko/benchmark/fit_speed.hpp"
#include "dko/parallel/collective.hpp"

namespace dko::app {

namespace {

struct BenchFitOptions {
  FitBench bench;
  CommonOptions common;
};

CommandLine line_of(BenchFitOptions& options) {
  CommandLine line("bench fit [options]",
                   "Fits a sparse mapping to counts of simulated cells on all ranks, as dko train --mapping "
                   "sparse does; and tells how long it took, beside the forecast of dko estimate, and the "
                   "memory.",
                   "mpirun -n 2 dko bench fit --genes 1000 --cells 4000");
  FitBench& bench = options.bench;
  line.group("Bench");
  line.option("genes", bench.genes, "N", "genes").range(10, 1e6).usual();
  line.option("cells", bench.cells, "C", "cells").range(10, 1e7).usual();
  line.option("umi", bench.molecules, "M", "molecules that are counted in a cell, a mean")
      .range(1, 1e9)
      .usual();
  add_seed(line, bench.seed, "seed of cells, folds and decoys");
  add_common(line, options.common);
  return line;
}

std::string share_of(double seconds, double forecast) {
  return fmt::format("{:.2f} of it", seconds / forecast);
}

void report(const FitBench& bench, const FitSpeed& speed, int ranks) {
  const SparseRecord& record = *speed.record;
  const FitForecast& forecast = *speed.forecast;
  Table table({"what", "took", "of the forecast"});
  table.add({"simulating cells", human_seconds(speed.making), ""});
  table.add(
      {"the fit and its q-values", human_seconds(speed.seconds), share_of(speed.seconds, forecast.seconds)});
  std::cout << table.text()
            << fmt::format("{} × {}, {:.0f} expressed in each, on {}: {} ({:.1f} a gene), {} of cell state\n",
                           counted(bench.genes, "gene"), counted(bench.cells, "cell"), speed.expressed,
                           counted(ranks, "rank"), counted(record.effects, "effect"),
                           static_cast<double>(record.effects) / static_cast<double>(bench.genes),
                           counted(record.factors, "factor"))
            << fmt::format("by the fitted costs {} on the slowest rank, {} of all; {} for the longest gene\n",
                           human_seconds(forecast.seconds), human_seconds(forecast.core_seconds),
                           human_seconds(forecast.longest_gene))
            << fmt::format(
                   "peak memory of a rank, what it shares and the making of cells included: {}; the "
                   "mapping's checksum: {}\n",
                   human_bytes(speed.peak_bytes), *speed.checksum);
}

nlohmann::ordered_json json_of(const FitSpeed& speed) {
  const SparseRecord& record = *speed.record;
  return {{"seconds", speed.seconds},
          {"effects", record.effects},
          {"factors", record.factors},
          {"cross_validated_distance", record.cross_validated_distance},
          {"checksum", *speed.checksum}};
}

/// What cores of the machine that the costs were fitted on would take.
nlohmann::ordered_json json_of(const FitForecast& forecast) {
  return {{"core_seconds", forecast.core_seconds},
          {"slowest_seconds", forecast.seconds},
          {"longest_gene_seconds", forecast.longest_gene}};
}

void run(const BenchFitOptions& options, const Context& context) {
  const FitBench& bench = options.bench;
  Job job = start_job(context, options.common, bench.seed);
  AtRoot<JsonReport> summary = on_root(job.ranks(), [&] { return JsonReport(options.common); });
  const FitSpeed speed = measure_fit(bench, job);
  on_root(job.ranks(), [&] {
    report(bench, speed, job.ranks().size());
    summary->write({{"provenance", to_json(job.provenance)},
                    {"genes", bench.genes},
                    {"cells", bench.cells},
                    {"expressed", speed.expressed},
                    {"making_seconds", speed.making},
                    {"fit", json_of(speed)},
                    {"forecast", json_of(*speed.forecast)},
                    {"memory", to_json(*speed.memory)},
                    {"peak_bytes_of_rank", speed.peak_bytes}});
  });
}

}  // namespace

std::unique_ptr<Command> bench_fit_command() {
  return make_command<BenchFitOptions>(line_of, run);
}

}  // namespace dko::app
