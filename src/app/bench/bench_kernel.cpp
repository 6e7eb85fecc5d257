#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iostream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>

#include "app/command.hpp"
#include "app/json_report.hpp"
#include "app/options/screen_options.hpp"
#include "app/table.hpp"
#include "dko/base/error.hpp"
#include "dko/base/quantile.hpp"
#include "dko/base/random.hpp"
#include "dko/base/stopwatch.hpp"
#include "dko/base/text.hpp"
#include "dko/knockout/kernels/dense_cell_kernel.hpp"
#include "dko/knockout/kernels/kernel_peak.hpp"
#include "dko/knockout/kernels/sparse_cell_kernel.hpp"
#include "dko/knockout/sharding/cost_fit.hpp"
#include "dko/mapping/model_file.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/parallel/common_instruction_set.hpp"
#include "dko/parallel/memory_bandwidth.hpp"
#include "dko/simulation/synthetic_mapping.hpp"
#include "dko/system/available_memory.hpp"

namespace dko::app {

namespace {

struct KernelOptions {
  std::vector<std::int64_t> genes{64, 128, 300, 512, 1000, 1600, 2048, 4096, 8192};
  std::int64_t repeats = 5;
  std::int64_t nonzeros = 32;
  double effect = 0.2;
  std::uint64_t seed = 1;
  std::optional<InstructionSet> instructions;
  std::string model;
  bool fit = false;
  CommonOptions common;
};

CommandLine line_of(KernelOptions& options) {
  CommandLine line(
      "bench kernel [options]",
      "Scores the pairs of a synthetic cell with every instruction set this machine has, one core, "
      "and tells how much of the processor's peak that is; then with the sparse mapping. Under "
      "mpirun all ranks work at the same time, and the figures are means over them.",
      "dko bench kernel --genes 300 1000 4096");
  line.group("Bench");
  line.list("genes", options.genes, "N...", "expressed genes of the cell; default: 64 to 8192")
      .range(3, 32768);
  line.option("repeats", options.repeats, "R", "how often; the median counts").range(1, 1000);
  line.option(
          "effect", options.effect, "E",
          "size of all effects on an output together, as a part of it: more let more outputs change their "
          "sign")
      .range(0, 1e6);
  line.option("nonzeros", options.nonzeros, "Z", "effects of each gene of the sparse mapping").range(0, 1e5);
  add_instructions(line, options.instructions, "only these");
  line.option(
          "model,m", options.model, "FILE",
          "the first mapping of this model instead of synthetic ones, in cells that express genes drawn at "
          "random")
      .reads();
  line.flag("fit", options.fit,
            "fit the cost model of this version's kernels instead, which balances the ranks");
  add_seed(line, options.seed, "seed for the synthetic data");
  add_common(line, options.common);
  return line;
}

/// @throws CollectiveFailure if the instructions that are asked for are not on every rank's machine.
/// Collective.
void require_instructions(const KernelOptions& options, const Communicator& ranks) {
  if (!options.instructions) return;
  const InstructionSet common = common_instruction_set(ranks, *options.instructions);
  on_root(ranks, [&] {
    if (*options.instructions > common)
      throw UsageError(
          fmt::format("--instructions: not every rank's machine has '{}'", name_of(*options.instructions)));
  });
}

/// What one kernel did in one cell; means over the ranks.
struct Speed {
  std::string kernel;
  std::int64_t genes = 0;
  double load = 0;              ///< seconds until the first pair
  double pairs_per_second = 0;  ///< of the whole cell, loading included
  double crossing = 0;          ///< part of the rows
  double peak_elements = 0;     ///< a second; 0 for the sparse kernel

  double kernel_pairs_per_second = 0;  ///< once it is loaded

