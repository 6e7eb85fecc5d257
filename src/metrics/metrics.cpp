#include "dko/metrics/metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "dko/base/text.hpp"

namespace dko {

namespace {

double weight_at(std::span<const double> weights, std::size_t at) {
  return weights.empty() ? 1.0 : weights[at];
}

/// Pearson's correlation of the sample that holds pair i weights[i] times.
std::optional<double> pearson(std::span<const double> x, std::span<const double> y,
                              std::span<const double> weights) {
  double count = 0;
  double sum_x = 0;
  double sum_y = 0;
  for (std::size_t at = 0; at < x.size(); ++at) {
    const double weight = weight_at(weights, at);
    count += weight;
    sum_x += weight * x[at];
    sum_y += weight * y[at];
  }
  if (count < 2) return std::nullopt;
  double xx = 0;
  double yy = 0;
  double xy = 0;
  for (std::size_t at = 0; at < x.size(); ++at) {
    const double weight = weight_at(weights, at);
    const double dx = x[at] - sum_x / count;
    const double dy = y[at] - sum_y / count;
    xx += weight * dx * dx;
    yy += weight * dy * dy;
    xy += weight * dx * dy;
  }
  if (xx <= 0 || yy <= 0) return std::nullopt;
  return std::clamp(xy / std::sqrt(xx * yy), -1.0, 1.0);
}

template <class T>
double distance(std::span<const T> a, std::span<const T> b) {
  double difference = 0;
  double sum = 0;
  for (std::size_t at = 0; at < a.size(); ++at) {
    difference += std::abs(static_cast<double>(a[at]) - static_cast<double>(b[at]));
    sum += static_cast<double>(a[at]) + static_cast<double>(b[at]);
  }
  return sum > 0 ? difference / sum : 0.0;
}

/// Positives and negatives among equal scores.
struct Tie {
  double positives = 0;
  double negatives = 0;
};

/// One per distinct score, lowest first.
std::vector<Tie> ties_of(const RankedValues& scores, const std::vector<bool>& positive,
                         std::span<const double> weights) {
  std::vector<Tie> ties(scores.tie_starts().size() - 1);
  for (std::size_t tie = 0; tie < ties.size(); ++tie) {
    for (std::size_t at = scores.tie_starts()[tie]; at < scores.tie_starts()[tie + 1]; ++at) {
      const std::size_t place = scores.order()[at];
      (positive[place] ? ties[tie].positives : ties[tie].negatives) += weight_at(weights, place);
    }
  }
  return ties;
}

Tie total_of(const std::vector<Tie>& ties) {
  Tie total;
  for (const Tie& tie : ties) {
    total.positives += tie.positives;
    total.negatives += tie.negatives;
  }
  return total;
}

}  // namespace

double bray_curtis(std::span<const float> a, std::span<const float> b) {
  return distance(a, b);
}

double bray_curtis(std::span<const double> a, std::span<const double> b) {
  return distance(a, b);
}

RankedValues::RankedValues(std::vector<double> values) : values_(std::move(values)), order_(values_.size()) {
  if (values_.size() > std::numeric_limits<std::uint32_t>::max())
    throw std::length_error(fmt::format("ranks of {} values: at most 4,294,967,295 can be ranked",
                                        with_thousands(std::ssize(values_))));
  std::iota(order_.begin(), order_.end(), 0U);
  std::sort(order_.begin(), order_.end(),
            [&](std::uint32_t i, std::uint32_t j) { return values_[i] < values_[j]; });
  for (std::size_t at = 0; at < order_.size(); ++at) {
    if (at == 0 || values_[order_[at - 1]] < values_[order_[at]])
      tie_starts_.push_back(static_cast<std::uint32_t>(at));
  }
  tie_starts_.push_back(static_cast<std::uint32_t>(order_.size()));
}

std::vector<double> RankedValues::ranks(std::span<const double> weights) const {
  std::vector<double> rank(values_.size());
  double below = 0;
  for (std::size_t tie = 0; tie + 1 < tie_starts_.size(); ++tie) {
    const auto places = std::span(order_).subspan(tie_starts_[tie], tie_starts_[tie + 1] - tie_starts_[tie]);
    double count = 0;
    for (const std::uint32_t place : places) count += weight_at(weights, place);
    for (const std::uint32_t place : places) rank[place] = below + (count + 1) / 2;
    below += count;
  }
  return rank;
}

std::optional<double> spearman(const RankedValues& x, const RankedValues& y,
                               std::span<const double> weights) {
  return pearson(x.ranks(weights), y.ranks(weights), weights);
}

std::optional<double> spearman(std::span<const float> x, std::span<const float> y) {
  const auto ranked = [](std::span<const float> values) {
    return RankedValues(std::vector<double>(values.begin(), values.end()));
  };
  return spearman(ranked(x), ranked(y));
}

namespace {

/// Ranks of values of at least 0, beside so many more zeros, whose rank comes last.
std::vector<double> ranks_beside_zeros(std::vector<double> values, double zeros) {
  const auto own = static_cast<double>(std::count(values.begin(), values.end(), 0.0));
  const RankedValues ranked(std::move(values));
  std::vector<double> ranks = ranked.ranks();
  for (std::size_t at = 0; at < ranks.size(); ++at) ranks[at] += ranked.values()[at] > 0 ? zeros : zeros / 2;
  ranks.push_back((own + zeros + 1) / 2);
  return ranks;
}

}  // namespace

std::optional<double> spearman_of_profiles(std::span<const float> x, std::span<const float> y) {
  std::vector<double> of_x;
  std::vector<double> of_y;
  for (std::size_t at = 0; at < x.size(); ++at) {
    if (x[at] == 0 && y[at] == 0) continue;
    of_x.push_back(static_cast<double>(x[at]));
    of_y.push_back(static_cast<double>(y[at]));
  }
  const auto zeros = static_cast<double>(x.size() - of_x.size());
  std::vector<double> weights(of_x.size(), 1.0);
  weights.push_back(zeros);
  const std::vector<double> ranks = ranks_beside_zeros(std::move(of_x), zeros);
  return pearson(ranks, ranks_beside_zeros(std::move(of_y), zeros), weights);
}

std::optional<double> auroc(const RankedValues& scores, const std::vector<bool>& positive,
                            std::span<const double> weights) {
  const std::vector<Tie> ties = ties_of(scores, positive, weights);
  const Tie total = total_of(ties);
  if (!(total.positives > 0 && total.negatives > 0)) return std::nullopt;
  double wins = 0;
  double negatives_below = 0;
  for (const Tie& tie : ties) {
    wins += tie.positives * (negatives_below + tie.negatives / 2);
    negatives_below += tie.negatives;
  }
  return wins / (total.positives * total.negatives);
}

std::optional<double> average_precision(const RankedValues& scores, const std::vector<bool>& positive,
                                        std::span<const double> weights) {
  const std::vector<Tie> ties = ties_of(scores, positive, weights);
  const Tie total = total_of(ties);
  if (!(total.positives > 0)) return std::nullopt;
  double area = 0;
  Tie above;
  for (auto tie = ties.rbegin(); tie != ties.rend(); ++tie) {
    above.positives += tie->positives;
    above.negatives += tie->negatives;
    if (tie->positives > 0) area += tie->positives * above.positives / (above.positives + above.negatives);
  }
  return area / total.positives;
}

std::optional<double> precision_of_first(const RankedValues& scores, const std::vector<bool>& positive,
                                         std::int64_t count) {
  const auto order = scores.order();
  const auto ties = scores.tie_starts();
  const auto all =
      static_cast<double>(std::min<std::int64_t>(count, static_cast<std::int64_t>(scores.size())));
  if (!(all > 0)) return std::nullopt;
  double wanted = all;
  double found = 0;
  for (std::size_t tie = ties.size() - 1; tie > 0 && wanted > 0; --tie) {
    const auto group = order.subspan(ties[tie - 1], ties[tie] - ties[tie - 1]);
    const auto size = static_cast<double>(group.size());
    const auto hits = static_cast<double>(
        std::count_if(group.begin(), group.end(), [&](std::uint32_t at) { return positive[at]; }));
    const double taken = std::min(wanted, size);
    found += hits * taken / size;
    wanted -= taken;
  }
  return found / all;
}

std::optional<double> known_median(std::vector<double> values) {
  if (values.empty()) return std::nullopt;
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

std::optional<double> weighted_median(std::span<const double> values, std::span<const double> weights) {
  std::vector<double> sample;
  for (std::size_t at = 0; at < values.size(); ++at)
    sample.insert(sample.end(), static_cast<std::size_t>(weights[at]), values[at]);
  return known_median(std::move(sample));
}

}  // namespace dko
