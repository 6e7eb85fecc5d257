#include "listed_pairs.hpp"

#include <algorithm>

namespace dko {

std::vector<ListedPair> sorted_list(const ScreenReader& screen) {
  std::vector<ListedPair> events;
  events.reserve(static_cast<std::size_t>(screen.events(ScoreArray::list)));
  screen.for_each_event(ScoreArray::list, [&](const Event& event) {
    const auto [first, second] = std::minmax(event.genes[0], event.genes[1]);
    events.push_back({first, second, event.cell, std::ssize(events)});
  });
  std::sort(events.begin(), events.end(),
            [](const ListedPair& a, const ListedPair& b) { return a.place() < b.place(); });
  const auto same = [](const ListedPair& a, const ListedPair& b) {
    return a.is_of_same_pair(b) && a.cell == b.cell;
  };
  events.erase(std::unique(events.begin(), events.end(), same), events.end());
  return events;
}

}  // namespace dko
