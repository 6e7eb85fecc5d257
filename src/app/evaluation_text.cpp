#include <fmt/format.h>

#include "evaluation.hpp"

namespace dko::app {

std::string figure_text(const std::optional<double>& figure) {
  return figure ? fmt::format("{:.3f}", *figure) : "–";
}

std::string figure_text(const std::optional<double>& figure, const std::optional<Interval>& interval) {
  if (!figure || !interval) return figure_text(figure);
  return fmt::format("{:.3f} [{:.3f}, {:.3f}]", *figure, interval->low, interval->high);
}

nlohmann::ordered_json to_json(const std::optional<double>& figure) {
  if (!figure) return nullptr;
  return *figure;
}

nlohmann::ordered_json to_json(const std::optional<Interval>& interval) {
  if (!interval) return nullptr;
  return {interval->low, interval->high};
}

}  // namespace dko::app
