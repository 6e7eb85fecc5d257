#pragma once
// What the parts of a sparse fit cost, in seconds of a core: its progress and its forecast depend on them.

#include <cstdint>

namespace dko {

/// The fit of one of so many genes, which `expressing` cells express, with one number of factors, to choose
/// this number.
double factor_fit_cost(double genes, double expressing);
/// Its fit in round `round`, from 0.
double round_cost(double genes, double expressing, std::int64_t round);
/// Its fit by one factor of a prior.
double prior_fit_cost(double genes, double expressing);
/// What the effects on it say.
double effects_cost(double genes, double expressing);
/// Its decoys of one draw.
double decoy_cost(double genes, double expressing);

/// In units of progress.
std::int64_t work_of(double seconds);

}  // namespace dko
