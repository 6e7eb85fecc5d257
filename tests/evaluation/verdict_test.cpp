#include "dko/evaluation/verdict.hpp"

#include <catch2/catch.hpp>

using namespace dko;
using Catch::Contains;

namespace {

/// A score and a baseline of which all figures are the same.
ScoreComparison comparison_of(double score, Interval interval, double baseline, Interval over) {
  ScoreComparison comparison{1000, 20, 50,
                             0.2,  {}, std::vector<std::optional<std::size_t>>(event_figures, 1)};
  comparison.scores.push_back({"score", Figures(event_figures, score), {}, {}, 20, 50});
  comparison.scores.push_back({"own share", Figures(event_figures, baseline), {}, {}, 20, 50});
  for (ComparedScore& compared : comparison.scores) {
    compared.intervals.assign(event_figures, interval);
    compared.over_baseline.assign(event_figures, over);
  }
  return comparison;
}

std::optional<Interval>& lead(ScoreComparison& comparison, EventFigure which) {
  return comparison.scores[0].over_baseline[static_cast<std::size_t>(which)];
}

}  // namespace

TEST_CASE("a word for a difference: only what the interval bears") {
  CHECK(std::string(comparison_word({0.1, 0.2})) == "beats");
  CHECK(std::string(comparison_word({-0.1, 0.2})) == "does no better than");
  CHECK(std::string(comparison_word({-0.2, -0.1})) == "falls behind");
  CHECK(std::string(comparison_word({-0.2, -0.1}, -1)) == "beats");
  CHECK(std::string(comparison_word({0.1, 0.2}, -1)) == "falls behind");
}

TEST_CASE("ranking: against the baseline, and otherwise within genes") {
  ScoreComparison comparison = comparison_of(0.7, {0.65, 0.75}, 0.5, {0.1, 0.3});
  CHECK_THAT(ranking_verdict(comparison, "score", "gene", false),
             Contains("score beats own share: Spearman 0.700 against 0.500") && !Contains("Within"));
  lead(comparison, EventFigure::within_unit) = Interval{-0.5, -0.4};
  CHECK_THAT(ranking_verdict(comparison, "score", "gene", false),
             Contains("Within genes it falls behind own share"));
  CHECK_THAT(ranking_verdict(comparison, "other", "gene", false), Contains("not stored"));
}

TEST_CASE("ranking without an interval, without a baseline, without a figure: no verdict") {
  ScoreComparison comparison = comparison_of(0.7, {0.65, 0.75}, 0.5, {0.1, 0.3});
  lead(comparison, EventFigure::over_events).reset();
  comparison.scores[0].intervals.assign(event_figures, std::nullopt);
  CHECK_THAT(ranking_verdict(comparison, "score", "gene", false),
             Contains("no verdict without intervals") && !Contains("beats"));
  comparison.scores[0].figures.assign(event_figures, std::nullopt);
  CHECK_THAT(ranking_verdict(comparison, "score", "gene", false), Contains("does not vary"));
  ScoreComparison alone = comparison_of(0.7, {0.65, 0.75}, 0.5, {0.1, 0.3});
  alone.best_baseline.assign(event_figures, std::nullopt);
  CHECK_THAT(ranking_verdict(alone, "score", "gene", false), Contains("no baseline varies"));
}

TEST_CASE("finding effects takes both: better than chance and than the baseline") {
  CHECK_THAT(finding_verdict(comparison_of(0.7, {0.65, 0.75}, 0.1, {0.5, 0.7}), "score"),
             Contains("score finds them") && Contains("it beats chance, 0.200, and beats own share, 0.100"));
  // Better than an own share that is worse than chance, but not than chance.
  CHECK_THAT(finding_verdict(comparison_of(0.21, {0.15, 0.25}, 0.1, {0.05, 0.15}), "score"),
             Contains("does not find them") && Contains("does no better than chance"));
  ScoreComparison none = comparison_of(0.7, {0.65, 0.75}, 0.1, {0.5, 0.7});
  none.base_rate = 0;
  CHECK_THAT(finding_verdict(none, "score"), Contains("none of them has one"));
  none.base_rate = 1;
  CHECK_THAT(finding_verdict(none, "score"), Contains("every one of them has one"));
}

