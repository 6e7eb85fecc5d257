#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "dko/base/error.hpp"
#include "dko/base/text.hpp"
#include "dko/evaluation/score_comparison.hpp"
#include "dko/evaluation/truth_table.hpp"
#include "dko/evaluation/verdict.hpp"
#include "dko/parallel/collective.hpp"
#include "evaluation.hpp"
#include "event_scores.hpp"
#include "progress.hpp"
#include "table.hpp"

namespace dko::app {

namespace {

/// One of the truths that a table may hold, and the measures that predict it.
struct Question {
  std::string_view key;    // in JSON
  std::string_view title;  // in the report
  std::string_view task;   // in the verdict
  bool interactions;
  const std::vector<double> TruthTable::*truth;
};

constexpr std::array questions{
    Question{"all_change", "all that changes, the lost genes' own share included (K_true_vs_original)",
             "all that changes", false, &TruthTable::vs_original},
    Question{"network_change", "what goes through other genes (K_true_vs_renormalised)",
             "what goes through other genes", false, &TruthTable::vs_renormalised},
    Question{"interaction", "interaction of the two genes, in all that changes",
             "interaction in all that changes", true, &TruthTable::interaction},
    Question{"network_interaction", "interaction of the two genes, in what goes through others",
             "interaction through other genes", true, &TruthTable::network_interaction}};

template <class T>
void keep(std::vector<T>& values, const std::vector<bool>& kept, std::size_t per_event = 1) {
  if (values.empty()) return;
  std::vector<T> left;
  for (std::size_t at = 0; at < values.size(); ++at) {
    if (kept[at / per_event]) left.push_back(values[at]);
  }
  values = std::move(left);
}

/// Drops the events that were not scored; returns how many.
std::int64_t drop_unscored(TruthTable& truth, EventScores& scores) {
  const auto unscored = std::count(scores.found.begin(), scores.found.end(), false);
  keep(truth.genes, scores.found, static_cast<std::size_t>(truth.order));
  for (auto* values :
       {&truth.vs_original, &truth.vs_renormalised, &truth.interaction, &truth.network_interaction})
    keep(*values, scores.found);
  for (MeasuredEvents& measure : scores.measures) keep(measure.values, scores.found);
  keep(truth.cells, scores.found);
  return unscored;
}

/// The share of each knocked-out gene in the cell's expression, as measured: what needs no model. `order` an
/// event.
std::vector<double> shares_of(const TruthTable& truth, const ExpressionMatrix& profiles) {
  std::vector<double> shares;
  for (std::size_t at = 0; at < truth.genes.size(); ++at) {
    const std::int64_t cell = truth.cells[at / static_cast<std::size_t>(truth.order)];
    shares.push_back(static_cast<double>(profiles.value(cell, truth.genes[at])));
  }
  return shares;
}

/// Σ of the shares of an event's genes.
std::vector<double> summed(const std::vector<double>& shares, std::int64_t order) {
  std::vector<double> sums(shares.size() / static_cast<std::size_t>(order), 0.0);
  for (std::size_t at = 0; at < shares.size(); ++at) sums[at / static_cast<std::size_t>(order)] += shares[at];
  return sums;
}

/// −ab of a pair's shares: the interaction of losses that add up like chances, a + b − ab.
std::vector<double> overlaps(const std::vector<double>& shares) {
  std::vector<double> overlap;
  for (std::size_t at = 0; at < shares.size(); at += 2) overlap.push_back(-shares[at] * shares[at + 1]);
  return overlap;
}

EventSample sample_of(const TruthTable& truth, std::int64_t genes) {
  std::vector<std::int64_t> units;
  for (std::size_t event = 0; event < truth.cells.size(); ++event) {
    const auto first = static_cast<std::int64_t>(truth.genes[event * static_cast<std::size_t>(truth.order)]);
    units.push_back(truth.order == 1 ? first : first * genes + truth.genes[2 * event + 1]);
  }
  return make_event_sample(units, truth.cells);
}

const char* unit_of(std::int64_t order) {
  return order == 1 ? "gene" : "pair";
}

/// The question for compare_scores.
ScoreQuestion ask(const Question& question, const TruthTable& truth, const EventScores& scores,
                  const Evaluation& evaluation) {
  ScoreQuestion asked;
  asked.sample = sample_of(truth, evaluation.profiles.genes());
  asked.truth = truth.*question.truth;
  asked.least_effect = evaluation.least_effect;
  for (const MeasuredEvents& measure : scores.measures) {
    if (measure.measure.is_interaction == question.interactions)
      asked.scores.push_back({std::string(name_of(measure.measure).name), measure.values});
  }
  const auto add_baseline = [&](const char* name, std::vector<double> values) {
    asked.baselines.push_back(std::ssize(asked.scores));
    asked.scores.push_back({name, std::move(values)});
  };
  const std::vector<double> shares = shares_of(truth, evaluation.profiles);
  add_baseline("own share", summed(shares, truth.order));
  if (question.interactions) add_baseline("-product of own shares", overlaps(shares));
  return asked;
}

std::string table_text(const Question& question, const ScoreComparison& comparison, std::int64_t order,
                       double least_effect) {
  const char* unit = unit_of(order);
  std::vector<std::string> titles{"score", "Spearman over events", fmt::format("of {} means", unit),
                                  fmt::format("within {}", unit), "within cell"};
  const bool effects = question.key != "all_change";
  if (effects) titles.insert(titles.end(), {"AUROC", "AUPRC"});
  Table table(titles);
  for (const ComparedScore& score : comparison.scores) {
    std::vector<std::string> row{score.name};
    for (std::size_t figure = 0; figure + 1 < titles.size(); ++figure) {
      row.push_back(figure_text(score.figures[figure], score.intervals[figure]));
      const auto which = static_cast<EventFigure>(figure);
      if (which == EventFigure::within_unit) row.back() += fmt::format(" of {}", score.units_compared);
      if (which == EventFigure::within_cell) row.back() += fmt::format(" of {}", score.cells_compared);
    }
    table.add(row);
  }
  std::string text = fmt::format("  {}\n", question.title);
  if (effects) {
    text += fmt::format(
        "  {:.1f} % of the events have an effect above {:g}: the AUPRC of knowing nothing is {:.3f}\n",
        100 * comparison.base_rate, least_effect, comparison.base_rate);
  }
  return text + table.text();
}

nlohmann::ordered_json to_json(const ScoreComparison& comparison) {
  constexpr std::array names{"spearman_over_events",
                             "spearman_of_means",
                             "spearman_within_unit",
                             "spearman_within_cell",
                             "auroc",
                             "auprc"};
  nlohmann::ordered_json json{{"events", comparison.events},
                              {"units", comparison.units},
                              {"cells", comparison.cells},
                              {"base_rate", comparison.base_rate}};
  for (const ComparedScore& score : comparison.scores) {
    nlohmann::ordered_json entry;
    for (std::size_t figure = 0; figure < event_figures; ++figure) {
      entry[names[figure]] = {{"value", app::to_json(score.figures[figure])},
                              {"interval", app::to_json(score.intervals[figure])},
                              {"over_best_baseline", app::to_json(score.over_baseline[figure])}};
    }
    entry["units_compared"] = score.units_compared;
    entry["cells_compared"] = score.cells_compared;
    json["scores"][score.name] = entry;
  }
  return json;
}

/// In words, one or two sentences of a kind.
std::vector<std::string> verdicts_of(const Question& question, const ScoreComparison& comparison,
                                     std::int64_t order) {
  const std::string kind = order == 1 ? "single knockouts" : "double knockouts";
  const auto ranking = [&](const char* score) {
    return fmt::format("{}, ranking by {}: {}", kind, question.task,
                       ranking_verdict(comparison, score, unit_of(order), question.key != "all_change"));
  };
  if (question.key == "all_change") return {ranking("impact")};
  if (question.key == "interaction") return {ranking("interaction")};
  if (question.key == "network_interaction") return {ranking("network-interaction")};
  return {ranking("network"), fmt::format("{}, finding effects on other genes: {}", kind,
                                          finding_verdict(comparison, "network"))};
}

/// What is left out of the comparison, and why.
std::string left_out_text(const TruthTable::LeftOut& out, std::int64_t unscored) {
  std::string text;
  const auto add = [&](std::int64_t count, const std::string& why) {
    if (count > 0) text += fmt::format("  left out: {} {}\n", with_thousands(count), why);
  };
  add(out.unknown_gene, fmt::format("of genes that these data do not have, such as '{}'", out.gene_example));
  add(out.unknown_cell, fmt::format("in cells that these data do not have, such as '{}'", out.cell_example));
  add(out.not_expressed,
      "of a gene that its cell does not express in these data (it dropped out, or was never there)");
  add(out.leaves_nothing, "of all that the cell expresses in these data");
  add(unscored, "that the screen did not score");
  return text;
}

/// Much of a table that does not fit may mean that it is of other data, or numbers them otherwise. Empty if
/// it fits.
std::string misfit(const std::string& path, const TruthTable& truth) {
  constexpr double much = 0.05;
  const std::int64_t out = truth.left_out.total();
  if (static_cast<double>(out) <= much * static_cast<double>(out + truth.size())) return {};
  return fmt::format(
      "{}: {} of {} do not fit the data and are left out: counts drop out, but levels do not; it "
      "may be a table of other data, or numbered otherwise (numbers count from 0)",
      path, with_thousands(out), counted(out + truth.size(), "knockout"));
}

EventScores score_events(const TruthTable& truth, const Evaluation& evaluation) {
  if (!evaluation.members.empty())
    return scores_by_model(evaluation.members, evaluation.profiles, truth, evaluation.job.nodes);
  EventScores scores;
  on_root(evaluation.job.ranks(), [&] { scores = scores_in_screen(*evaluation.screen, truth); });
  return scores;
}

}  // namespace

ReportPart evaluate_truth(const std::string& path, const Evaluation& evaluation) {
  const Communicator& ranks = evaluation.job.ranks();
  ReportPart part;
  TruthTable truth;
  on_root(ranks, [&] {
    truth = read_truth(path, evaluation.profiles);
    if (const std::string words = misfit(path, truth); !words.empty()) {
      evaluation.job.log.warn("{}", words);
      part.verdicts.push_back(words + ".");
    }
  });
  EventScores scores = score_events(truth, evaluation);
  std::int64_t unscored = 0;
  on_root(ranks, [&] {
    unscored = drop_unscored(truth, scores);
    if (truth.size() == 0) throw InputError(fmt::format("{}: none of its knockouts is in the screen", path));
  });
  part.json = {{"truth", path},
               {"genes_each", truth.order},
               {"events", truth.size()},
               {"left_out", truth.left_out.total() + unscored}};
  part.text = fmt::format("{} against {}: {}\n{}", truth.order == 1 ? "single knockouts" : "double knockouts",
                          path, counted(truth.size(), "event"), left_out_text(truth.left_out, unscored));
  for (const Question& question : questions) {
    ScoreQuestion asked;
    std::int32_t answerable = 0;
    if (ranks.is_root() && !(truth.*question.truth).empty()) {
      asked = ask(question, truth, scores, evaluation);
      answerable = 1;
    }
    ranks.broadcast(answerable);
    if (answerable == 0) continue;
    const ScoreComparison comparison =
        compare_scores(std::move(asked), evaluation.resamples, evaluation.seed, ranks,
                       show_progress(evaluation.job.log, "resampling (rank 0's share)", "resamples"));
    if (!ranks.is_root()) continue;
    part.text += "\n" + table_text(question, comparison, truth.order, evaluation.least_effect);
    part.json[std::string(question.key)] = to_json(comparison);
    for (std::string& sentence : verdicts_of(question, comparison, truth.order))
      part.verdicts.push_back(std::move(sentence));
  }
  return part;
}

}  // namespace dko::app
