#include <fmt/format.h>

#include <array>
#include <iostream>
#include <nlohmann/json.hpp>

#include "app/command.hpp"
#include "app/json_report.hpp"
#include "app/start_job.hpp"
#include "app/table.hpp"
#include "dko/base/text.hpp"
#include "dko/benchmark/shard_balance.hpp"
#include "dko/parallel/collective.hpp"

namespace dko::app {

namespace {

constexpr std::array<std::int64_t, 5> shard_counts{64, 256, 1024, 4096, 16384};

struct ShardsOptions {
  std::int64_t cells = 10'000;
  std::int64_t genes = 10'000;
  std::uint64_t seed = 1;
  CommonOptions common;
};

CommandLine line_of(ShardsOptions& options) {
  CommandLine line(
      "bench shards [options]",
      "Divides all double knockouts of synthetic cells among ranks, as a screen does, and tells by "
      "how much the slowest rank is above the mean: by the cost model of this version, the "
      "loading of cells included. The numbers of expressed genes are drawn from a log-normal "
      "distribution around 2,121, two thirds of them between 1,500 and 3,000.",
      "dko bench shards --cells 10000 --genes 10000");
  line.group("Bench");
  line.option("cells", options.cells, "C", "number of cells").range(1, 1e6);
  line.option("genes", options.genes, "N", "number of genes: the most that a cell expresses").range(3, 1e5);
  add_seed(line, options.seed, "seed of the numbers of expressed genes");
  add_common(line, options.common);
  return line;
}

void print_table(const std::vector<ShardBalance>& balances) {
  Table table({"shards", "mean", "slowest", "above the mean", "loading cells"});
  for (const ShardBalance& one : balances)
    table.add({with_thousands(one.shards), human_seconds(one.mean_seconds), human_seconds(one.max_seconds),
               fmt::format("{:.3f} %", 100 * one.imbalance()), fmt::format("{:.2f} %", 100 * one.loads)});
  std::cout << table.text();
}

void measure(const ShardsOptions& options, Job& job) {
  JsonReport summary(options.common);
  const PairCosts pairs = draw_pair_costs(options.cells, options.genes, options.seed);
  job.log.info("{} of {} and {}", counted(pairs.starts.back(), "pair"), counted(options.cells, "cell"),
               counted(options.genes, "gene"));
  std::vector<ShardBalance> balances;
  auto json = nlohmann::ordered_json::array();
  for (const std::int64_t shards : shard_counts) {
    const ShardBalance one = balance_of(pairs, shards);
    balances.push_back(one);
    json.push_back({{"shards", one.shards},
                    {"mean_seconds", one.mean_seconds},
                    {"max_seconds", one.max_seconds},
                    {"imbalance", one.imbalance()},
                    {"loading", one.loads}});
  }
  print_table(balances);
  summary.write({{"provenance", to_json(job.provenance)},
                 {"cells", options.cells},
                 {"genes", options.genes},
                 {"seed", options.seed},
                 {"pairs", pairs.starts.back()},
                 {"shards", json}});
}

void run(const ShardsOptions& options, const Context& context) {
  Job job = start_job(context, options.common, options.seed);
  on_root(job.ranks(), [&] { measure(options, job); });
}

}  // namespace

std::unique_ptr<Command> bench_shards_command() {
  return make_command<ShardsOptions>(line_of, run);
}

}  // namespace dko::app
