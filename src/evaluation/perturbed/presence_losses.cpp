// What cells that lack a gene anyway, or have it, say of its loss, or of switching it on: contrasts at equal
// depth, and nearest neighbours.
#include <algorithm>

#include "dko/base/numbers.hpp"
#include "dko/base/random.hpp"
#include "evaluation/cell_events.hpp"
#include "evaluation/change_sums.hpp"
#include "predicted_losses.hpp"

namespace dko {

namespace {

constexpr std::int64_t depth_classes = 10;
constexpr std::int64_t neighbours = 10;
constexpr std::int64_t most_neighbour_cells = 1000;

/// The class of each cell, ten of equal size by depth.
std::vector<std::int64_t> classes_of(std::span<const double> depths) {
  auto order = numbers_below<std::size_t>(depths.size());
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return depths[a] < depths[b]; });
  std::vector<std::int64_t> classes(depths.size());
  for (std::size_t rank = 0; rank < order.size(); ++rank)
    classes[order[rank]] = static_cast<std::int64_t>(rank) * depth_classes / std::ssize(order);
  return classes;
}

/// Cells of each class that can be compared: of a lost gene those with it, beside another, and without it.
struct ClassCounts {
  std::vector<double> with = std::vector<double>(depth_classes, 0.0);
  std::vector<double> without = std::vector<double>(depth_classes, 0.0);

  /// How much a cell counts; 0 where its class has none of the other kind.
  double weight(std::size_t of_class, bool has) const {
    if (!(with[of_class] > 0 && without[of_class] > 0)) return 0;
    return has ? without[of_class] / with[of_class] : 1.0;
  }
  double weights() const {
    double sum = 0;
    for (std::size_t at = 0; at < with.size(); ++at) sum += weight(at, false) * without[at];
    return sum;
  }
};

bool can_compare(const RelativeProfiles& profiles, std::int64_t cell, bool has) {
  return profiles.expressed_count(cell) >= (has ? 2 : 1);
}

ClassCounts count_classes(const RelativeProfiles& profiles, std::span<const std::int64_t> classes,
                          std::int32_t gene) {
  ClassCounts counts;
  for (std::int64_t cell = 0; cell < profiles.cells(); ++cell) {
    const bool has = profiles.expresses(cell, gene);
    if (can_compare(profiles, cell, has))
      (has ? counts.with
           : counts.without)[static_cast<std::size_t>(classes[static_cast<std::size_t>(cell)])] += 1;
  }
  return counts;
}

/// Cells by their distance from one cell by presence, nearest first; equal ones in their order.
std::vector<std::int64_t> nearest_first(const RelativeProfiles& profiles, std::span<const std::int64_t> cells,
                                        std::int64_t from) {
  std::vector<char> has(static_cast<std::size_t>(profiles.genes()), 0);
  for (const std::int32_t gene : profiles.expressed(from)) has[static_cast<std::size_t>(gene)] = 1;
  std::vector<std::pair<std::int64_t, std::int64_t>> distances;
  for (const std::int64_t cell : cells) {
    const auto genes = profiles.expressed(cell);
    const auto shared = std::count_if(genes.begin(), genes.end(), [&](std::int32_t gene) {
      return has[static_cast<std::size_t>(gene)] != 0;
    });
    if (cell != from && !genes.empty())
      distances.emplace_back(std::ssize(genes) + profiles.expressed_count(from) - 2 * shared, cell);
  }
  std::sort(distances.begin(), distances.end());
  std::vector<std::int64_t> order;
  for (const auto& [distance, cell] : distances) order.push_back(cell);
  return order;
}

/// Adds what becomes of a cell if one of its genes is lost, or one that it lacks is switched on: its nearest
/// cells without the gene, or with it, if there are enough.
void add_nearest(const RelativeProfiles& profiles, std::span<const std::int64_t> nearest, std::int64_t cell,
                 std::int32_t gene, ChangeSums& sums) {
  const bool lacks = !profiles.expresses(cell, gene);
  std::vector<std::int64_t> chosen;
  for (const std::int64_t other : nearest) {
    if (std::ssize(chosen) == neighbours) break;
    if (profiles.expresses(other, gene) == lacks && can_compare(profiles, other, lacks))
      chosen.push_back(other);
  }
  if (std::ssize(chosen) < neighbours) return;
  ++sums.cells_before;
  ++sums.cells_after;
  add_without(profiles.expressed(cell), profiles.values(cell), gene, sums.before);
  for (const std::int64_t other : chosen)
    add_without(profiles.expressed(other), profiles.values(other), gene, sums.after,
                1.0 / static_cast<double>(neighbours));
}

std::vector<std::int64_t> some_cells(const LossQuestion& question) {
  RandomStream stream(question.seed, "neighbour cells");
  const std::int64_t cells = question.profiles.cells();
  return stream.distinct(std::min(cells, most_neighbour_cells), cells);
}

}  // namespace

PredictedLosses losses_by_contrast(const LossQuestion& question) {
  const RelativeProfiles& profiles = question.profiles;
  const std::vector<std::int64_t> classes = classes_of(question.depths);
  std::vector<ChangeSums> sums = no_change_sums(question.lost, profiles.genes());
  for (std::size_t at = 0; at < question.lost.size(); ++at) {
    const std::int32_t gene = question.lost[at];
    const ClassCounts counts = count_classes(profiles, classes, gene);
    const double all = counts.weights();
    for (std::int64_t cell = question.ranks.rank(); cell < profiles.cells(); cell += question.ranks.size()) {
      const bool has = profiles.expresses(cell, gene);
      if (!can_compare(profiles, cell, has)) continue;
      const double weight =
          counts.weight(static_cast<std::size_t>(classes[static_cast<std::size_t>(cell)]), has);
      if (!(weight > 0)) continue;
      ++(has ? sums[at].cells_before : sums[at].cells_after);
      add_without(profiles.expressed(cell), profiles.values(cell), gene,
                  has ? sums[at].before : sums[at].after, weight / all);
    }
  }
  auto means = means_over_ranks(std::move(sums), question.ranks);
  // The weights have divided already: the way of an activation back is of the cells that lack the gene, too.
  for (MeanChange& mean : means) {
    for (double& share : mean.before) share *= static_cast<double>(mean.cells);
    for (double& share : mean.after) share *= static_cast<double>(mean.cells_after);
    turn_to(question.kind, mean);
  }
  return {question.kind.activates ? "cells having it, of equal depth" : "cells lacking it, of equal depth",
          true, true, log2_changes(means, question.lost)};
}

PredictedLosses losses_by_neighbours(const LossQuestion& question) {
  const RelativeProfiles& profiles = question.profiles;
  CellEvents events(question.lost, question.kind);
  const std::vector<std::int64_t> cells = some_cells(question);
  std::vector<ChangeSums> sums = no_change_sums(question.lost, profiles.genes());
  for (std::int64_t at = question.ranks.rank(); at < std::ssize(cells); at += question.ranks.size()) {
    const std::int64_t cell = cells[static_cast<std::size_t>(at)];
    events.find(profiles, cell);
    if (events.found().empty()) continue;
    const std::vector<std::int64_t> nearest = nearest_first(profiles, cells, cell);
    for (const CellEvent& event : events.found())
      add_nearest(profiles, nearest, cell, question.lost[event.place], sums[event.place]);
  }
  auto means = means_over_ranks(std::move(sums), question.ranks);
  const PerturbationKind part{false, question.kind.presence};  // cells are replaced either way
  for (MeanChange& mean : means) turn_to(part, mean);
  return {"nearest cells by presence", true, true, log2_changes(means, question.lost)};
}

}  // namespace dko
