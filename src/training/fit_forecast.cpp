#include "dko/training/fit_forecast.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <numeric>
#include <vector>

#include "dko/base/numbers.hpp"
#include "dko/training/sparse/effect_q_values.hpp"
#include "sparse/fit_cost.hpp"
#include "sparse/fit_rounds.hpp"
#include "sparse/gene_shares.hpp"
#include "sparse/prior_choice.hpp"
#include "sparse/state_choice.hpp"

namespace dko {

namespace {

/// What one mapping takes.
struct MappingSeconds {
  double of_slowest = 0;
  double of_all = 0;
};

/// Costs of pieces that are dealt to the ranks in turn, the dearest first, and back again: with one piece for
/// each rank or less the dearest decides.
MappingSeconds dealt(const std::vector<double>& costs, int ranks) {
  MappingSeconds seconds;
  seconds.of_all = std::accumulate(costs.begin(), costs.end(), 0.0);
  std::vector<double> of_rank(static_cast<std::size_t>(ranks), 0.0);
  for (std::size_t at = 0; at < costs.size(); ++at) of_rank[rank_of_place(at, of_rank.size())] += costs[at];
  seconds.of_slowest = *std::max_element(of_rank.begin(), of_rank.end());
  return seconds;
}

/// By the cells that express each gene, descending.
MappingSeconds seconds_of_mapping(const std::vector<double>& expressing, bool has_prior, int ranks) {
  MappingSeconds seconds;
  const auto add = [&](std::size_t genes, double times, const std::function<double(double)>& cost) {
    std::vector<double> costs;
    for (std::size_t at = 0; at < std::min(genes, expressing.size()); ++at)
      costs.push_back(times * cost(expressing[at]));
    const MappingSeconds part = dealt(costs, ranks);
    seconds.of_slowest += part.of_slowest;
    seconds.of_all += part.of_all;
  };
  const auto genes = static_cast<double>(expressing.size());
  const auto choices = static_cast<double>(factor_choices(most_factors).size());
  add(most_judging_genes, choices, [&](double cells) { return factor_fit_cost(genes, cells); });
  if (has_prior)
    add(most_prior_targets, static_cast<double>(prior_fits),
        [&](double cells) { return prior_fit_cost(genes, cells); });
  for (std::int64_t round = 0; round < std::ssize(rounds); ++round)
    add(expressing.size(), 1, [&](double cells) { return round_cost(genes, cells, round); });
  add(expressing.size(), 1, [&](double cells) { return effects_cost(genes, cells); });
  add(expressing.size(), static_cast<double>(decoy_draws),
      [&](double cells) { return decoy_cost(genes, cells); });
  return seconds;
}

}  // namespace

FitForecast forecast_fit(const ExpressionMatrix& matrix, const ModelOptions& options, int ranks,
                         double core_speed) {
  const auto cells = numbers_below<std::int64_t>(matrix.cells());
  std::vector<double> expressing;
  for (const std::int64_t count : matrix.cells_per_gene(cells))
    expressing.push_back(static_cast<double>(count));
  std::sort(expressing.begin(), expressing.end(), std::greater<>());
  const MemberGroups groups(options.made(), ranks);
  const std::int64_t last = groups.count - 1;
  FitForecast forecast;
  // The last group has as few ranks as any, the first as many turns.
  forecast.ranks_of_group = groups.size(last);
  const MappingSeconds one =
      seconds_of_mapping(expressing, !options.prior.file.empty(), forecast.ranks_of_group);
  forecast.seconds = static_cast<double>(groups.turns(0)) * one.of_slowest / core_speed;
  forecast.core_seconds = static_cast<double>(options.made()) * one.of_all / core_speed;
  if (!expressing.empty()) {
    const auto choices = static_cast<double>(factor_choices(most_factors).size());
    forecast.longest_gene =
        choices * factor_fit_cost(static_cast<double>(expressing.size()), expressing.front()) / core_speed;
  }
  return forecast;
}

}  // namespace dko
