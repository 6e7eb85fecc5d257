#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dko/evaluation/event_agreement.hpp"

namespace dko {

/// One score of every event of a sample.
struct NamedScores {
  std::string name;
  std::vector<double> values;
};

/// The truth of every event of a sample, and the scores to compare with it.
struct ScoreQuestion {
  EventSample sample;
  std::vector<double> truth;
  double least_effect = 0;  ///< an event has an effect if |truth| exceeds this
  std::vector<NamedScores> scores;
  std::vector<std::int64_t> baselines;  ///< which of the scores need no model
};

struct ComparedScore {
  std::string name;
  Figures figures;                                     ///< as EventFigure
  std::vector<std::optional<Interval>> intervals;      ///< of the figures, over resamples of the cells
  std::vector<std::optional<Interval>> over_baseline;  ///< of the figures less the best baseline's
  std::int64_t units_compared = 0;                     ///< behind the figure within units
  std::int64_t cells_compared = 0;                     ///< behind the figure within cells
};

struct ScoreComparison {
  std::int64_t events = 0;
  std::int64_t units = 0;
  std::int64_t cells = 0;
  double base_rate = 0;  ///< fraction of the events with an effect
  std::vector<ComparedScore> scores;
  std::vector<std::optional<std::size_t>> best_baseline;  ///< of each figure, among the scores
};

/// Compares scores with a truth, with 95 % confidence intervals from `resamples` draws of the cells with
/// replacement, the same draws for every score. Collective.
AtRoot<ScoreComparison> compare_scores(AtRoot<ScoreQuestion> question, std::int64_t resamples,
                                       std::uint64_t seed, const Communicator& ranks,
                                       const ProgressCallback& progress = {});

}  // namespace dko
