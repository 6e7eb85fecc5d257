#pragma once

#include <optional>
#include <span>
#include <vector>

#include "dko/simulation/dynamics.hpp"

namespace dko {

/// Expression below this counts as none: it is what is left of a decay to zero when the solver stops.
constexpr double least_expression = 1e-8;

/// The steady state that a cell settles in from `start`, one level a gene: integrated with Dormand–Prince
/// steps (Boost.Odeint) until no |dx_j/dt| exceeds 1e-5, then refined as below. Absent genes are 0, and so
/// is what falls below least_expression. `rates` are the basal rates of the cell, as in dynamics.hpp. Nothing
/// if it does not settle within 10,000 lifetimes. Local.
std::optional<std::vector<double>> steady_state(const RegulatoryDynamics& dynamics,
                                                const std::vector<bool>& absent,
                                                const std::vector<double>& start,
                                                std::span<const double> rates = {});

/// The same from a start that is near it, as that of a cell is before one of its genes is lost: iterates
/// x ← x + h(F(x) − x) until F(x) − x is at most 1e-13 of the largest level. With 0 < h ≤ 1 this is the
/// explicit Euler method, so what it converges to is a stable state of the dynamics; h is halved where the
/// iteration does not contract. Falls back to the integration above. Local.
std::optional<std::vector<double>> resettled(const RegulatoryDynamics& dynamics,
                                             const std::vector<bool>& absent,
                                             const std::vector<double>& start,
                                             std::span<const double> rates = {});

}  // namespace dko
