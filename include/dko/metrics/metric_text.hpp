#pragma once

#include <optional>
#include <string>

#include "dko/metrics/bootstrap.hpp"

namespace dko {

/// "0.728", or "–" where there is none.
std::string figure_text(const std::optional<double>& figure);
/// "0.728 [0.721, 0.736]".
std::string figure_text(const std::optional<double>& figure, const std::optional<Interval>& interval);

}  // namespace dko