TEST_CASE("verdicts tell where a figure says little") {
  CHECK_THAT(ranking_verdict(comparison_of(0.1, {0.08, 0.12}, 0.05, {0.02, 0.07}), "score", "gene", false),
             Contains("beats") && Contains("Both are weak"));
  ScoreComparison comparison = comparison_of(0.7, {0.65, 0.75}, 0.5, {0.1, 0.3});
  lead(comparison, EventFigure::auroc) = Interval{-0.2, -0.1};
  CHECK_THAT(ranking_verdict(comparison, "score", "pair", true),
             Contains("In AUROC it falls behind own share"));
  CHECK_THAT(ranking_verdict(comparison, "score", "pair", false), !Contains("AUROC"));
  comparison.base_rate = 0.9;
  comparison.scores[0].intervals.assign(event_figures, Interval{0.95, 0.97});
  CHECK_THAT(finding_verdict(comparison, "score"), Contains("finds them") && Contains("Most have an effect"));
}

namespace {

/// A predictor with this mean distance; the mapping's is less than it by the interval.
ProfilePredictor predictor(std::string name, double distance, std::optional<Interval> lead_of_mapping) {
  ProfilePredictor made;
  made.name = std::move(name);
  made.agreement.bray_curtis = distance;
  made.agreement.spearman_within_gene = distance / 2;
  made.mapping_less_this = lead_of_mapping;
  return made;
}

/// An agreement with so many other genes to compare with.
KnockoutAgreement agreement(double spearman, double p, std::size_t others) {
  KnockoutAgreement made;
  made.agreement.spearman = spearman;
  made.null.assign(others, 0.1);
  made.p = p;
  return made;
}

}  // namespace

TEST_CASE("held-out profiles: against the best of the baselines, less is better") {
  const auto verdict = [](std::optional<Interval> lead) {
    return prediction_verdict({predictor("mapping", 0.3, {}),
                               predictor("ridge per gene", 0.4, Interval{-1, 1}),
                               predictor("mean share", 0.35, lead)});
  };
  CHECK_THAT(verdict(Interval{-0.06, -0.04}),
             Contains("the mapping beats the best baseline, mean share: Bray-Curtis 0.3000 against 0.3500") &&
                 Contains("Within genes it reaches 0.150 against 0.175"));
  CHECK_THAT(verdict(Interval{-0.06, 0.01}), Contains("does no better than"));
  CHECK_THAT(verdict(Interval{0.01, 0.06}), Contains("falls behind"));
  CHECK_THAT(verdict(std::nullopt), Contains("no verdict without intervals") && !Contains("beats"));
}

TEST_CASE("a real knockout: p of 0.01 convinces, above 0.1 nothing does, between the two is undecided") {
  const auto verdict = [](double spearman, double p, std::size_t others) {
    return knockout_verdict(agreement(spearman, p, others), agreement(0.2, 0.5, others), "Trem2");
  };
  CHECK_THAT(verdict(0.4, 0.01, 99), Contains("goes with the real one better than") &&
                                         Contains("Cells that lack it anyway reach 0.200"));
  CHECK_THAT(verdict(0.4, 0.011, 99), Contains("undecidedly so"));
  CHECK_THAT(verdict(0.4, 0.1, 99), Contains("undecidedly so"));
  CHECK_THAT(verdict(0.4, 0.101, 99), Contains("no better than"));
  CHECK_THAT(verdict(-0.4, 0.001, 99), Contains("no better than"));
  CHECK_THAT(verdict(0.4, 0.05, 19), Contains("undecidedly so"));
  CHECK_THAT(verdict(0.4, 0.01, 18), Contains("cannot be judged with only 18 other genes"));
  KnockoutAgreement none;
  CHECK_THAT(knockout_verdict(none, none, "Trem2"), Contains("cannot be judged"));
  CHECK_THAT(knockout_verdict(none, none, "Trem2", {true, 0}),
             Contains("real activation of Trem2: cannot be judged, too few cells lack it"));
}
