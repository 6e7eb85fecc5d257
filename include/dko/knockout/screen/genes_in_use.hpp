#pragma once

#include <cstdint>
#include <vector>

#include "dko/expression/matrix.hpp"
#include "dko/knockout/screen/screen_plan.hpp"

namespace dko {

/// The genes whose effects on each other a screen asks a mapping for, ascending: those that any of its cells
/// expresses, or any cell that its direction leads from or to, and those that its events switch on.
/// O(N + non-zeros). Local.
std::vector<std::int32_t> genes_in_use(const ScreenPlan& plan, const ExpressionMatrix& matrix);

}  // namespace dko
