#include "report_part.hpp"

#include <fmt/format.h>

namespace dko::app {

std::string event_text(const PerturbationKind& kind, bool are_many) {
  const std::string event = std::string(words_of(kind).event) + (are_many ? "s" : "");
  return kind.presence > 0 ? fmt::format("{} to {:g}", event, kind.presence) : event;
}

void add_event(const PerturbationKind& kind, nlohmann::ordered_json& json) {
  if (!kind.is_knockout()) json["event"] = words_of(kind).event;
  if (kind.presence > 0) json["knockdown"] = kind.presence;
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
