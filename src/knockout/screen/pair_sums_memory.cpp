#include "pair_sums_memory.hpp"

#include <algorithm>

#include "dko/knockout/screen/pair_sums_screen.hpp"

namespace dko {

namespace {

// Bytes that are scored before they are added up: the more cells at once, the less often sums are fetched
// from memory.
constexpr double most_of_scores = 1 << 30;
constexpr double part_of_scores = 0.25;  // of the memory
constexpr double ways = 2;               // what a rank has scored for others, and what it adds up

double bytes_of_scores(const ScreenPlan& plan) {
  return ways * sizeof(float) * static_cast<double>(std::max<std::int64_t>(1, plan.doubles.count()));
}

double bytes_of_sums(const ScreenPlan& plan) {
  return static_cast<double>(PairSums(summed_measures(plan)).bytes());
}

}  // namespace

PairSumsLimits pair_sums_limits(const ScreenPlan& plan, const PairGenes& genes) {
  const double memory = plan.keeping.memory;
  const double bytes = std::min(memory * part_of_scores, most_of_scores);
  PairSumsLimits limits;
  limits.of_pair = sums_costs(std::ssize(summed_measures(plan)));
  limits.scores = std::max(
      {std::int64_t{1}, genes.most_targets(), static_cast<std::int64_t>(bytes / bytes_of_scores(plan))});
  const double left = memory - bytes_of_scores(plan) * static_cast<double>(limits.scores);
  limits.sums = static_cast<std::int64_t>(std::max(1.0, left / bytes_of_sums(plan)));
  return limits;
}

PairDivision next_division(const PairGenes& genes, EventRange firsts, const PairSumsLimits& limits,
                           std::int64_t ranks) {
  const double of_all = static_cast<double>(limits.sums) * static_cast<double>(ranks);
  EventRange block{firsts.first, genes.end_of_block(firsts.first, firsts.last, 1, of_all)};
  for (;;) {
    PairDivision division(genes, block, ranks, limits.of_pair);
    const std::int64_t largest = division.largest();
    if (block.size() == 1 || largest <= limits.sums) return division;
    const double part = static_cast<double>(limits.sums) / static_cast<double>(largest);
    block.last = block.first + std::max<std::int64_t>(
                                   1, static_cast<std::int64_t>(part * static_cast<double>(block.size())));
  }
}

std::vector<Measure> summed_measures(const ScreenPlan& plan) {
  std::vector<Measure> measures;
  for (const MeasureName& name : measure_names) {
    const Measure& measure = name.measure;
    if (!plan.doubles.has(measure.score)) continue;
    if (!measure.is_interaction || plan.singles.has(measure.score)) measures.push_back(measure);
  }
  return measures;
}

PairGenes pair_genes(const ScreenPlan& plan, const ExpressionMatrix& matrix, const Communicator& ranks) {
  return {plan.targets, PairIndex(matrix, plan.targets).starts(), matrix.genes(),
          [](std::int64_t) { return 1; }, ranks};
}

double least_sums_memory(const ScreenPlan& plan, const PairGenes& genes) {
  const double of_sums = bytes_of_sums(plan) * static_cast<double>(genes.count());
  const double of_rows = bytes_of_scores(plan) * static_cast<double>(genes.most_targets());
  return std::max(of_sums / (1 - part_of_scores), of_sums + of_rows) + 64;
}

double most_sums_memory(const ScreenPlan& plan, const PairGenes& genes, std::int64_t pairs,
                        std::int64_t ranks) {
  constexpr double unlike = 2;   // the most scores of a rank, of the mean
  constexpr double growing = 2;  // arrays double
  const double part = ranks == 1 ? 1 : std::min(1.0, unlike / static_cast<double>(ranks));
  // The rank of rare genes has many times as many pairs as others: of the first block, which is the largest.
  const PairDivision division =
      next_division(genes, {0, genes.count()}, pair_sums_limits(plan, genes), ranks);
  const double of_sums = bytes_of_sums(plan) * static_cast<double>(division.largest());
  const double of_pairs = growing * bytes_of_scores(plan) * static_cast<double>(pairs);
  return std::max(of_sums + std::min(part * of_pairs, most_of_scores), least_sums_memory(plan, genes));
}

}  // namespace dko
