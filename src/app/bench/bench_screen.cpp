#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "app/command.hpp"
#include "app/json_report.hpp"
#include "app/run_json.hpp"
#include "app/start_job.hpp"
#include "app/table.hpp"
#include "bench_screen_options.hpp"
#include "dko/base/text.hpp"
#include "dko/benchmark/screen_speed.hpp"
#include "dko/parallel/collective.hpp"

namespace dko::app {

namespace {

struct BenchScreenOptions {
  std::string out;
  ScreenBench bench;
  CommonOptions common;
};

CommandLine line_of(BenchScreenOptions& options) {
  CommandLine line("bench screen -o FILE [options]",
                   "Screens synthetic cells by a synthetic mapping on all ranks, file and all, as dko screen "
                   "does; and tells what took how long, and the memory.",
                   "mpirun -n 2 dko bench screen --genes 10000 --cells 20 --expressed 3000 -o bench.h5");
  line.group("Bench");
  line.option("out,o", options.out, "FILE", "the screen file to write").usual().required().writes();
  add_bench_screen(line, options.bench);
  add_common(line, options.common);
  return line;
}

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

void report(const ScreenSpeed& speed, int ranks) {
  const ScreenCounts& counts = speed.counts;
  Table table({"what", "took", "longest of a rank"});
  table.add({"making cells and mapping up", human_seconds(speed.making), ""});
  table.add({"A = W2·W1", human_seconds(speed.collapsing), ""});
  table.add({"screening and writing", human_seconds(counts.seconds), ""});
  add_parts(counts.parts, table);
  std::cout
      << table.text()
      << fmt::format("{} in {} on {}: {:.3f} million a second and rank\n",
                     counted(counts.events.total(), "knockout"), human_seconds(counts.seconds),
                     counted(ranks, "rank"),
                     static_cast<double>(counts.events.total()) / counts.seconds / ranks / 1e6)
      << fmt::format("by the cost model {} on the slowest rank, {:.2f} % above the mean\n",
                     human_seconds(speed.forecast->slowest_seconds), 100 * speed.forecast->above_mean)
      << fmt::format(
             "slowest rank {:.2f} % above the mean; peak memory of a rank, what it shares included: {}\n",
             100 * counts.of_ranks.imbalance(), human_bytes(speed.peak_bytes));
}

/// What a core of the reference machine would take.
nlohmann::ordered_json json_of(const ScreenForecast& forecast) {
  return {{"core_seconds", forecast.core_seconds},
          {"load_seconds", forecast.load_seconds},
          {"slowest_seconds", forecast.slowest_seconds},
          {"above_mean", forecast.above_mean}};
}

void run(const BenchScreenOptions& options, const Context& context) {
  Job job = start_job(context, options.common, options.bench.seed);
  AtRoot<OutputFile> out =
      on_root(job.ranks(), [&] { return OutputFile(options.out, options.common.force); });
  AtRoot<JsonReport> summary = on_root(job.ranks(), [&] { return JsonReport(options.common); });
  const ScreenSpeed speed = measure_screen(options.bench, out, job);
  on_root(job.ranks(), [&] {
    report(speed, job.ranks().size());
    summary->write({{"provenance", to_json(job.provenance)},
                    {"instruction_set", name_of(speed.instructions)},
                    {"screen", to_json(speed.counts)},
                    {"forecast", json_of(*speed.forecast)},
                    {"collapse_seconds", speed.collapsing},
                    {"memory", to_json(*speed.memory)},
                    {"peak_bytes_of_rank", speed.peak_bytes}});
  });
}

}  // namespace

std::unique_ptr<Command> bench_screen_command() {
  return make_command<BenchScreenOptions>(line_of, run);
}

}  // namespace dko::app
