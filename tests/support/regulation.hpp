#pragma once
// An integration of the network's equations that shares nothing with the program's: classical Runge-Kutta
// with small steps over dense matrices of weights.

#include <vector>

#include "dko/simulation/dynamics.hpp"

namespace dko::testing {

/// The levels after 400 lifetimes from `x`, or when they stand still, absent genes at 0.
std::vector<double> integrated(const std::vector<Regulation>& network, const std::vector<bool>& absent,
                               std::vector<double> x, RepressorLoss loss);

}  // namespace dko::testing
