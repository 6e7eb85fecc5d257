#include "dko/knockout/screen/from_to.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "dko/base/checksum.hpp"
#include "dko/base/error.hpp"
#include "dko/base/parameter.hpp"
#include "dko/knockout/kernels/ensemble_kernel.hpp"
#include "dko/knockout/screen/direction_search.hpp"
#include "dko/knockout/sharding/screen_forecast.hpp"
#include "exact_sums.hpp"

namespace dko {

namespace {

/// Mean base profile of these cells, which the ranks share.
std::vector<double> mean_profile(std::span<const std::int32_t> cells, const RelativeProfiles& profiles,
                                 EnsembleKernel& kernel, const Communicator& ranks, const CellLoop& loop) {
  const auto count = static_cast<double>(cells.size());
  ExactSums sums(profiles.genes(), count, 1);
  loop(cells, [&](std::int32_t cell) {
    kernel.load(intact_cell(profiles, cell));
    const auto expressed = profiles.expressed(cell);
    const std::vector<double> shares = kernel.intact_profile();
    for (std::size_t gene = 0; gene < expressed.size(); ++gene)
      sums.add(static_cast<std::size_t>(expressed[gene]), shares[gene]);
  });
  sums.reduce(ranks);
  std::vector<double> mean;
  for (std::size_t gene = 0; gene < sums.size(); ++gene) mean.push_back(sums[gene] / count);
  return mean;
}

}  // namespace

std::string FromTo::from_checksum() const {
  Checksum sum;
  sum.add(std::span<const std::int32_t>(from_cells));
  return sum.text();
}

std::string FromTo::toward_checksum() const {
  Checksum sum;
  sum.add(std::span<const std::int32_t>(toward_cells));
  sum.add(std::span<const double>(profile));
  return sum.text();
}

FromTo FromTo::replicate(const Communicator& ranks, AtRoot<FromTo> root) {
  FromTo everywhere = std::move(root).or_empty();
  ranks.broadcast(everywhere.from);
  ranks.broadcast(everywhere.toward);
  ranks.broadcast(everywhere.from_cells);
  ranks.broadcast(everywhere.toward_cells);
  ranks.broadcast(everywhere.profile);
  return everywhere;
}

Direction find_direction(const FromTo& from_to, const RelativeProfiles& profiles,
                         std::span<const CollapsedMapping> members, Base base, const Communicator& ranks,
                         const CellLoop& loop) {
  EnsembleKernel kernel(members, best_instruction_set(), base);
  std::vector<double> from = mean_profile(from_to.from_cells, profiles, kernel, ranks, loop);
  std::vector<double> toward = from_to.is_toward_profile()
                                   ? from_to.profile
                                   : mean_profile(from_to.toward_cells, profiles, kernel, ranks, loop);
  Direction direction(std::move(from), std::move(toward));
  constexpr double least = 1e-18;  // of shares that are known to 1e-12: all else is rounding
  if (direction.squared_length > least) return direction;
  throw InputError(fmt::format(
      "the mean profiles of {} and of {} are the same: there is no direction from one to the other; choose "
      "cells that differ",
      parameter("from", from_to.from),
      parameter(from_to.is_toward_profile() ? "toward-profile" : "toward", from_to.toward)));
}

Direction find_direction(const FromTo& from_to, const RelativeProfiles& profiles,
                         std::span<const CollapsedMapping> members, Base base, const Communicator& ranks) {
  return find_direction(from_to, profiles, members, base, ranks, plain_loop(ranks));
}

std::int64_t direction_cells(const FromTo& from_to) {
  return std::ssize(from_to.from_cells) + std::ssize(from_to.toward_cells);
}

double direction_seconds(const FromTo& from_to, std::span<const CellCosts> costs) {
  double loads = 0;
  for (const auto* cells : {&from_to.from_cells, &from_to.toward_cells}) {
    for (const std::int32_t cell : *cells)
      loads += static_cast<double>(costs[static_cast<std::size_t>(cell)].load);
  }
  return seconds_of_cost * loads;
}

double direction_bytes(const FromTo& from_to, std::int64_t genes, std::int64_t expressed, double members) {
  constexpr double of_gene = 8 * 7;        // means, their sums, d, and a profile
  constexpr double of_expressed = 8 * 12;  // weights, targets, sums and order in a kernel
  const auto cells = static_cast<double>(from_to.from_cells.size() + from_to.toward_cells.size());
  return of_gene * static_cast<double>(genes) + members * of_expressed * static_cast<double>(expressed) +
         4 * cells;
}

}  // namespace dko
