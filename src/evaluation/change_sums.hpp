#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dko/evaluation/real_knockout.hpp"

namespace dko {

/// Sums of profiles about one gene, before and after it is perturbed, and of how many cells.
struct ChangeSums {
  std::vector<double> before;
  std::vector<double> after;
  std::int64_t cells_before = 0;
  std::int64_t cells_after = 0;
};

/// Zero for all of `genes`, each of `width` genes.
std::vector<ChangeSums> no_change_sums(std::span<const std::int32_t> genes, std::int64_t width);

/// The sums of all ranks, divided by the cells they are of. Collective.
std::vector<MeanChange> means_over_ranks(std::vector<ChangeSums> sums, const Communicator& ranks);

/// Makes of what cells with a gene come to without it, as cells that lack it are, what `kind` does: of a
/// knockdown the part 1 − F of the way there; of an activation the way back. Local.
void turn_to(const PerturbationKind& kind, MeanChange& lost);

/// The place of each of `total` genes among `genes`; −1 for the others.
std::vector<std::int32_t> places_of(std::span<const std::int32_t> genes, std::int64_t total);

/// Adds a cell's profile without `gene`, or with a part `presence` of it, rescaled, times `weight`: all but
/// `gene`.
void add_without(std::span<const std::int32_t> expressed, std::span<const float> shares, std::int32_t gene,
                 std::vector<double>& sum, double weight = 1, double presence = 0);

}  // namespace dko
