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

/// What ranks the events of a range, one after the other.
class RankingStream {
 public:
  RankingStream(const ScreenReader& screen, ScoreArray array, Measure measure, EventRange range,
                std::optional<double> deviations)
      : scores_(screen, array, measure, range) {
    if (!deviations) return;
    times_ = *deviations;
    deviations_.emplace(screen, array, deviation_of(measure).value(), range);
  }

  float next() {
    const float score = scores_.next();
    if (!deviations_) return score;
    return static_cast<float>(static_cast<double>(score) - times_ * static_cast<double>(deviations_->next()));
  }

 private:
  ScoreStream scores_;
  std::optional<ScoreStream> deviations_;
  double times_ = 0;
};

}  // namespace

std::vector<RankedEvent> highest_scores(const ScreenReader& screen, ScoreArray array, Measure measure,
                                        std::int64_t count, std::optional<std::int64_t> cell,
                                        std::optional<double> deviations, const CellsOfGroup& within,
                                        bool lowest) {
  // A heap of the best so far with the last-ranked of them on top.
  std::vector<Candidate> best;
  const EventRange range = cell ? screen.events_of_cell(array, *cell) : EventRange{0, screen.events(array)};
  RankingStream scores(screen, array, measure, range, deviations);
  for (std::int64_t number = range.first; number < range.last; ++number) {
    const float score = scores.next();
    const Candidate candidate{score,
                              lowest                   ? -score
                              : measure.is_interaction ? std::abs(score)
                                                       : score,
                              number};
    const bool full = std::ssize(best) >= count;
    if (full && (best.empty() || !(candidate < best.front()))) continue;
    if (cell && screen.cell_of(array, number) != *cell) continue;
    if (within.groups != nullptr && !within.has(screen.cell_of(array, number))) continue;
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
