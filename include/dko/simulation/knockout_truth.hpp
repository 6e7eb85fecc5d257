#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "dko/simulation/cells.hpp"
#include "dko/simulation/dynamics.hpp"

namespace dko {

/// The true scores of a knockout, or of genes that are switched on: with p the relative profile of the cell,
/// p' that of the steady state it settles in once the genes K are frozen at 0, and r = p without K, scaled to
/// sum to one. Of genes that are switched on, which the cell lacks, p' is that once they are no longer
/// absent, and r has p' of them, and elsewhere p scaled to what is left.
struct TrueScores {
  double vs_original = 0;      ///< BC(p', p), what `impact` predicts
  double vs_renormalised = 0;  ///< BC(p', r), what `network` predicts
};

/// Solves the network again from the state of the cell without the genes of `knocked_out`, and with those of
/// `switched_on`, from 0. A state in which
/// nothing is left has p' = 0; scores below 1e-12, which the solver cannot tell from none, are 0. Nothing if
/// the cell settles in no steady state. Local.
std::optional<TrueScores> true_scores(const RegulatoryDynamics& dynamics, const SimulatedCell& cell,
                                      std::span<const std::int32_t> knocked_out,
                                      std::span<const std::int32_t> switched_on = {});

}  // namespace dko
