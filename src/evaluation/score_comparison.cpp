#include "dko/evaluation/score_comparison.hpp"

#include <cmath>

namespace dko {

namespace {

/// The question of rank 0, on every rank. Collective.
void broadcast(ScoreQuestion& question, const Communicator& ranks) {
  ranks.broadcast(question.sample.unit);
  ranks.broadcast(question.sample.cell);
  for (std::int64_t* number : {&question.sample.units, &question.sample.cells, &question.baseline})
    ranks.broadcast(*number);
  ranks.broadcast(question.truth);
  ranks.broadcast(question.least_effect);
  auto count = std::ssize(question.scores);
  ranks.broadcast(count);
  question.scores.resize(static_cast<std::size_t>(count));
  for (NamedScores& scores : question.scores) {
    ranks.broadcast(scores.name);
    ranks.broadcast(scores.values);
  }
}

std::vector<bool> effects(const ScoreQuestion& question) {
  std::vector<bool> effect;
  for (const double truth : question.truth) effect.push_back(std::abs(truth) > question.least_effect);
  return effect;
}

}  // namespace

ScoreComparison compare_scores(ScoreQuestion question, std::int64_t resamples, std::uint64_t seed,
                               const Communicator& ranks) {
  broadcast(question, ranks);
  const EventSample& sample = question.sample;
  const EventTruth truth(sample, question.truth, effects(question));
  std::vector<EventTruth::Prepared> prepared;
  for (NamedScores& scores : question.scores) prepared.push_back(truth.prepare(std::move(scores.values)));

  const Bootstrap bootstrap(sample.cells, resamples, seed, ranks, [&](std::span<const double> weights) {
    Figures all;
    for (const EventTruth::Prepared& score : prepared) {
      const Figures figures = truth.compare(score, weights);
      all.insert(all.end(), figures.begin(), figures.end());
    }
    return all;
  });
  ScoreComparison comparison{std::ssize(sample.unit), sample.units, sample.cells, truth.base_rate(), {}};
  if (!ranks.is_root()) return comparison;
  for (std::size_t score = 0; score < prepared.size(); ++score) {
    ComparedScore compared{question.scores[score].name, truth.compare(prepared[score]), {}, {}};
    for (std::size_t figure = 0; figure < event_figures; ++figure) {
      const std::size_t at = score * event_figures + figure;
      compared.intervals.push_back(bootstrap.interval(at));
      std::optional<Interval> over;
      if (question.baseline >= 0) {
        const auto baseline = static_cast<std::size_t>(question.baseline) * event_figures + figure;
        over = bootstrap.interval_of_difference(at, baseline);
      }
      compared.over_baseline.push_back(over);
    }
    comparison.scores.push_back(std::move(compared));
  }
  return comparison;
}

}  // namespace dko
