#include "fit_state.hpp"

#include <algorithm>

#include "fit_rounds.hpp"

namespace dko {

namespace {

/// The round that a stage is in, if it is in one.
const PenaltyPath* round_of(std::int64_t stage) {
  const std::int64_t round = stage - in_rounds;
  return round >= 0 && round < std::ssize(rounds) ? &rounds[static_cast<std::size_t>(round)] : nullptr;
}

std::vector<bool> marks_of(const std::vector<std::int32_t>& genes, std::size_t count) {
  std::vector<bool> marks(count, false);
  for (const std::int32_t gene : genes) marks[static_cast<std::size_t>(gene)] = true;
  return marks;
}

/// Whether exactly those weights are there that this round or the next takes.
bool has_weights(const FitState& state, const FitSizes& sizes) {
  const PenaltyPath* now = round_of(state.stage);
  const PenaltyPath* before = now != nullptr ? round_of(state.stage - 1) : nullptr;
  const std::vector<bool> is_fitted = marks_of(state.now.genes, sizes.cells.size());
  const std::vector<bool> is_weighted = marks_of(state.weighted, sizes.cells.size());
  return std::all_of(sizes.own.begin(), sizes.own.end(), [&](std::int32_t of) {
    const auto gene = static_cast<std::size_t>(of);
    const PenaltyPath* weighs = is_fitted[gene] ? now : before;
    const bool needs = weighs != nullptr && weighs->weigh_next && sizes.cells[gene] > 0;
    return is_weighted[gene] == needs;
  });
}

}  // namespace

bool is_whole(const FitState& state, const FitSizes& sizes) {
  const auto fills = [](const std::vector<double>& found, std::size_t size) {
    return found.empty() || found.size() == size;
  };
  const bool is_at_a_place = state.stage >= choosing_factors && state.stage <= in_rounds + std::ssize(rounds);
  if (!is_at_a_place || !fills(state.choices, sizes.choices) || !fills(state.errors, sizes.errors))
    return false;
  if (std::ssize(state.last.genes) != (state.stage > in_rounds ? sizes.genes : 0)) return false;
  if (round_of(state.stage) == nullptr && !state.now.genes.empty()) return false;
  for (std::size_t at = 0; at < state.weighted.size(); ++at) {
    if (std::ssize(state.weights[at]) != sizes.cells[static_cast<std::size_t>(state.weighted[at])])
      return false;
  }
  return has_weights(state, sizes);
}

}  // namespace dko