  double elements() const { return kernel_pairs_per_second * static_cast<double>(genes); }
  double of_peak() const { return elements() / peak_elements; }
};

/// Ranges of whole panels of rows, spread over the triangle, of not much more than `most` pairs in all.
std::vector<EventRange> sample_of_rows(std::int64_t n, std::int64_t most) {
  constexpr std::int64_t panel = 96;
  const std::int64_t all = PairIndex::row_start(n, n - 1);
  const std::int64_t step = panel * std::max<std::int64_t>(1, (all + most - 1) / most);
  std::vector<EventRange> ranges;
  for (std::int64_t row = 0; row < n - 1; row += step) {
    const std::int64_t end = std::min(row + (step == panel ? n : panel), n - 1);
    ranges.push_back({PairIndex::row_start(n, row), PairIndex::row_start(n, end)});
    if (step == panel) break;  // all of them at once
  }
  return ranges;
}

/// Seconds of loading and of all pairs of a cell, the latter from a sample if they are many.
struct CellTime {
  double load = 0;
  double pairs = 0;
  double cells = 0;
};

constexpr double least_seconds = 0.05;

template <class Kernel>
CellTime time_cell(Kernel& kernel, const std::vector<std::int32_t>& expressed, double elements_at_most) {
  const auto n = std::ssize(expressed);
  std::vector<std::int32_t> positions(expressed.size());
  std::iota(positions.begin(), positions.end(), 0);
  const auto ranges = sample_of_rows(n, static_cast<std::int64_t>(elements_at_most / static_cast<double>(n)));
  std::vector<float> scores(1);
  ScoreSpans spans;
  const auto score = [&](EventRange range) {
    if (std::ssize(scores) < range.size()) scores.resize(static_cast<std::size_t>(range.size()));
    spans.impact = std::span(scores).first(static_cast<std::size_t>(range.size()));
    kernel.pair_scores(positions, range, spans);
  };
  for (const EventRange& range : ranges)
    scores.resize(std::max(scores.size(), static_cast<std::size_t>(range.size())));
  CellTime time;
  std::int64_t pairs = 0;
  // Small cells again and again: one takes less than a clock is good for.
  for (std::int64_t cell = 0; cell == 0 || time.load + time.pairs < least_seconds; ++cell) {
    const Stopwatch loading;
    kernel.load(expressed);
    score({0, 1});
    time.load += loading.seconds();
    const Stopwatch scoring;
    for (const EventRange& range : ranges) {
      score(range);
      pairs += range.size();
    }
    time.pairs += scoring.seconds();
    time.cells += 1;
  }
  time.load /= time.cells;
  time.pairs *= static_cast<double>(PairIndex::row_start(n, n - 1)) / static_cast<double>(pairs);
  return time;
}

template <class Kernel>
Speed measure(Kernel& kernel, const std::vector<std::int32_t>& expressed, const KernelOptions& options,
              double elements_at_most, const Communicator& ranks) {
  std::vector<double> loads;
  std::vector<double> rates;
  std::vector<double> kernel_rates;
  const auto n = std::ssize(expressed);
  const auto pairs = static_cast<double>(PairIndex::row_start(n, n - 1));
  time_cell(kernel, expressed, std::min(elements_at_most, 1e8));  // memory, and a processor that slept
  for (std::int64_t repeat = 0; repeat < options.repeats; ++repeat) {
    ranks.barrier();
    const CellTime time = time_cell(kernel, expressed, elements_at_most);
    loads.push_back(time.load);
    rates.push_back(pairs / (time.load + time.pairs));
    kernel_rates.push_back(pairs / time.pairs);
  }
  const auto mean = [&](double value) { return ranks.sum(value) / ranks.size(); };
  Speed speed;
  speed.genes = n;
  speed.load = mean(median(loads));
  speed.pairs_per_second = mean(median(rates));
  speed.kernel_pairs_per_second = mean(median(kernel_rates));
  return speed;
}

std::vector<std::int32_t> draw_cell(std::int64_t n, std::int64_t genes, std::uint64_t seed) {
  std::vector<std::int32_t> expressed;
  for (const std::int64_t gene : RandomStream(seed, "expressed genes").distinct(n, genes))
    expressed.push_back(static_cast<std::int32_t>(gene));
  return expressed;
}

/// The first mapping of the model, if one is given, once per node. Collective.
std::optional<CollapsedMapping> given_mapping(const KernelOptions& options, const Communicator& ranks) {
  if (options.model.empty()) return std::nullopt;
  return CollapsedMapping::replicate(
      NodeGroup(ranks), on_root(ranks, [&] { return collapse(read_model(options.model)).front(); }));
}

class KernelBench {
 public:
  KernelBench(const KernelOptions& options, const Communicator& ranks)
      : options_(options), ranks_(ranks), given_(given_mapping(options, ranks)) {}

  std::vector<Speed> run() {
    std::vector<Speed> speeds;
    if (!given_ || given_->sparse() == nullptr) {
      const InstructionSet widest = common_instruction_set(ranks_, every_instruction_set.back());
      for (const InstructionSet set : every_instruction_set) {
        if (set > widest || (options_.instructions && options_.instructions != set)) continue;
        const KernelPeak peak = measure_kernel_peak(set, 0.3);
        for (const std::int64_t n : sizes()) speeds.push_back(dense(n, set, peak));
      }
    }
    if (!given_ || given_->sparse() != nullptr) {
      for (const std::int64_t n : sizes()) speeds.push_back(sparse(n));
    }
    return speeds;
  }

 private:
  std::vector<std::int64_t> sizes() const {
    std::vector<std::int64_t> sizes;
    for (const std::int64_t n : options_.genes)
      if (!given_ || n <= given_->genes()) sizes.push_back(n);
    return sizes;
  }

