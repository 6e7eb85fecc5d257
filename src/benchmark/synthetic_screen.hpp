#pragma once
// The problem of dko bench screen, made again wherever it is needed: the same for the same options.

#include "dko/benchmark/screen_speed.hpp"
#include "dko/expression/matrix.hpp"
#include "dko/mapping/model.hpp"
#include "dko/planning/screen_request.hpp"

namespace dko {

/// Profiles of the cells. Local.
RelativeProfiles synthetic_profiles(const ScreenBench& bench);

/// The mapping. Local.
Model synthetic_model(const ScreenBench& bench, const Names& genes);

/// What is asked for, with a base. Local.
ScreenRequest request_of(const ScreenBench& bench);

}  // namespace dko
