#include "cell_events.hpp"

#include <algorithm>

namespace dko {

CellEvents::CellEvents(std::span<const std::int32_t> genes, const PerturbationKind& kind)
    : activates_(kind.activates) {
  for (std::size_t place = 0; place < genes.size(); ++place) genes_.emplace_back(genes[place], place);
  std::sort(genes_.begin(), genes_.end());
}

void CellEvents::find(const RelativeProfiles& profiles, std::int64_t cell) {
  found_.clear();
  absent_.clear();
  const auto expressed = profiles.expressed(cell);
  if (std::ssize(expressed) < (activates_ ? 1 : 2)) return;
  auto at = expressed.begin();
  for (const auto& [gene, place] : genes_) {
    at = std::lower_bound(at, expressed.end(), gene);
    const bool has = at != expressed.end() && *at == gene;
    if (has == activates_) continue;
    const auto position = has ? at - expressed.begin() : std::ssize(expressed) + std::ssize(absent_);
    found_.push_back({static_cast<std::int32_t>(position), place});
    if (!has) absent_.push_back(gene);
  }
}

}  // namespace dko
