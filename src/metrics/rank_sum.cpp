#include "dko/metrics/rank_sum.hpp"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <numeric>

#include "dko/base/numbers.hpp"

namespace dko {

namespace {

/// Sum of the ranks of the first sample, and Σ t³ − t over the groups of equal values.
struct RankSum {
  double of_first = 0;
  double ties = 0;
  double ranked = 0;  // values that have their rank

  void add(double in_first, double in_second) {
    const double size = in_first + in_second;
    of_first += in_first * (ranked + (size + 1) / 2);
    ties += size * size * size - size;
    ranked += size;
  }
};

RankSum rank_sum(const NonNegativeSample& x, const NonNegativeSample& y) {
  RankSum sum;
  sum.add(static_cast<double>(x.zeros), static_cast<double>(y.zeros));
  auto in_x = x.positive.begin();
  auto in_y = y.positive.begin();
  while (in_x != x.positive.end() || in_y != y.positive.end()) {
    const double value = in_x == x.positive.end()   ? *in_y
                         : in_y == y.positive.end() ? *in_x
                                                    : std::min(*in_x, *in_y);
    const auto end_of = [value](auto from, auto last) {  // those that follow are few, as a rule one
      while (from != last && *from == value) ++from;
      return from;
    };
    const auto end_x = end_of(in_x, x.positive.end());
    const auto end_y = end_of(in_y, y.positive.end());
    sum.add(static_cast<double>(end_x - in_x), static_cast<double>(end_y - in_y));
    in_x = end_x;
    in_y = end_y;
  }
  return sum;
}

/// The p of a sum of ranks of nx values among these and ny others.
double p_of(double ranks, double nx, double ny, double ties) {
  const double n = nx + ny;
  const double variance = nx * ny / 12 * (n + 1 - ties / (n * (n - 1)));
  if (!(variance > 0)) return 1;
  const double u = ranks - nx * (nx + 1) / 2;
  constexpr double continuity = 0.5;
  const double z = (std::max(u, nx * ny - u) - nx * ny / 2 - continuity) / std::sqrt(variance);
  return std::min(1.0, 2 * boost::math::cdf(boost::math::complement(boost::math::normal(), z)));
}

}  // namespace

double rank_sum_p(const NonNegativeSample& x, const NonNegativeSample& y) {
  const auto nx = static_cast<double>(x.size());
  const auto ny = static_cast<double>(y.size());
  if (!(nx > 0 && ny > 0)) return 1;
  const RankSum sum = rank_sum(x, y);
  return p_of(sum.of_first, nx, ny, sum.ties);
}

SampleRanks sample_ranks(std::span<const SampledValue> ascending, std::int32_t samples) {
  SampleRanks ranks{std::vector<double>(static_cast<std::size_t>(samples)),
                    std::vector<double>(static_cast<std::size_t>(samples)), 0};
  for (std::size_t first = 0; first < ascending.size();) {
    std::size_t last = first + 1;
    while (last < ascending.size() && ascending[last].value == ascending[first].value) ++last;
    const auto size = static_cast<double>(last - first);
    const double rank = static_cast<double>(first) + (size + 1) / 2;
    for (; first < last; ++first) {
      const auto sample = static_cast<std::size_t>(ascending[first].sample);
      ranks.sizes[sample] += 1;
      ranks.sums[sample] += rank;
    }
    ranks.ties += size * size * size - size;
  }
  return ranks;
}

double rank_sum_p(const SampleRanks& ranks, std::size_t sample) {
  const double all = std::accumulate(ranks.sizes.begin(), ranks.sizes.end(), 0.0);
  const double of_sample = ranks.sizes[sample];
  if (!(of_sample > 0 && all > of_sample)) return 1;
  return p_of(ranks.sums[sample], of_sample, all - of_sample, ranks.ties);
}

std::vector<double> false_discovery_rates(std::span<const double> p) {
  auto order = numbers_below<std::size_t>(p.size());
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p[a] < p[b]; });
  std::vector<double> rates(p.size());
  double least = 1;
  for (std::size_t rank = p.size(); rank > 0; --rank) {
    const std::size_t at = order[rank - 1];
    least = std::min(least, p[at] * static_cast<double>(p.size()) / static_cast<double>(rank));
    rates[at] = least;
  }
  return rates;
}

}  // namespace dko
