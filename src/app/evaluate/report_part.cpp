#include "report_part.hpp"

namespace dko::app {

nlohmann::ordered_json to_json(const std::optional<double>& figure) {
  if (!figure) return nullptr;
  return *figure;
}

nlohmann::ordered_json to_json(const std::optional<Interval>& interval) {
  if (!interval) return nullptr;
  return {interval->low, interval->high};
}

}  // namespace dko::app
