#include "gene_shares.hpp"

#include <algorithm>
#include <span>

#include "dko/base/numbers.hpp"

namespace dko {

namespace {

/// The values of all ranks, one after the other, on all ranks. Collective.
template <class T>
std::vector<T> gather_to_all(const Communicator& communicator, const std::vector<T>& values) {
  return communicator.broadcast(communicator.gather(std::span<const T>(values)));
}

}  // namespace

std::size_t rank_of_place(std::size_t at, std::size_t ranks) {
  const std::size_t place = at % ranks;
  return at / ranks % 2 == 0 ? place : ranks - 1 - place;
}

std::vector<std::int32_t> own_genes(const std::vector<std::int64_t>& costs,
                                    const Communicator& communicator) {
  auto order = numbers_below<std::int32_t>(costs.size());
  std::stable_sort(order.begin(), order.end(), [&](std::int32_t x, std::int32_t y) {
    return costs[static_cast<std::size_t>(x)] > costs[static_cast<std::size_t>(y)];
  });
  std::vector<std::int32_t> own;
  const auto size = static_cast<std::size_t>(communicator.size());
  for (std::size_t at = 0; at < order.size(); ++at) {
    if (rank_of_place(at, size) == static_cast<std::size_t>(communicator.rank())) own.push_back(order[at]);
  }
  std::sort(own.begin(), own.end());
  return own;
}

std::vector<GeneFit> exchange(const Communicator& communicator, const std::vector<std::int32_t>& genes,
                              const std::vector<GeneFit>& fits, std::int64_t all_genes,
                              std::int64_t responses) {
  std::vector<std::int32_t> sizes;
  std::vector<std::int32_t> regulators;
  std::vector<double> effects;
  std::vector<double> figures;
  for (const GeneFit& fit : fits) {
    sizes.push_back(static_cast<std::int32_t>(fit.regulators.size()));
    regulators.insert(regulators.end(), fit.regulators.begin(), fit.regulators.end());
    effects.insert(effects.end(), fit.effects.begin(), fit.effects.end());
    figures.insert(figures.end(), {fit.mean, fit.offset, fit.penalty, fit.distance});
    figures.insert(figures.end(), fit.responses.begin(), fit.responses.end());
  }
  const std::vector<std::int32_t> gene_of = gather_to_all(communicator, genes);
  sizes = gather_to_all(communicator, sizes);
  regulators = gather_to_all(communicator, regulators);
  effects = gather_to_all(communicator, effects);
  figures = gather_to_all(communicator, figures);
  std::vector<GeneFit> all(static_cast<std::size_t>(all_genes));
  auto regulator = regulators.begin();
  auto effect = effects.begin();
  auto figure = figures.begin();
  for (std::size_t at = 0; at < gene_of.size(); ++at) {
    GeneFit& fit = all[static_cast<std::size_t>(gene_of[at])];
    fit.regulators.assign(regulator, regulator + sizes[at]);
    fit.effects.assign(effect, effect + sizes[at]);
    fit.mean = *figure++;
    fit.offset = *figure++;
    fit.penalty = *figure++;
    fit.distance = *figure++;
    fit.responses.assign(figure, figure + responses);
    regulator += sizes[at];
    effect += sizes[at];
    figure += responses;
  }
  return all;
}

}  // namespace dko
