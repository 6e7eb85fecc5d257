#include "dko/metrics/metric_text.hpp"

#include <fmt/format.h>

namespace dko {

std::string figure_text(const std::optional<double>& figure) {
  return figure ? fmt::format("{:.3f}", *figure) : "–";
}

std::string figure_text(const std::optional<double>& figure, const std::optional<Interval>& interval) {
  if (!figure || !interval) return figure_text(figure);
  return fmt::format("{:.3f} [{:.3f}, {:.3f}]", *figure, interval->low, interval->high);
}

}  // namespace dko
