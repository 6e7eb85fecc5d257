#include "dko/evaluation/score_comparison.hpp"

#include <cmath>

namespace dko {

namespace {

/// The question, on every rank. Collective.
ScoreQuestion broadcast(AtRoot<ScoreQuestion> of_root, const Communicator& ranks) {
  ScoreQuestion question = std::move(of_root).or_empty();
  ranks.broadcast(question.sample.unit);
  ranks.broadcast(question.sample.cell);
  for (std::int64_t* number : {&question.sample.units, &question.sample.cells}) ranks.broadcast(*number);
  ranks.broadcast(question.baselines);
  ranks.broadcast(question.truth);
  ranks.broadcast(question.least_effect);
  auto count = std::ssize(question.scores);
  ranks.broadcast(count);
  question.scores.resize(static_cast<std::size_t>(count));
  for (NamedScores& scores : question.scores) {
    ranks.broadcast(scores.name);
    ranks.broadcast(scores.values);
  }
  return question;
}

std::vector<bool> effects(const ScoreQuestion& question) {
  std::vector<bool> effect;
  for (const double truth : question.truth) effect.push_back(std::abs(truth) > question.least_effect);
  return effect;
}

/// The baseline with the highest value of a figure; nothing if none has one.
std::optional<std::size_t> best_of(const std::vector<std::int64_t>& baselines, const Figures& all,
                                   std::size_t figure) {
  std::optional<std::size_t> best;
  const auto value = [&](std::size_t score) { return all[score * event_figures + figure]; };
  for (const std::int64_t baseline : baselines) {
    const auto score = static_cast<std::size_t>(baseline);
    if (value(score) && (!best || *value(score) > *value(*best))) best = score;
  }
  return best;
}

}  // namespace

AtRoot<ScoreComparison> compare_scores(AtRoot<ScoreQuestion> of_root, std::int64_t resamples,
                                       std::uint64_t seed, const Communicator& ranks,
                                       const ProgressCallback& progress) {
  ScoreQuestion question = broadcast(std::move(of_root), ranks);
  const EventSample& sample = question.sample;
  const EventTruth truth(sample, question.truth, effects(question));
  std::vector<EventTruth::Prepared> prepared;
  for (NamedScores& scores : question.scores) prepared.push_back(truth.prepare(std::move(scores.values)));

  const auto figures_of_all = [&](std::span<const double> weights) {
    Figures all;
    for (const EventTruth::Prepared& score : prepared) {
      const Figures figures = truth.compare(score, weights);
      all.insert(all.end(), figures.begin(), figures.end());
    }
    return all;
  };
  const Bootstrap bootstrap(sample.cells, resamples, seed, ranks, figures_of_all, progress);
  if (!ranks.is_root()) return {};
  ScoreComparison comparison{std::ssize(sample.unit), sample.units, sample.cells, truth.base_rate(), {}, {}};
  const Figures all = figures_of_all({});
  for (std::size_t figure = 0; figure < event_figures; ++figure)
    comparison.best_baseline.push_back(best_of(question.baselines, all, figure));
  for (std::size_t score = 0; score < prepared.size(); ++score) {
    ComparedScore compared{
        question.scores[score].name,          {}, {}, {}, truth.units_compared(prepared[score]),
        truth.cells_compared(prepared[score])};
    for (std::size_t figure = 0; figure < event_figures; ++figure) {
      const std::size_t at = score * event_figures + figure;
      const auto& best = comparison.best_baseline[figure];
      compared.figures.push_back(all[at]);
      compared.intervals.push_back(bootstrap.interval(at));
      compared.over_baseline.push_back(
          best ? bootstrap.interval_of_difference(at, *best * event_figures + figure) : std::nullopt);
    }
    comparison.scores.push_back(std::move(compared));
  }
  return AtRoot(std::move(comparison));
}

}  // namespace dko
