#include "dko/evaluation/event_agreement.hpp"

#include <catch2/catch.hpp>

#include "dko/base/random.hpp"
#include "dko/evaluation/score_comparison.hpp"

using namespace dko;

namespace {

double figure(const Figures& figures, EventFigure which) {
  return figures[static_cast<std::size_t>(which)].value();
}

bool has(const Figures& figures, EventFigure which) {
  return figures[static_cast<std::size_t>(which)].has_value();
}

/// Three genes in four cells, all of them scored; or as many as asked.
EventSample full_sample(std::int32_t all_genes = 3, std::int32_t all_cells = 4) {
  std::vector<std::int64_t> units;
  std::vector<std::int32_t> cells;
  for (std::int32_t cell = 0; cell < all_cells; ++cell) {
    for (std::int64_t gene = 0; gene < all_genes; ++gene) {
      units.push_back(700 - 7 * gene);
      cells.push_back(cell + 10);
    }
  }
  return make_event_sample(units, cells);
}

}  // namespace

TEST_CASE("events are numbered without gaps, in the order they come") {
  const EventSample sample = full_sample();
  CHECK(sample.units == 3);
  CHECK(sample.cells == 4);
  CHECK(sample.unit[4] == 1);
  CHECK(sample.cell[4] == 1);
}

TEST_CASE("the figures of a small table, by hand") {
  const EventSample sample = full_sample(11, 10);
  // Truth: gene g in cell c has g + c/20, the last gene an effect. The score orders the genes rightly in each
  // cell and the cells wrongly in each gene.
  std::vector<double> truth;
  std::vector<double> score;
  std::vector<bool> effect;
  for (int cell = 0; cell < 10; ++cell) {
    for (int gene = 0; gene < 11; ++gene) {
      truth.push_back(gene + cell / 20.0);
      score.push_back(gene - cell / 20.0);
      effect.push_back(gene == 10);
    }
  }
  const EventTruth of(sample, truth, effect);
  const Figures figures = of.compare(of.prepare(score));
  CHECK(figure(figures, EventFigure::of_means) == Approx(1));
  CHECK(figure(figures, EventFigure::within_unit) == Approx(-1));
  CHECK(figure(figures, EventFigure::within_cell) == Approx(1));
  CHECK(figure(figures, EventFigure::auroc) == 1);
  CHECK(figure(figures, EventFigure::auprc) == 1);
  CHECK(of.base_rate() == Approx(1.0 / 11));
  // Nine cells are too few for a correlation within a gene.
  const EventSample few = full_sample(11, 9);
  truth.resize(few.size());
  score.resize(few.size());
  effect.resize(few.size());
  const EventTruth of_few(few, truth, effect);
  CHECK_FALSE(has(of_few.compare(of_few.prepare(score)), EventFigure::within_unit));
  CHECK(has(of_few.compare(of_few.prepare(score)), EventFigure::within_cell));
}

TEST_CASE("an effect has no sign: what finds interactions is their size") {
  const EventSample sample = full_sample();
  const std::vector<double> score{-5, 1, 0, -4, 1, 0, -6, 1, 0, -3, 1, 0};
  std::vector<bool> effect;
  for (std::size_t event = 0; event < score.size(); ++event) effect.push_back(event % 3 == 0);
  const EventTruth of(sample, score, effect);
  CHECK(figure(of.compare(of.prepare(score)), EventFigure::auroc) == 1);
}

TEST_CASE("what is not defined is nothing: constants, single cells, empty classes") {
  const EventSample sample = full_sample();
  const std::vector<double> constant(sample.size(), 0.5);
  std::vector<double> truth;
  for (std::size_t event = 0; event < sample.size(); ++event) truth.push_back(static_cast<double>(event));
  const EventTruth all_effects(sample, truth, std::vector<bool>(sample.size(), true));
  const Figures figures = all_effects.compare(all_effects.prepare(constant));
  for (const EventFigure which : {EventFigure::over_events, EventFigure::of_means, EventFigure::within_unit,
                                  EventFigure::within_cell, EventFigure::auroc})
    CHECK_FALSE(has(figures, which));
  const EventSample lone = make_event_sample({5}, {0});
  const EventTruth one(lone, {0.3}, {true});
  const Figures of_one = one.compare(one.prepare({0.2}));
  CHECK_FALSE(has(of_one, EventFigure::over_events));
  CHECK_FALSE(has(of_one, EventFigure::auroc));
}

TEST_CASE("a constant is constant in its means too, in every resample") {
  // A tenth is not a binary fraction: three of them divided by three are not one.
  std::vector<std::int64_t> units;
  std::vector<std::int32_t> cells;
  std::vector<double> rising;
  for (std::int32_t cell = 0; cell < 7; ++cell) {
    for (std::int64_t gene = cell; gene < 6; ++gene) {
      units.push_back(gene);
      cells.push_back(cell);
      rising.push_back(static_cast<double>(gene));
    }
  }
  const EventSample sample = make_event_sample(units, cells);
  const EventTruth constant(sample, std::vector<double>(units.size(), 0.1),
                            std::vector<bool>(units.size(), true));
  const auto prepared = constant.prepare(rising);
  CHECK_FALSE(has(constant.compare(prepared), EventFigure::of_means));
  CHECK_FALSE(has(constant.compare(prepared, std::vector<double>{3, 1, 0, 7, 1, 2}), EventFigure::of_means));
}

