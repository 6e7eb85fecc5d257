#include "dko/benchmark/kernel_speed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "dko/base/error.hpp"
#include "dko/base/numbers.hpp"
#include "dko/base/parameter.hpp"
#include "dko/base/quantile.hpp"
#include "dko/base/random.hpp"
#include "dko/base/stopwatch.hpp"
#include "dko/knockout/kernels/dense_cell_kernel.hpp"
#include "dko/knockout/kernels/kernel_ceiling.hpp"
#include "dko/knockout/kernels/sparse_cell_kernel.hpp"
#include "dko/knockout/sharding/cost_fit.hpp"
#include "dko/mapping/model_file.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/parallel/common_instruction_set.hpp"
#include "dko/simulation/synthetic_mapping.hpp"
#include "row_sample.hpp"

namespace dko {

namespace {

/// Seconds of loading and of all pairs of a cell, the latter from a sample if they are many.
struct CellTime {
  double load = 0;
  double pairs = 0;
  double cells = 0;
};

constexpr double least_seconds = 0.05;

/// Scores ranges of pairs of one cell into the same memory.
class CellScorer {
 public:
  CellScorer(CellKernel& kernel, std::size_t expressed, const std::vector<EventRange>& ranges)
      : kernel_(kernel), positions_(numbers_below<std::int32_t>(expressed)), scores_(1) {
    for (const EventRange& range : ranges)
      scores_.resize(std::max(scores_.size(), static_cast<std::size_t>(range.size())));
  }

  void score(EventRange range) {
    ScoreSpans spans;
    spans.impact = std::span(scores_).first(static_cast<std::size_t>(range.size()));
    kernel_.pair_scores(positions_, range, spans);
  }

 private:
  CellKernel& kernel_;
  std::vector<std::int32_t> positions_;
  std::vector<float> scores_;
};

CellTime time_cell(CellKernel& kernel, const std::vector<std::int32_t>& expressed, double elements_at_most) {
  const auto n = std::ssize(expressed);
  const auto ranges = sample_of_rows(n, static_cast<std::int64_t>(elements_at_most / static_cast<double>(n)));
  CellScorer scorer(kernel, expressed.size(), ranges);
  CellTime time;
  std::int64_t pairs = 0;
  // Small cells again and again: one takes less than a clock is good for.
  for (std::int64_t cell = 0; cell == 0 || time.load + time.pairs < least_seconds; ++cell) {
    const Stopwatch loading;
    kernel.load(expressed);
    scorer.score({0, 1});
    time.load += loading.seconds();
    const Stopwatch scoring;
    for (const EventRange& range : ranges) {
      scorer.score(range);
      pairs += range.size();
    }
    time.pairs += scoring.seconds();
    time.cells += 1;
  }
  time.load /= time.cells;
  time.pairs *= static_cast<double>(PairIndex::row_start(n, n - 1)) / static_cast<double>(pairs);
  return time;
}

/// All but the kernel's name. The ceiling of an instruction set is measured beside each repeat: processors do
/// not keep their speed. Collective.
KernelSpeed measure(CellKernel& kernel, const std::vector<std::int32_t>& expressed, std::int64_t repeats,
                    double elements_at_most, std::optional<InstructionSet> with_ceiling,
                    const Communicator& ranks) {
  std::vector<double> loads;
  std::vector<double> rates;
  std::vector<double> kernel_rates;
  std::vector<double> ceilings;
  std::vector<double> fractions;
  const auto n = std::ssize(expressed);
  const auto pairs = static_cast<double>(PairIndex::row_start(n, n - 1));
  time_cell(kernel, expressed, std::min(elements_at_most, 1e8));  // memory, and a processor that slept
  for (std::int64_t repeat = 0; repeat < repeats; ++repeat) {
    ranks.barrier();
    const CellTime time = time_cell(kernel, expressed, elements_at_most);
    loads.push_back(time.load);
    rates.push_back(pairs / (time.load + time.pairs));
    kernel_rates.push_back(pairs / time.pairs);
    if (!with_ceiling) continue;
    ceilings.push_back(measure_kernel_ceiling(*with_ceiling, least_seconds));
    fractions.push_back(kernel_rates.back() * static_cast<double>(n) / ceilings.back());
  }
  const auto mean = [&](double value) { return ranks.sum(value) / ranks.size(); };
  KernelSpeed speed;
  speed.genes = n;
  speed.load = mean(median(loads));
  speed.pairs_per_second = mean(median(rates));
  speed.kernel_pairs_per_second = mean(median(kernel_rates));
  if (with_ceiling) {
    speed.ceiling_elements = mean(median(ceilings));
    speed.of_ceiling = mean(median(fractions));
  }
  return speed;
}

std::vector<std::int32_t> draw_cell(std::int64_t n, std::int64_t genes, std::uint64_t seed) {
  std::vector<std::int32_t> expressed;
  for (const std::int64_t gene : RandomStream(seed, "expressed genes").distinct(n, genes))
    expressed.push_back(static_cast<std::int32_t>(gene));
  return expressed;
}

/// The first mapping of the model, if one is given, once per node. Collective.
std::optional<CollapsedMapping> given_mapping(const std::string& model, const Communicator& ranks) {
  if (model.empty()) return std::nullopt;
  return CollapsedMapping::replicate(NodeGroup(ranks),
                                     on_root(ranks, [&] { return collapse(read_model(model)).front(); }));
}

/// Measures one kernel after the other. All calls are collective.
class KernelMeasurement {
 public:
  KernelMeasurement(const KernelBench& bench, const Communicator& ranks)
      : bench_(bench), ranks_(ranks), given_(given_mapping(bench.model, ranks)) {}