  Speed dense(std::int64_t n, InstructionSet set, const KernelPeak& peak) const {
    const CollapsedMapping mapping = given_ ? *given_ : make_dense_mapping(n, options_.effect, options_.seed);
    DenseCellKernel kernel(mapping, set);
    const double at_most = set == InstructionSet::portable ? 2e9 : 2e10;
    Speed speed = measure(kernel, draw_cell(n, mapping.genes(), options_.seed), options_, at_most, ranks_);
    speed.kernel = std::string(name_of(set));
    speed.peak_elements = ranks_.sum(peak.elements()) / ranks_.size();
    speed.crossing = static_cast<double>(kernel.crossing_rows()) / static_cast<double>(n);
    return speed;
  }

  Speed sparse(std::int64_t n) const {
    const CollapsedMapping mapping =
        given_ ? *given_ : CollapsedMapping(make_sparse_mapping(n, options_.nonzeros, options_.seed));
    SparseCellKernel kernel(*mapping.sparse());
    Speed speed = measure(kernel, draw_cell(n, mapping.genes(), options_.seed), options_, 1e11, ranks_);
    speed.kernel = "sparse";
    return speed;
  }

  const KernelOptions& options_;
  const Communicator& ranks_;
  std::optional<CollapsedMapping> given_;
};

void print_table(const std::vector<Speed>& speeds) {
  Table table({"kernel", "genes", "million pairs/s", "without loading", "billion elements/s", "of peak/4",
               "crossing rows", "loading", "gathered GB/s"});
  for (const Speed& speed : speeds) {
    const bool is_dense = speed.peak_elements > 0;
    const auto n = static_cast<double>(speed.genes);
    table.add({speed.kernel, with_thousands(speed.genes), fmt::format("{:.2f}", speed.pairs_per_second / 1e6),
               fmt::format("{:.2f}", speed.kernel_pairs_per_second / 1e6),
               fmt::format("{:.2f}", speed.elements() / 1e9),
               is_dense ? fmt::format("{:.2f}", speed.of_peak()) : "–",
               is_dense ? fmt::format("{:.1f} %", 100 * speed.crossing) : "–",
               fmt::format("{:.3f} ms", 1e3 * speed.load),
               is_dense ? fmt::format("{:.1f}", 8 * n * n / speed.load / 1e9) : "–"});
  }
  std::cout << table.text();
}

nlohmann::ordered_json to_json(const std::vector<Speed>& speeds) {
  auto json = nlohmann::ordered_json::array();
  for (const Speed& speed : speeds) {
    nlohmann::ordered_json one{{"kernel", speed.kernel},
                               {"genes", speed.genes},
                               {"pairs_per_second", speed.pairs_per_second},
                               {"kernel_pairs_per_second", speed.kernel_pairs_per_second},
                               {"elements_per_second", speed.elements()},
                               {"load_seconds", speed.load}};
    if (speed.peak_elements > 0) {
      one["peak_elements_per_second"] = speed.peak_elements;
      one["of_peak"] = speed.of_peak();
      one["crossing_rows"] = speed.crossing;
    }
    json.push_back(one);
  }
  return json;
}

/// The cost model of one kernel in cells of 100 to 3,000 genes.
CostModel fit(const CollapsedMapping& mapping, const KernelOptions& options) {
  constexpr std::array<std::int64_t, 6> expressed{100, 200, 400, 800, 1500, 3000};
  return fit_costs(time_cells(mapping, expressed, options.seed, options.repeats, 0.05));
}

void print_fit(const KernelOptions& options) {
  constexpr std::int64_t genes = 4000;
  Table table({"ns", "pair", "each", "single", "each", "listed", "each", "load, each"});
  const auto add = [&](const char* kernel, const CostModel& model) {
    std::vector<std::string> row{kernel};
    for (const double seconds : {model.pair_base, model.pair_each, model.single_base, model.single_each,
                                 model.listed_base, model.listed_each, model.load_each})
      row.push_back(fmt::format("{:.3g}", 1e9 * seconds));
    table.add(row);
  };
  add("dense", fit(make_dense_mapping(genes, options.effect, options.seed), options));
  add("sparse", fit(CollapsedMapping(make_sparse_mapping(genes, options.nonzeros, options.seed)), options));
  std::cout << table.text();
}

void run(const KernelOptions& options, const Context& context) {
  const Communicator& ranks = context.communicator;
  require_instructions(options, ranks);
  if (options.fit) {
    if (ranks.is_root()) print_fit(options);
    return;
  }
  AtRoot<JsonReport> summary = on_root(ranks, [&] { return JsonReport(options.common); });
  const std::vector<Speed> speeds = KernelBench(options, ranks).run();
  on_root(ranks, [&] {
    const double bandwidth = measure_read_bandwidth();
    print_table(speeds);
    std::cout << fmt::format("reading from memory: {:.1f} GB/s on one core; ranks: {}\n", bandwidth / 1e9,
                             ranks.size());
    summary->write(
        {{"ranks", ranks.size()}, {"read_bytes_per_second", bandwidth}, {"kernels", to_json(speeds)}});
  });
}

}  // namespace

std::unique_ptr<Command> bench_kernel_command() {
  return make_command<KernelOptions>(line_of, run);
}

}  // namespace dko::app
