#include "dko/metrics/enrichment.hpp"

#include <algorithm>
#include <cmath>

#include "dko/metrics/rank_sum.hpp"

namespace dko {

namespace {

/// The genes that have a value, ascending by it, each with its place among the different values, which a test
/// of ranks takes as well as the values, and its rank, equal ones sharing theirs.
struct Ranked {
  std::vector<std::size_t> genes;
  std::vector<double> place;
  std::vector<double> rank;

  explicit Ranked(std::span<const double> values) {
    for (std::size_t gene = 0; gene < values.size(); ++gene) {
      if (!std::isnan(values[gene])) genes.push_back(gene);
    }
    std::stable_sort(genes.begin(), genes.end(),
                     [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
    double different = 0;
    for (std::size_t first = 0; first < genes.size();) {
      std::size_t last = first + 1;
      while (last < genes.size() && values[genes[last]] == values[genes[first]]) ++last;
      place.insert(place.end(), last - first, different++);
      rank.insert(rank.end(), last - first, (static_cast<double>(first + last) + 1) / 2);
      first = last;
    }
  }
};

void add_value(NonNegativeSample& sample, double place) {
  if (place > 0)
    sample.positive.push_back(place);
  else
    ++sample.zeros;
}

/// The least two-sided p that permuting the genes could give: most values may be tied, and then the normal
/// approximation knows no limit.
double least_p(double members, double others) {
  const double log_choices =
      std::lgamma(members + others + 1) - std::lgamma(members + 1) - std::lgamma(others + 1);
  return std::min(1.0, 2 * std::exp(-log_choices));
}

Enrichment test(const Ranked& ranked, std::span<const double> values, const std::vector<std::int32_t>& set) {
  NonNegativeSample in_set;
  NonNegativeSample others;
  double rank_sum = 0;
  Enrichment found;
  for (std::size_t at = 0; at < ranked.genes.size(); ++at) {
    const std::size_t gene = ranked.genes[at];
    const bool is_member = std::binary_search(set.begin(), set.end(), static_cast<std::int32_t>(gene));
    add_value(is_member ? in_set : others, ranked.place[at]);
    if (!is_member) continue;
    rank_sum += ranked.rank[at];
    found.mean += values[gene];
  }
  found.genes = in_set.size();
  found.others = others.size();
  if (found.genes == 0 || found.others == 0) return found;
  const auto count = static_cast<double>(found.genes);
  found.mean /= count;
  found.auc = (rank_sum - count * (count + 1) / 2) / (count * static_cast<double>(found.others));
  found.p = std::max(rank_sum_p(in_set, others), least_p(count, static_cast<double>(found.others)));
  return found;
}

}  // namespace

std::vector<Enrichment> enrichment(std::span<const double> values,
                                   const std::vector<std::vector<std::int32_t>>& sets, std::int64_t least) {
  const Ranked ranked(values);
  std::vector<Enrichment> tested;
  std::vector<double> p;
  for (std::size_t number = 0; number < sets.size(); ++number) {
    Enrichment found = test(ranked, values, sets[number]);
    found.set = number;
    if (found.genes < std::max<std::int64_t>(least, 1) || found.others == 0) continue;
    p.push_back(found.p);
    tested.push_back(found);
  }
  const std::vector<double> q = false_discovery_rates(p);
  for (std::size_t at = 0; at < tested.size(); ++at) tested[at].q = q[at];
  return tested;
}

void sort_by_p(std::vector<Enrichment>& sets) {
  std::stable_sort(sets.begin(), sets.end(),
                   [](const Enrichment& a, const Enrichment& b) { return a.p < b.p; });
}

}  // namespace dko
