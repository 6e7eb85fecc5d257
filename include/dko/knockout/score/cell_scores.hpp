#pragma once
// From the genes of an event to the kernels, and from the kernels to where scores are wanted. All calls are
// local.

#include <cstdint>
#include <span>
#include <vector>

#include "dko/knockout/kernels/ensemble_kernel.hpp"
#include "dko/knockout/score/score.hpp"

namespace dko {

/// Where `genes` (ascending) stand among the expressed genes of a cell, or after them among its absent ones;
/// ascending.
void positions_of(std::span<const std::int32_t> genes, const KernelCell& cell,
                  std::vector<std::int32_t>& positions);

/// Puts the scores of one event where they are wanted.
void store(const KnockoutScores& scores, const ScoreSpans& spans, std::size_t at);

/// One score of the single knockouts of the kernel's cell at these positions, as it is stored.
std::vector<float> single_scores(EnsembleKernel& kernel, std::span<const std::int32_t> positions,
                                 Score score);

}  // namespace dko