  std::vector<KernelSpeed> run() const {
    std::vector<KernelSpeed> speeds;
    if (!given_ || given_->sparse() == nullptr) {
      const InstructionSet widest = common_instruction_set(ranks_, every_instruction_set.back());
      for (const InstructionSet set : every_instruction_set) {
        if (set > widest || (bench_.instructions && bench_.instructions != set)) continue;
        for (const std::int64_t n : sizes()) speeds.push_back(dense(n, set));
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
    for (const std::int64_t n : bench_.genes)
      if (!given_ || n <= given_->genes()) sizes.push_back(n);
    return sizes;
  }

  KernelSpeed dense(std::int64_t n, InstructionSet set) const {
    const CollapsedMapping mapping = given_ ? *given_ : make_dense_mapping(n, bench_.effect, bench_.seed);
    DenseCellKernel kernel(mapping, set);
    const double at_most = set == InstructionSet::portable ? 2e9 : 2e10;
    KernelSpeed speed =
        measure(kernel, draw_cell(n, mapping.genes(), bench_.seed), bench_.repeats, at_most, set, ranks_);
    speed.kernel = std::string(name_of(set));
    speed.crossing = static_cast<double>(kernel.crossing_rows()) / static_cast<double>(n);
    return speed;
  }

  KernelSpeed sparse(std::int64_t n) const {
    const CollapsedMapping mapping =
        given_ ? *given_ : CollapsedMapping(make_sparse_mapping(n, bench_.nonzeros, bench_.seed));
    const InstructionSet set =
        bench_.instructions.value_or(common_instruction_set(ranks_, every_instruction_set.back()));
    SparseCellKernel kernel(*mapping.sparse(), {}, nullptr, set);
    KernelSpeed speed =
        measure(kernel, draw_cell(n, mapping.genes(), bench_.seed), bench_.repeats, 1e11, {}, ranks_);
    speed.kernel = "sparse";
    return speed;
  }

  const KernelBench& bench_;
  const Communicator& ranks_;
  std::optional<CollapsedMapping> given_;
};

/// The cost model of one kernel in cells of 100 to 3,000 genes.
CostModel fit(const CollapsedMapping& mapping, const KernelBench& bench) {
  constexpr std::array<std::int64_t, 6> expressed{100, 200, 400, 800, 1500, 3000};
  return fit_costs(time_cells(mapping, expressed, bench.seed, bench.repeats, 0.05));
}

}  // namespace

void require_instructions(const KernelBench& bench, const Communicator& ranks) {
  if (!bench.instructions) return;
  const InstructionSet common = common_instruction_set(ranks, *bench.instructions);
  on_root(ranks, [&] {
    if (*bench.instructions > common)
      throw UsageError(fmt::format("{}: not every rank's machine has '{}'", parameter("instructions"),
                                   name_of(*bench.instructions)));
  });
}

std::vector<KernelSpeed> measure_kernels(const KernelBench& bench, const Communicator& ranks) {
  return KernelMeasurement(bench, ranks).run();
}

KernelCosts fit_kernel_costs(const KernelBench& bench) {
  constexpr std::int64_t genes = 4000;
  return {fit(make_dense_mapping(genes, bench.effect, bench.seed), bench),
          fit(CollapsedMapping(make_sparse_mapping(genes, bench.nonzeros, bench.seed)), bench)};
}

}  // namespace dko
