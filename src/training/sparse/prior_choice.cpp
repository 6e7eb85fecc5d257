#include "prior_choice.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace dko {

namespace {

constexpr std::array<double, 5> factors{1, 0.5, 0.25, 0.1, 0.03};
static_assert(factors.size() == prior_fits);
constexpr PenaltyPath path{.folds = 5, .ratio = 0.6};
// A gain counts if it exceeds this many standard errors over the targets.
constexpr double least_gain = 2;
// Gains and losses of one target beyond this count no more: a few targets must not decide.
constexpr double most_gain = 0.02;

struct MeanGain {
  double mean = 0;
  double standard_error = 0;
};

/// Gain of choice `to` over `from`: the mean over targets of −log of the ratio of their errors, limited.
MeanGain gain(const std::vector<double>& errors, std::size_t from, std::size_t to) {
  std::vector<double> gains;
  for (std::size_t row = 0; row < errors.size(); row += factors.size()) {
    if (errors[row + from] > 0 && errors[row + to] > 0)
      gains.push_back(std::clamp(std::log(errors[row + from] / errors[row + to]), -most_gain, most_gain));
  }
  const auto count = static_cast<double>(gains.size());
  if (gains.size() < 2) return {};
  const double mean = std::accumulate(gains.begin(), gains.end(), 0.0) / count;
  double squares = 0;
  for (const double value : gains) squares += (value - mean) * (value - mean);
  return {mean, std::sqrt(squares / (count * (count - 1)))};
}

}  // namespace

PairSupport::PairSupport(const NetworkPrior& prior, std::int64_t genes)
    : starts_(static_cast<std::size_t>(genes) + 1, 0) {
  for (const std::int32_t target : prior.targets) ++starts_[static_cast<std::size_t>(target) + 1];
  std::partial_sum(starts_.begin(), starts_.end(), starts_.begin());
  for (std::size_t at = 0; at < prior.targets.size(); ++at)  // they are by target
    pairs_.push_back({prior.regulators[at], prior.weights[at], prior.holds_signs ? prior.signs[at] : 0});
}

std::vector<std::int32_t> prior_targets(const PairSupport& support, const RelativeProfiles& profiles,
                                        std::span<const std::int64_t> cells) {
  constexpr std::int64_t least_cells = 50;  // in fewer the error left out is noise
  const std::vector<std::int64_t> counts = profiles.cells_per_gene(cells);
  std::vector<std::int32_t> targets;
  for (std::size_t gene = 0; gene < counts.size(); ++gene) {
    if (counts[gene] >= least_cells && !support.of(static_cast<std::int64_t>(gene)).empty())
      targets.push_back(static_cast<std::int32_t>(gene));
  }
  std::stable_sort(targets.begin(), targets.end(), [&](std::int32_t x, std::int32_t y) {
    return counts[static_cast<std::size_t>(x)] > counts[static_cast<std::size_t>(y)];
  });
  if (targets.size() > most_prior_targets) targets.resize(most_prior_targets);
  return targets;
}

void find_prior_errors(RegressionSetting setting, std::span<const std::int32_t> targets,
                       std::span<const std::int64_t> cells, DealtTable& errors, RegressionMemory& memory,
                       const std::function<void(std::int32_t)>& fitted) {
  std::vector<std::int32_t> own;
  for (std::size_t at = 0; at < targets.size(); ++at) {
    if (errors.is_own(at)) own.push_back(targets[at]);
  }
  const std::vector<GeneCells> of_own = cells_of_genes(*setting.profiles, cells, own);
  auto next = of_own.begin();
  for (std::size_t at = 0; at < targets.size(); ++at) {
    if (!errors.is_own(at)) continue;
    const GeneCells& data = *next++;
    for (std::size_t choice = 0; choice < factors.size(); ++choice) {
      if (errors.is_known(at, choice)) continue;
      setting.prior_factor = factors[choice];
      std::vector<float> weights(data.cells.size(), 1.0F);
      errors.set(at, choice, fit_gene(setting, targets[at], data, path, {}, weights, memory).least_error);
      fitted(targets[at]);
    }
  }
}

double choose_prior_factor(const DealtTable& table, const Communicator& communicator) {
  const std::vector<double> errors = table.all(communicator);
  std::size_t best = 0;
  for (std::size_t choice = 1; choice < factors.size(); ++choice) {
    if (gain(errors, 0, choice).mean > gain(errors, 0, best).mean) best = choice;
  }
  const MeanGain of_best = gain(errors, 0, best);
  if (!(of_best.mean > least_gain * of_best.standard_error)) return 1;
  std::size_t chosen = 1;
  while (chosen < best) {
    const MeanGain left = gain(errors, chosen, best);
    if (left.mean <= left.standard_error) break;
    ++chosen;
  }
  return factors[chosen];
}

}  // namespace dko
