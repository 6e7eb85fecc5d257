#include "dko/results/ranking.hpp"

#include <algorithm>
#include <cmath>

#include "dko/results/score_reader.hpp"

namespace dko {

namespace {

struct Candidate {
  float score;
  float size;  // what it is ranked by
  std::int64_t number;

  /// Whether this ranks before `other`.
  bool operator<(const Candidate& other) const {
    return size > other.size || (size == other.size && number < other.number);
  }
};

}  // namespace

std::vector<RankedEvent> highest_scores(const ScreenReader& screen, ScoreArray array, Measure measure,
                                        std::int64_t count, std::optional<std::int64_t> cell) {
  // A heap of the best so far with the last-ranked of them on top.
  std::vector<Candidate> best;
  const EventRange range = cell ? screen.events_of_cell(array, *cell) : EventRange{0, screen.events(array)};
  ScoreStream scores(screen, array, measure, range);
  for (std::int64_t number = range.first; number < range.last; ++number) {
    const float score = scores.next();
    const Candidate candidate{score, measure.is_interaction ? std::abs(score) : score, number};
    const bool full = std::ssize(best) >= count;
    if (full && (best.empty() || !(candidate < best.front()))) continue;
    if (cell && screen.cell_of(array, number) != *cell) continue;
    if (full) {
      std::pop_heap(best.begin(), best.end());
      best.pop_back();
    }
    best.push_back(candidate);
    std::push_heap(best.begin(), best.end());
  }
  std::sort_heap(best.begin(), best.end());
  std::vector<RankedEvent> ranked;
  for (const Candidate& candidate : best)
    ranked.push_back({candidate.number, screen.event(array, candidate.number), candidate.score});
  return ranked;
}

}  // namespace dko
