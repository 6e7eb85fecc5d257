#include "dko/workflow/training_advice.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "dko/base/numbers.hpp"
#include "dko/base/random.hpp"
#include "dko/expression/abundance.hpp"
#include "dko/metrics/baselines.hpp"
#include "dko/metrics/ridge.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/training/sparse/sparse_fit.hpp"

namespace dko {

namespace {

constexpr std::size_t most_genes = 16;
constexpr std::int64_t most_cells = 200;
constexpr std::int64_t most_known = 300;
constexpr std::int64_t fewest_cells = 10;  // as for intervals (metrics/bootstrap.hpp)
constexpr double standard_errors = 2;
constexpr double sufficient_gain = 0.8;
constexpr std::array ridge_penalties{10.0, 31.622776601683793, 100.0};

/// The sampled cells alone: first those that the regressions learn from, then those to predict.
struct Sample {
  RelativeProfiles profiles;
  std::vector<std::int64_t> known;
  std::vector<std::int64_t> cells;
  std::vector<std::int32_t> genes;
};

void add_some(const std::vector<std::int64_t>& cells, std::int64_t most, RandomStream stream,
              std::vector<std::int32_t>& chosen) {
  for (const std::int64_t place : stream.distinct(std::min(most, std::ssize(cells)), std::ssize(cells)))
    chosen.push_back(static_cast<std::int32_t>(cells[static_cast<std::size_t>(place)]));
}

/// Evenly spread from the most to the least abundant of those that enough of the known cells express.
std::vector<std::int32_t> spread_genes(const Sample& sample) {
  const auto counts = sample.profiles.cells_per_gene(sample.known);
  std::vector<std::int32_t> ranked = most_abundant_genes(sample.profiles, sample.known, counts.size());
  std::erase_if(ranked,
                [&](std::int32_t gene) { return counts[static_cast<std::size_t>(gene)] < fewest_cells; });
  const std::size_t most = std::min(most_genes, ranked.size());
  std::vector<std::int32_t> genes;
  for (std::size_t at = 0; at < most; ++at)
    genes.push_back(ranked[(2 * at + 1) * ranked.size() / (2 * most)]);
  return genes;
}

Sample draw(const RelativeProfiles& profiles, const Split& split, std::uint64_t seed) {
  std::vector<std::int32_t> chosen;
  add_some(split.training, most_known, RandomStream(seed, "advice training cells"), chosen);
  const auto known = std::ssize(chosen);
  add_some(split.validation, most_cells, RandomStream(seed, "advice validation cells"), chosen);
  const auto all = numbers_below<std::int32_t>(profiles.genes());
  Sample sample{profiles.subset(chosen, all).relative_profiles(), {}, {}, {}};
  sample.known = numbers_below<std::int64_t>(known);
  sample.genes = spread_genes(sample);
  for (std::int64_t cell = known; cell < sample.profiles.cells(); ++cell) {
    if (std::any_of(sample.genes.begin(), sample.genes.end(),
                    [&](std::int32_t gene) { return sample.profiles.expresses(cell, gene); }))
      sample.cells.push_back(cell);
  }
  return sample;
}

/// Relative errors of predicted shares, one value a cell.
class RelativeErrors {
 public:
  explicit RelativeErrors(const Sample& sample) : sample_(sample), means_(sample.genes.size(), 0.0) {
    for (std::size_t at = 0; at < means_.size(); ++at) {
      double cells = 0;
      for (const std::int64_t cell : sample.known) {
        const double share = share_of(cell, at);
        means_[at] += share;
        cells += share > 0 ? 1 : 0;
      }
      means_[at] /= cells;
    }
  }

  /// Those of predicted shares of all genes, cells × genes by rows.
  std::vector<double> of_profiles(const std::vector<float>& shares) const {
    const auto genes = static_cast<std::size_t>(sample_.profiles.genes());
    return of([&](std::size_t row, std::size_t at) {
      return static_cast<double>(shares[row * genes + static_cast<std::size_t>(sample_.genes[at])]);
    });
  }
  /// Those of predicted share × n of the sampled genes, cells × genes by rows.
  std::vector<double> of_outputs(std::span<const float> outputs) const {
    return of([&](std::size_t row, std::size_t at) {
      return static_cast<double>(outputs[row * means_.size() + at]) /
             static_cast<double>(sample_.profiles.expressed_count(sample_.cells[row]));
    });
  }

