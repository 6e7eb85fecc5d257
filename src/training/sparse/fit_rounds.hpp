#pragma once

#include <array>

#include "gene_fit.hpp"

namespace dko {

/// How the genes are fitted, one round after the other.
inline constexpr std::array<PenaltyPath, 3> rounds{
    PenaltyPath{.folds = 5, .ratio = 0.5}, PenaltyPath{.folds = 0, .weigh_next = true},
    PenaltyPath{.start = 2, .ratio = 0.7, .least_steps = 2, .settle = true, .to_shares = true}};

}  // namespace dko
