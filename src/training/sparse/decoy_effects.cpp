#include "decoy_effects.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "dko/base/numbers.hpp"
#include "gene_targets.hpp"

namespace dko {

EffectScale scale_of(std::span<const std::int32_t> regulators, std::span<const double> effects,
                     std::span<const double> slopes, std::span<const double> errors) {
  EffectScale scale{std::ssize(regulators), 0, 0};
  double of_effects = 0;
  double of_slopes = 0;
  for (std::size_t at = 0; at < regulators.size(); ++at) {
    const auto regulator = static_cast<std::size_t>(regulators[at]);
    if (!(errors[regulator] > 0)) continue;
    const double statistic = std::abs(slopes[regulator]) / errors[regulator];
    scale.least_statistic = of_slopes > 0 ? std::min(scale.least_statistic, statistic) : statistic;
    of_effects += std::abs(effects[at]);
    of_slopes += std::abs(slopes[regulator]);
  }
  if (of_slopes > 0) scale.kept = std::min(largest_slope, of_effects / of_slopes);
  return scale;
}

void DecoyCollector::add(std::int32_t gene, const EffectScale& scale, std::span<const double> slopes,
                         const DecoyStatistics& statistics) {
  std::vector<std::int32_t> order;
  for (std::size_t decoy = 0; decoy < statistics.alone.size(); ++decoy) {
    if (statistics.alone[decoy] > 0 && statistics.alone[decoy] >= scale.least_statistic)
      order.push_back(static_cast<std::int32_t>(decoy));
  }
  std::sort(order.begin(), order.end(), [&](std::int32_t x, std::int32_t y) {
    const double of_x = statistics.alone[static_cast<std::size_t>(x)];
    const double of_y = statistics.alone[static_cast<std::size_t>(y)];
    return of_x != of_y ? of_x > of_y : x < y;
  });
  if (std::ssize(order) > scale.count) order.resize(static_cast<std::size_t>(scale.count));
  for (const std::int32_t decoy : order) {
    decoys_.push_back(decoy);
    targets_.push_back(gene);
    effects_.push_back(scale.kept * slopes[static_cast<std::size_t>(decoy)]);
    statistics_.push_back(statistics.with_paths[static_cast<std::size_t>(decoy)]);
  }
}

AtRoot<GatheredDecoys> DecoyCollector::gather(std::int64_t genes, const Communicator& ranks) {
  const auto at_root = [&](const auto& own) { return ranks.gather(std::span(own.data(), own.size())); };
  const auto decoys = at_root(decoys_);
  const auto targets = at_root(targets_);
  const auto effects = at_root(effects_);
  const auto statistics = at_root(statistics_);
  if (!decoys.is_here()) return {};
  auto order = numbers_below<std::size_t>(decoys->size());
  std::sort(order.begin(), order.end(), [&](std::size_t x, std::size_t y) {
    return (*decoys)[x] != (*decoys)[y] ? (*decoys)[x] < (*decoys)[y] : (*targets)[x] < (*targets)[y];
  });
  GatheredDecoys gathered;
  DecoyEffects& all = gathered.effects;
  all.starts.assign(static_cast<std::size_t>(genes) + 1, 0);
  all.rows.reserve(order.size());
  all.effects.reserve(order.size());
  gathered.statistics.reserve(order.size());
  for (const std::size_t at : order) {
    ++all.starts[static_cast<std::size_t>((*decoys)[at]) + 1];
    all.rows.push_back((*targets)[at]);
    all.effects.push_back((*effects)[at]);
    gathered.statistics.push_back((*statistics)[at]);
  }
  std::partial_sum(all.starts.begin(), all.starts.end(), all.starts.begin());
  return AtRoot(std::move(gathered));
}

}  // namespace dko