TEST_CASE("a resample has the figures of the sample written out") {
  RandomStream stream(8, "events");
  std::vector<std::int64_t> units;
  std::vector<std::int32_t> cells;
  std::vector<double> truth;
  std::vector<double> score;
  std::vector<bool> effect;
  for (std::int32_t cell = 0; cell < 12; ++cell) {
    for (std::int64_t gene = 0; gene < 20; ++gene) {
      if (stream.below(4) == 0) continue;
      units.push_back(gene);
      cells.push_back(cell);
      truth.push_back(static_cast<double>(stream.below(20)));
      score.push_back(static_cast<double>(stream.below(20)));
      effect.push_back(truth.back() > 12);
    }
  }
  std::vector<double> weights;
  for (int cell = 0; cell < 12; ++cell) weights.push_back(static_cast<double>(stream.below(3)));
  std::vector<std::int64_t> all_units;
  std::vector<std::int32_t> all_cells;
  std::vector<double> all_truth;
  std::vector<double> all_score;
  std::vector<bool> all_effect;
  for (std::size_t event = 0; event < units.size(); ++event) {
    for (int copy = 0; copy < static_cast<int>(weights[static_cast<std::size_t>(cells[event])]); ++copy) {
      all_units.push_back(units[event]);
      all_cells.push_back(cells[event] + 100 * copy);  // a cell drawn twice is two cells
      all_truth.push_back(truth[event]);
      all_score.push_back(score[event]);
      all_effect.push_back(effect[event]);
    }
  }
  const EventSample sample = make_event_sample(units, cells);
  const EventSample written_out = make_event_sample(all_units, all_cells);
  const EventTruth of(sample, truth, effect);
  const EventTruth expected_of(written_out, all_truth, all_effect);
  const Figures figures = of.compare(of.prepare(score), weights);
  const Figures expected = expected_of.compare(expected_of.prepare(all_score));
  // Within a gene the resample asks for ten different cells, the sample written out for ten events.
  for (const EventFigure which : {EventFigure::over_events, EventFigure::of_means, EventFigure::within_cell,
                                  EventFigure::auroc, EventFigure::auprc})
    CHECK(figure(figures, which) == Approx(figure(expected, which)).epsilon(1e-12));
}

TEST_CASE("intervals hold the figure, and a score's lead over a worse one is above zero") {
  RandomStream stream(4, "scores");
  std::vector<std::int64_t> units;
  std::vector<std::int32_t> cells;
  ScoreQuestion question;
  std::vector<double> good;
  std::vector<double> bad;
  for (std::int32_t cell = 0; cell < 60; ++cell) {
    for (std::int64_t gene = 0; gene < 20; ++gene) {
      units.push_back(gene);
      cells.push_back(cell);
      question.truth.push_back(stream.uniform(0, 1));
      good.push_back(question.truth.back() + stream.uniform(0, 0.3));
      bad.push_back(question.truth.back() + stream.uniform(0, 5));
    }
  }
  question.sample = make_event_sample(units, cells);
  question.least_effect = 0.5;
  question.scores = {{"good", good}, {"bad", bad}};
  question.baselines = {1};
  const ScoreComparison comparison = *compare_scores(AtRoot(question), 100, 1, Communicator::one_rank());
  for (const ComparedScore& score : comparison.scores) {
    // Means over cells drawn with replacement are noisier than over the cells: their interval may lie below.
    for (const EventFigure which : {EventFigure::over_events, EventFigure::auroc, EventFigure::auprc}) {
      const auto at = static_cast<std::size_t>(which);
      CHECK(score.intervals[at]->low <= score.figures[at].value());
      CHECK(score.intervals[at]->high >= score.figures[at].value());
    }
  }
  CHECK(comparison.scores[0].over_baseline[0]->low > 0.3);
  CHECK(comparison.scores[1].over_baseline[0]->high == 0);
  CHECK(comparison.base_rate == Approx(0.5).margin(0.05));
  const ScoreComparison without = *compare_scores(AtRoot(question), 0, 1, Communicator::one_rank());
  CHECK_FALSE(without.scores[0].intervals[0].has_value());
}

TEST_CASE("fewer than ten cells give no interval, however often they are drawn") {
  ScoreQuestion question;
  question.sample = full_sample(12, 4);
  question.scores = {{"score", {}}};
  for (std::size_t event = 0; event < question.sample.size(); ++event) {
    question.truth.push_back(static_cast<double>(event % 5));
    question.scores[0].values.push_back(static_cast<double>(event % 7));
  }
  const ScoreComparison comparison = *compare_scores(AtRoot(question), 100, 1, Communicator::one_rank());
  CHECK(comparison.scores[0].figures[0].has_value());
  CHECK_FALSE(comparison.scores[0].intervals[0].has_value());
  CHECK(comparison.scores[0].units_compared == 0);
  CHECK(comparison.scores[0].cells_compared == 4);
}

TEST_CASE("the best of several baselines is the one to beat, figure by figure") {
  ScoreQuestion question;
  question.sample = full_sample();
  question.scores = {{"score", {}}, {"poor", {}}, {"good", {}}};
  for (std::size_t event = 0; event < question.sample.size(); ++event) {
    const auto value = static_cast<double>(event % 5);
    question.truth.push_back(value);
    question.scores[0].values.push_back(value);
    question.scores[1].values.push_back(-value);
    question.scores[2].values.push_back(value * value);
  }
  question.baselines = {1, 2};
  const ScoreComparison comparison = *compare_scores(AtRoot(question), 0, 1, Communicator::one_rank());
  CHECK(comparison.best_baseline[0] == 2U);
}
