#include "dko/simulation/regulatory_network.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "dko/base/error.hpp"
#include "dko/base/random.hpp"

namespace dko {

namespace {

using Edges = std::vector<std::pair<std::int32_t, std::int32_t>>;  // target, regulator

Edges erdos_renyi_edges(std::int64_t genes, std::int64_t count, RandomStream stream) {
  Edges edges;
  // Ordered pairs of different genes, numbered target by target.
  for (const std::int64_t number : stream.distinct(count, genes * (genes - 1))) {
    const std::int64_t target = number / (genes - 1);
    const std::int64_t other = number % (genes - 1);
    edges.emplace_back(static_cast<std::int32_t>(target),
                       static_cast<std::int32_t>(other < target ? other : other + 1));
  }
  return edges;
}

/// The same without cycles: pairs of genes, the first of which in a random order regulates the other.
Edges acyclic_erdos_renyi_edges(std::int64_t genes, std::int64_t count, RandomStream stream) {
  const std::vector<std::int64_t> order = stream.permutation(genes);
  Edges edges;
  std::int64_t later = 1;  // place in the order
  for (const std::int64_t number : stream.distinct(count, genes * (genes - 1) / 2)) {
    while (number >= later * (later + 1) / 2) ++later;
    const std::int64_t earlier = number - later * (later - 1) / 2;
    edges.emplace_back(static_cast<std::int32_t>(order[static_cast<std::size_t>(later)]),
                       static_cast<std::int32_t>(order[static_cast<std::size_t>(earlier)]));
  }
  std::sort(edges.begin(), edges.end());
  return edges;
}

/// Draws genes with weights i^(−1/(γ−1)), i the place of the gene in a random order.
class WeightedGenes {
 public:
  WeightedGenes(std::int64_t genes, double exponent, RandomStream& stream)
      : order_(stream.permutation(genes)) {
    double sum = 0;
    for (std::int64_t place = 1; place <= genes; ++place) {
      sum += std::pow(static_cast<double>(place), -1 / (exponent - 1));
      cumulative_.push_back(sum);
    }
  }
  std::int32_t draw(RandomStream& stream) const {
    const double at = stream.uniform(0, cumulative_.back());
    const auto place = std::upper_bound(cumulative_.begin(), cumulative_.end() - 1, at) - cumulative_.begin();
    return static_cast<std::int32_t>(order_[static_cast<std::size_t>(place)]);
  }

 private:
  std::vector<std::int64_t> order_;
  std::vector<double> cumulative_;
};

Edges scale_free_edges(const NetworkOptions& options, std::int64_t count, RandomStream stream) {
  const WeightedGenes regulators(options.genes, options.exponent, stream);
  const WeightedGenes targets(options.genes, options.exponent, stream);
  std::vector<std::int64_t> place;  // of each gene in the order of an acyclic network
  if (options.acyclic) place = stream.permutation(options.genes);
  std::set<std::pair<std::int32_t, std::int32_t>> edges;
  while (std::ssize(edges) < count) {
    std::int32_t regulator = regulators.draw(stream);
    std::int32_t target = targets.draw(stream);
    if (regulator == target) continue;
    if (options.acyclic &&
        place[static_cast<std::size_t>(regulator)] > place[static_cast<std::size_t>(target)])
      std::swap(regulator, target);
    edges.emplace(target, regulator);
  }
  return {edges.begin(), edges.end()};
}

Edges draw_edges(const NetworkOptions& options, std::int64_t count) {
  RandomStream topology(options.seed, "network");
  if (options.kind == NetworkKind::scale_free) return scale_free_edges(options, count, topology);
  return options.acyclic ? acyclic_erdos_renyi_edges(options.genes, count, topology)
                         : erdos_renyi_edges(options.genes, count, topology);
}

void check(const NetworkOptions& options) {
  if (options.genes < 2) throw UsageError("a network needs at least 2 genes");
  // Beyond half of all possible regulations the draw of a scale-free network would hardly end.
  const double most = static_cast<double>(options.genes - 1) / (options.acyclic ? 4 : 2);
  if (!(options.mean_degree > 0 && options.mean_degree <= most)) {
    throw UsageError(fmt::format("the mean degree of {} network of {} genes must be above 0 and at most {}",
                                 options.acyclic ? "an acyclic" : "a", options.genes, most));
  }
  if (options.kind == NetworkKind::scale_free && !(options.exponent > 2)) {
    throw UsageError("the exponent of a scale-free network must be above 2");
  }
  if (!(options.activating >= 0 && options.activating <= 1)) {
    throw UsageError("the fraction of activating regulations must be between 0 and 1");
  }
}

}  // namespace

std::vector<Regulation> draw_network(const NetworkOptions& options) {
  check(options);
  const auto count = std::llround(options.mean_degree * static_cast<double>(options.genes));
  const Edges edges = draw_edges(options, count);
  RandomStream stream(options.seed, "regulations");
  const auto activating =
      static_cast<std::int64_t>(std::llround(options.activating * static_cast<double>(count)));
  const std::vector<std::int64_t> order = stream.permutation(count);
  std::vector<Regulation> network;
  for (std::size_t at = 0; at < edges.size(); ++at) {
    network.push_back(
        {edges[at].second, edges[at].first, stream.uniform(0, options.strength), order[at] < activating});
  }
  return network;
}

}  // namespace dko
