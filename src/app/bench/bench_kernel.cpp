#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "app/command.hpp"
#include "app/json_report.hpp"
#include "app/options/screen_options.hpp"
#include "app/start_job.hpp"
#include "app/table.hpp"
#include "dko/base/text.hpp"
#include "dko/benchmark/kernel_speed.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/parallel/memory_bandwidth.hpp"

namespace dko::app {

namespace {

struct KernelOptions {
  KernelBench bench;
  bool fit = false;
  CommonOptions common;
};

CommandLine line_of(KernelOptions& options) {
  CommandLine line(
      "bench kernel [options]",
      "Scores the pairs of a synthetic cell with every instruction set this machine has, one core, "
      "and tells how much that is of what the same operations reach from registers; then with the sparse "
      "mapping. Under "
      "mpirun all ranks work at the same time, and the figures are means over them.",
      "dko bench kernel --genes 300 1000 4096");
  line.group("Bench");
  line.list("genes", options.bench.genes, "N...", "expressed genes of the cell; default: 64 to 8192")
      .range(3, 32768);
  line.option("repeats", options.bench.repeats, "R", "how often; the median counts").range(1, 1000);
  line.option(
          "effect", options.bench.effect, "E",
          "size of all effects on an output together, as a part of it: more let more outputs change their "
          "sign")
      .range(0, 1e6);
  line.option("nonzeros", options.bench.nonzeros, "Z", "effects of each gene of the sparse mapping")
      .range(0, 1e5);
  add_instructions(line, options.bench.instructions, "only these");
  line.option(
          "model,m", options.bench.model, "FILE",
          "the first mapping of this model instead of synthetic ones, in cells that express genes drawn at "
          "random")
      .reads();
  line.flag("fit", options.fit,
            "fit the cost model of this version's kernels instead, which balances the ranks")
      .excludes("model")
      .excludes("genes");
  add_seed(line, options.bench.seed, "seed for the synthetic data");
  add_common(line, options.common);
  return line;
}

void print_table(const std::vector<KernelSpeed>& speeds) {
  Table table({"kernel", "genes", "million pairs/s", "without loading", "billion elements/s", "of ceiling",
               "crossing rows", "loading", "gathered GB/s"});
  for (const KernelSpeed& speed : speeds) {
    const bool is_dense = speed.ceiling_elements > 0;
    const auto n = static_cast<double>(speed.genes);
    table.add({speed.kernel, with_thousands(speed.genes), fmt::format("{:.2f}", speed.pairs_per_second / 1e6),
               fmt::format("{:.2f}", speed.kernel_pairs_per_second / 1e6),
               fmt::format("{:.2f}", speed.elements() / 1e9),
               is_dense ? fmt::format("{:.2f}", speed.of_ceiling) : "–",
               is_dense ? fmt::format("{:.1f} %", 100 * speed.crossing) : "–",
               fmt::format("{:.3f} ms", 1e3 * speed.load),
               is_dense ? fmt::format("{:.1f}", 8 * n * n / speed.load / 1e9) : "–"});
  }
  std::cout << table.text();
}

nlohmann::ordered_json json_of(const std::vector<KernelSpeed>& speeds) {
  auto json = nlohmann::ordered_json::array();
  for (const KernelSpeed& speed : speeds) {
    nlohmann::ordered_json one{{"kernel", speed.kernel},
                               {"genes", speed.genes},
                               {"pairs_per_second", speed.pairs_per_second},
                               {"kernel_pairs_per_second", speed.kernel_pairs_per_second},
                               {"elements_per_second", speed.elements()},
                               {"load_seconds", speed.load}};
    if (speed.ceiling_elements > 0) {
      one["ceiling_elements_per_second"] = speed.ceiling_elements;
      one["of_ceiling"] = speed.of_ceiling;
      one["crossing_rows"] = speed.crossing;
    }
    json.push_back(one);
  }
  return json;
}

nlohmann::ordered_json json_of(const CostModel& model) {
  return {{"pair_base", model.pair_base},     {"pair_each", model.pair_each},
          {"single_base", model.single_base}, {"single_each", model.single_each},
          {"listed_base", model.listed_base}, {"listed_each", model.listed_each},
          {"load_each", model.load_each}};
}

void print_fit(const KernelCosts& costs) {
  Table table({"ns", "pair", "each", "single", "each", "listed", "each", "load, each"});
  const auto add = [&](const char* kernel, const CostModel& model) {
    std::vector<std::string> row{kernel};
    for (const double seconds : {model.pair_base, model.pair_each, model.single_base, model.single_each,
                                 model.listed_base, model.listed_each, model.load_each})
      row.push_back(fmt::format("{:.3g}", 1e9 * seconds));
    table.add(row);
  };
  add("dense", costs.dense);
  add("sparse", costs.sparse);
  std::cout << table.text();
}

void run(const KernelOptions& options, const Context& context) {
  const Job job = start_job(context, options.common, 0);
  const Communicator& ranks = job.ranks();
  require_instructions(options.bench, ranks);
  AtRoot<JsonReport> summary = on_root(ranks, [&] { return JsonReport(options.common); });
  if (options.fit) {
    on_root(ranks, [&] {
      const KernelCosts costs = fit_kernel_costs(options.bench);
      print_fit(costs);
      summary->write({{"provenance", to_json(job.provenance)},
                      {"seconds", {{"dense", json_of(costs.dense)}, {"sparse", json_of(costs.sparse)}}}});
    });
    return;
  }
  const std::vector<KernelSpeed> speeds = measure_kernels(options.bench, ranks);
  on_root(ranks, [&] {
    const double bandwidth = measure_read_bandwidth();
    print_table(speeds);
    std::cout << fmt::format("reading from memory: {:.1f} GB/s on one core; ranks: {}\n", bandwidth / 1e9,
                             ranks.size());
    summary->write({{"provenance", to_json(job.provenance)},
                    {"ranks", ranks.size()},
                    {"read_bytes_per_second", bandwidth},
                    {"kernels", json_of(speeds)}});
  });
}

}  // namespace

std::unique_ptr<Command> bench_kernel_command() {
  return make_command<KernelOptions>(line_of, run);
}

}  // namespace dko::app
