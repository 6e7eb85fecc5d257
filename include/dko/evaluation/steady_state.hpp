#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "dko/evaluation/regulatory_network.hpp"

namespace dko {

/// Expression below this counts as none: it is what is left of a decay to zero when the solver stops.
constexpr double least_expression = 1e-8;

/// dx/dt of every gene: dx_j/dt = −x_j + Σ_i a_ij x_i/(1+x_i) + Σ_i r_ij/(1+x_i) over the activators and
/// the repressors i of j. Absent genes stay at 0 and regulate nothing: an absent repressor's term vanishes.
void regulation_rates(std::span<const Regulation> network, const std::vector<bool>& absent,
                      std::span<const double> x, std::span<double> rates);

/// The steady state that the population of molecules settles in from `start`, integrated with
/// Dormand–Prince steps (Boost.Odeint) until no |dx_j/dt| exceeds 1e-10. Absent genes are 0, and so is
/// what falls below least_expression. Nothing if it does not settle within 10,000 lifetimes. Local.
std::optional<std::vector<double>> steady_state(std::span<const Regulation> network,
                                                const std::vector<bool>& absent, std::vector<double> start);

}  // namespace dko
