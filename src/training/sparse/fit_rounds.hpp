#pragma once

#include <array>

#include "gene_fit.hpp"

namespace dko {

/// How the genes are fitted, one round after the other.
struct Round {
  PenaltyPath path;
  bool weigh_next = false;  ///< cells far off a fit weigh less in the next round
};
inline constexpr std::array<Round, 3> rounds{
    Round{{.folds = 5, .ratio = 0.5}, false}, Round{{.folds = 0}, true},
    Round{{.start = 2, .ratio = 0.7, .least_steps = 2, .settle = true}, false}};

}  // namespace dko
