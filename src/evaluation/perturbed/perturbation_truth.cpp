#include "dko/evaluation/perturbed/perturbation_truth.hpp"

#include <algorithm>
#include <cmath>

#include "dko/base/random.hpp"
#include "dko/metrics/metrics.hpp"
#include "dko/metrics/rank_sum.hpp"

namespace dko {

namespace {

using Cells = std::span<const std::int64_t>;
using Profile = std::vector<double>;

/// Calls visit(gene, share) for all that a cell expresses; shares in double precision, so that equal ones of
/// cells of other totals are equal.
template <class Visit>
void visit_shares(const ExpressionMatrix& data, std::int64_t cell, Visit visit) {
  const auto genes = data.expressed(cell);
  const auto values = data.values(cell);
  const double total = data.sum(cell);
  for (std::size_t at = 0; at < genes.size(); ++at)
    visit(static_cast<std::size_t>(genes[at]), static_cast<double>(values[at]) / total);
}

Profile mean_shares(const ExpressionMatrix& data, Cells cells) {
  Profile mean(static_cast<std::size_t>(data.genes()), 0.0);
  for (const std::int64_t cell : cells)
    visit_shares(data, cell, [&](std::size_t gene, double share) { mean[gene] += share; });
  for (double& share : mean) share /= static_cast<double>(std::max<std::size_t>(1, cells.size()));
  return mean;
}

std::vector<NonNegativeSample> samples_of(const ExpressionMatrix& data, Cells cells) {
  std::vector<NonNegativeSample> samples(static_cast<std::size_t>(data.genes()));
  for (const std::int64_t cell : cells)
    visit_shares(data, cell,
                 [&](std::size_t gene, double share) { samples[gene].positive.push_back(share); });
  for (NonNegativeSample& sample : samples) {
    std::sort(sample.positive.begin(), sample.positive.end());
    sample.zeros = std::ssize(cells) - std::ssize(sample.positive);
  }
  return samples;
}

double log2_ratio(double after, double before) {
  return std::log2((after + pseudo_share) / (before + pseudo_share));
}

/// Mean shares of two random halves.
struct Halves {
  Profile first;
  Profile second;
};

Halves halves_of(const ExpressionMatrix& data, Cells cells, RandomStream stream) {
  std::vector<std::int64_t> order;
  for (const std::int64_t place : stream.permutation(std::ssize(cells)))
    order.push_back(cells[static_cast<std::size_t>(place)]);
  const Cells all(order);
  const std::size_t half = order.size() / 2;
  return {mean_shares(data, all.first(half)), mean_shares(data, all.subspan(half))};
}

/// What all targets are compared with.
struct Control {
  Profile mean;
  std::vector<NonNegativeSample> samples;
  std::vector<Halves> halves;  // one a split
};

Control control_of(const PerturbedCells& cells, std::uint64_t seed) {
  Control control{mean_shares(cells.data, cells.control), samples_of(cells.data, cells.control), {}};
  for (std::int64_t split = 0; split < replicate_splits; ++split)
    control.halves.push_back(halves_of(
        cells.data, cells.control, RandomStream(seed, "control halves", static_cast<std::uint64_t>(split))));
  return control;
}

/// Changes of the compared genes.
Profile changes_of(const Profile& after, const Profile& before, const std::vector<bool>& compared) {
  Profile changes;
  for (std::size_t gene = 0; gene < after.size(); ++gene) {
    if (compared[gene]) changes.push_back(log2_ratio(after[gene], before[gene]));
  }
  return changes;
}

std::optional<double> replicate_of(const PerturbedCells& cells, const Perturbation& target,
                                   const Control& control, const std::vector<bool>& compared,
                                   std::uint64_t seed) {
  double sum = 0;
  std::int64_t count = 0;
  for (std::int64_t split = 0; split < replicate_splits; ++split) {
    const auto stream = static_cast<std::uint64_t>(target.gene * replicate_splits + split);
    const Halves of_target = halves_of(cells.data, target.cells, RandomStream(seed, "target halves", stream));
    const Halves& of_control = control.halves[static_cast<std::size_t>(split)];
    const auto agreement = spearman(RankedValues(changes_of(of_target.first, of_control.first, compared)),
                                    RankedValues(changes_of(of_target.second, of_control.second, compared)));
    if (!agreement) continue;
    sum += *agreement;
    ++count;
  }
  return count > 0 ? std::optional(sum / static_cast<double>(count)) : std::nullopt;
}

/// Which of the compared genes change, by their p.
void find_changed(PerturbationTruth& truth) {
  std::vector<double> p;
  for (std::size_t gene = 0; gene < truth.p.size(); ++gene) {
    if (truth.compared[gene]) p.push_back(truth.p[gene]);
  }
  const std::vector<double> rates = false_discovery_rates(p);
  truth.rate.assign(truth.p.size(), 1.0);
  truth.changed.assign(truth.p.size(), false);
  for (std::size_t gene = 0, at = 0; gene < truth.p.size(); ++gene) {
    if (!truth.compared[gene]) continue;
    truth.rate[gene] = rates[at++];
    if (truth.rate[gene] >= most_false_discovery) continue;
    truth.changed[gene] = true;
    ++truth.changes;
    if (truth.log2_change[gene] > 0) ++truth.up;
  }
}

PerturbationTruth truth_of(const PerturbedCells& cells, const Perturbation& target, const Control& control,
                           std::uint64_t seed) {
  PerturbationTruth truth;
  truth.gene = target.gene;
  truth.control_share = control.mean;
  const Profile mean = mean_shares(cells.data, target.cells);
  truth.own_share = mean[static_cast<std::size_t>(truth.gene)];
  const std::vector<NonNegativeSample> samples = samples_of(cells.data, target.cells);
  for (std::size_t gene = 0; gene < mean.size(); ++gene) {
    truth.log2_change.push_back(log2_ratio(mean[gene], control.mean[gene]));
    truth.p.push_back(rank_sum_p(samples[gene], control.samples[gene]));
    truth.compared.push_back(static_cast<std::int32_t>(gene) != target.gene &&
                             (mean[gene] > 0 || control.mean[gene] > 0));
  }
  find_changed(truth);
  truth.replicate = replicate_of(cells, target, control, truth.compared, seed);
  return truth;
}

}  // namespace

bool has_effect(const PerturbationTruth& truth) {
  return truth.changes >= fewest_changed && truth.replicate.value_or(0) >= least_replicate;
}

std::vector<PerturbationTruth> find_truths(const PerturbedCells& cells, std::uint64_t seed) {
  const Control control = control_of(cells, seed);
  std::vector<PerturbationTruth> truths;
  for (const Perturbation& target : cells.targets) truths.push_back(truth_of(cells, target, control, seed));
  return truths;
}

}  // namespace dko
