#pragma once
// What dko info says of a file of expression.

#include <nlohmann/json_fwd.hpp>

#include "dko/expression/overview.hpp"

namespace dko::app {

/// On standard output, by parts: size and values, columns of the cells, how much each cell expresses, and
/// genes by the cells that express them.
void print(const ExpressionOverview& overview);
nlohmann::ordered_json to_json(const ExpressionOverview& overview);

}  // namespace dko::app