 private:
  double share_of(std::int64_t cell, std::size_t at) const {
    return static_cast<double>(sample_.profiles.value(cell, sample_.genes[at]));
  }

  template <class Predict>
  std::vector<double> of(const Predict& predicted) const {
    std::vector<double> errors;
    for (std::size_t row = 0; row < sample_.cells.size(); ++row) {
      double sum = 0;
      double genes = 0;
      for (std::size_t at = 0; at < means_.size(); ++at) {
        const double truth = share_of(sample_.cells[row], at);
        if (!(truth > 0)) continue;
        sum += std::abs(predicted(row, at) - truth) / means_[at];
        ++genes;
      }
      errors.push_back(sum / genes);
    }
    return errors;
  }

  const Sample& sample_;
  std::vector<double> means_;  // share of each gene over the known cells that express it
};

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

std::vector<double> least(const std::vector<std::vector<double>>& candidates) {
  return *std::min_element(candidates.begin(), candidates.end(),
                           [](const auto& x, const auto& y) { return mean(x) < mean(y); });
}

/// Whether the first are smaller, by more than chance.
bool beats(const std::vector<double>& errors, const std::vector<double>& others) {
  std::vector<double> gains(errors.size());
  std::transform(others.begin(), others.end(), errors.begin(), gains.begin(), std::minus<>());
  const double gain = mean(gains);
  double squares = 0;
  for (const double value : gains) squares += (value - gain) * (value - gain);
  const auto count = static_cast<double>(gains.size());
  return gain > standard_errors * std::sqrt(squares / (count - 1) / count);
}

Determination judge(const std::vector<double>& mapping, const std::vector<double>& mean_share,
                    const std::vector<double>& regression) {
  if (!beats(mapping, mean_share))
    return beats(regression, mean_share) ? Determination::not_at_all : Determination::by_nothing;
  const double base = mean(mean_share);
  const bool is_sufficient = base - mean(mapping) >= sufficient_gain * (base - mean(regression));
  return is_sufficient || !beats(regression, mapping) ? Determination::determined : Determination::partly;
}

/// Ridge of the sampled genes, with the penalty that is best on the sampled cells. Collective.
std::vector<double> errors_of_ridge(const RelativeErrors& errors, const Sample& sample,
                                    const Communicator& ranks) {
  const std::vector<float> outputs =
      ridge_outputs(sample.profiles, sample.known, sample.cells, sample.genes, ridge_penalties, ranks);
  const std::size_t plane = sample.cells.size() * sample.genes.size();
  std::vector<std::vector<double>> of_penalties;
  for (std::size_t at = 0; at < ridge_penalties.size(); ++at)
    of_penalties.push_back(errors.of_outputs(std::span(outputs).subspan(at * plane, plane)));
  return least(of_penalties);
}

}  // namespace

AtRoot<std::optional<TrainingAdvice>> advise(const AtRoot<std::vector<Member>>& members,
                                             const RelativeProfiles& profiles, const Split& split,
                                             const ModelOptions& options, const Communicator& ranks) {
  const auto none = [&] { return at_root(ranks, std::optional<TrainingAdvice>()); };
  if (options.kind != MappingKind::dko || options.member.value_or(0) != 0) return none();
  const std::uint64_t seed = options.training.seed;
  const Sample sample = draw(profiles, split, seed);
  if (std::ssize(sample.cells) < fewest_cells) return none();
  const RelativeErrors errors(sample);
  const std::vector<double> ridge = errors_of_ridge(errors, sample, ranks);
  const std::vector<double> sparse = errors.of_outputs(
      quick_sparse_outputs(sample.profiles, sample.known, sample.cells, sample.genes, seed, ranks));
  return on_root(ranks, [&] {
    const std::vector<double> mapping =
        errors.of_profiles(predict_profiles(members->front(), sample.profiles, sample.cells));
    const std::vector<double> mean_share =
        least({errors.of_profiles(mean_share_profiles(sample.profiles, sample.known, sample.cells)),
               errors.of_profiles(mean_scaled_share_profiles(sample.profiles, sample.known, sample.cells))});
    return std::optional<TrainingAdvice>(
        {judge(mapping, mean_share, least({ridge, sparse})), beats(sparse, mapping), std::ssize(sample.cells),
         std::ssize(sample.genes), mean(mapping), mean(mean_share), mean(ridge), mean(sparse)});
  });
}

}  // namespace dko
