#include "decoy_effects.hpp"

#include <algorithm>
#include <numeric>

namespace dko {

void DecoyCollector::add(std::int32_t gene, const EffectScale& scale, std::span<const double> slopes,
                         std::span<const double> statistics) {
  std::vector<std::int32_t> order;
  for (std::size_t decoy = 0; decoy < statistics.size(); ++decoy) {
    if (statistics[decoy] > 0 && statistics[decoy] >= scale.least_statistic)
      order.push_back(static_cast<std::int32_t>(decoy));
  }
  std::sort(order.begin(), order.end(), [&](std::int32_t x, std::int32_t y) {
    const double of_x = statistics[static_cast<std::size_t>(x)];
    const double of_y = statistics[static_cast<std::size_t>(y)];
    return of_x != of_y ? of_x > of_y : x < y;
  });
  if (std::ssize(order) > scale.count) order.resize(static_cast<std::size_t>(scale.count));
  for (const std::int32_t decoy : order) {
    decoys_.push_back(decoy);
    targets_.push_back(gene);
    effects_.push_back(scale.kept * slopes[static_cast<std::size_t>(decoy)]);
  }
}

DecoyEffects DecoyCollector::gather(std::int64_t genes, const Communicator& ranks) {
  const auto on_all = [&](const auto& own) {
    return ranks.broadcast(ranks.gather(std::span(own.data(), own.size())));
  };
  const std::vector<std::int32_t> decoys = on_all(decoys_);
  const std::vector<std::int32_t> targets = on_all(targets_);
  const std::vector<double> effects = on_all(effects_);
  std::vector<std::size_t> order(decoys.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t x, std::size_t y) {
    return decoys[x] != decoys[y] ? decoys[x] < decoys[y] : targets[x] < targets[y];
  });
  DecoyEffects all;
  all.starts.assign(static_cast<std::size_t>(genes) + 1, 0);
  for (const std::size_t at : order) {
    ++all.starts[static_cast<std::size_t>(decoys[at]) + 1];
    all.rows.push_back(targets[at]);
    all.effects.push_back(effects[at]);
  }
  std::partial_sum(all.starts.begin(), all.starts.end(), all.starts.begin());
  return all;
}

}  // namespace dko
