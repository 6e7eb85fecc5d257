#pragma once
// What the parts of a sparse fit cost, in seconds of a core: its progress and its forecast depend on them.

#include <cstdint>

namespace dko {

/// How many cells and genes a fit is of.
struct FitSize {
  double cells = 0;
  double genes = 0;
};

/// The fit of one gene, which `expressing` of the cells express, with one number of factors, to choose this
/// number.
double factor_fit_cost(const FitSize& size, double expressing);
/// Its fit in round `round`, from 0.
double round_cost(const FitSize& size, double expressing, std::int64_t round);
/// Its fit by one factor of a prior.
double prior_fit_cost(const FitSize& size, double expressing);
/// Its decoys of one draw.
double decoy_cost(const FitSize& size, double expressing);

/// In units of progress.
std::int64_t work_of(double seconds);

}  // namespace dko
