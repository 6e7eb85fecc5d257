#include "dko/benchmark/shard_balance.hpp"

#include <algorithm>
#include <numeric>

#include "dko/knockout/sharding/cost.hpp"
#include "dko/knockout/sharding/screen_forecast.hpp"
#include "dko/simulation/synthetic_cells.hpp"

namespace dko {

PairCosts draw_pair_costs(std::int64_t cells, std::int64_t genes, std::uint64_t seed) {
  PairCosts pairs;
  for (const std::int64_t n : draw_expressed_counts(cells, genes, seed)) {
    const CellCosts costs = cell_costs(dense_costs, dense_work(n));
    pairs.starts.push_back(pairs.starts.back() + n * (n - 1) / 2);
    pairs.events.push_back(costs.pair);
    pairs.loads.push_back(costs.load);
  }
  return pairs;
}

ShardBalance balance_of(const PairCosts& pairs, std::int64_t shards) {
  const auto costs = shard_costs(pairs.view(), balanced_shards(pairs.view(), shards));
  const double total = std::accumulate(costs.begin(), costs.end(), 0.0);
  double of_events = 0;
  for (std::size_t cell = 0; cell < pairs.events.size(); ++cell)
    of_events += static_cast<double>(pairs.starts[cell + 1] - pairs.starts[cell]) *
                 static_cast<double>(pairs.events[cell]);
  return {shards, seconds_of_cost * total / static_cast<double>(shards),
          seconds_of_cost * static_cast<double>(*std::ranges::max_element(costs)), 1 - of_events / total};
}

}  // namespace dko
