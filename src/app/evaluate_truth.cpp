#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "dko/base/error.hpp"
#include "dko/base/text.hpp"
#include "dko/evaluation/score_comparison.hpp"
#include "dko/evaluation/truth_table.hpp"
#include "dko/parallel/collective.hpp"
#include "evaluation.hpp"
#include "event_scores.hpp"
#include "table.hpp"

namespace dko::app {

namespace {

constexpr auto own_share = "own share";

/// One of the truths that a table may hold, and the measures that predict it.
struct Question {
  std::string_view key;    // in JSON
  std::string_view title;  // in the report
  bool interactions;
  const std::vector<double> TruthTable::*truth;
};

constexpr std::array questions{
    Question{"all_change", "all that changes, the lost genes' own share included (K_true_vs_original)", false,
             &TruthTable::vs_original},
    Question{"network_change", "what goes through other genes (K_true_vs_renormalised)", false,
             &TruthTable::vs_renormalised},
    Question{"interaction", "interaction of the two genes, in all that changes", true,
             &TruthTable::interaction},
    Question{"network_interaction", "interaction of the two genes, in what goes through others", true,
             &TruthTable::network_interaction}};

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

/// The share of the knocked-out genes in the cell's expression, as measured: a score that needs no model.
std::vector<double> own_shares(const TruthTable& truth, const ExpressionMatrix& profiles) {
  std::vector<double> shares(truth.cells.size(), 0.0);
  for (std::size_t at = 0; at < truth.genes.size(); ++at) {
    const std::size_t event = at / static_cast<std::size_t>(truth.order);
    const auto genes = profiles.expressed(truth.cells[event]);
    const auto place = std::lower_bound(genes.begin(), genes.end(), truth.genes[at]) - genes.begin();
    shares[event] +=
        static_cast<double>(profiles.values(truth.cells[event])[static_cast<std::size_t>(place)]);
  }
  return shares;
}

EventSample sample_of(const TruthTable& truth, std::int64_t genes) {
  std::vector<std::int64_t> units;
  for (std::size_t event = 0; event < truth.cells.size(); ++event) {
    const auto first = static_cast<std::int64_t>(truth.genes[event * static_cast<std::size_t>(truth.order)]);
    units.push_back(truth.order == 1 ? first : first * genes + truth.genes[2 * event + 1]);
  }
  return make_event_sample(units, truth.cells);
}

/// The question for compare_scores; without scores where nothing predicts this truth.
ScoreQuestion ask(const Question& question, const TruthTable& truth, const EventScores& scores,
                  const Evaluation& evaluation) {
  ScoreQuestion asked{
      sample_of(truth, evaluation.profiles.genes()), truth.*question.truth, evaluation.least_effect, {}, -1};
  for (const MeasuredEvents& measure : scores.measures) {
    if (measure.measure.is_interaction == question.interactions)
      asked.scores.push_back({std::string(name_of(measure.measure).name), measure.values});
  }
  if (question.interactions) return asked;
  asked.baseline = std::ssize(asked.scores);
  asked.scores.push_back({own_share, own_shares(truth, evaluation.profiles)});
  return asked;
}

std::string table_text(const Question& question, const ScoreComparison& comparison, std::int64_t order,
                       double least_effect) {
  const char* unit = order == 1 ? "gene" : "pair";
  std::vector<std::string> titles{"score", "Spearman over events", fmt::format("of {} means", unit),
                                  fmt::format("within {}", unit), "within cell"};
  const bool effects = question.key != "all_change";
  if (effects) titles.insert(titles.end(), {"AUROC", "AUPRC"});
  Table table(titles);
  for (const ComparedScore& score : comparison.scores) {
    std::vector<std::string> row{score.name};
    for (std::size_t figure = 0; figure + 1 < titles.size(); ++figure)
      row.push_back(figure_text(score.figures[figure], score.intervals[figure]));
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
                              {"over_own_share", app::to_json(score.over_baseline[figure])}};
    }
    json["scores"][score.name] = entry;
  }
  return json;
}

const ComparedScore* find(const ScoreComparison& comparison, std::string_view name) {
  const auto found = std::find_if(comparison.scores.begin(), comparison.scores.end(),
                                  [&](const ComparedScore& score) { return score.name == name; });
  return found == comparison.scores.end() ? nullptr : &*found;
}

/// What is asked of a score in a verdict.
struct Task {
  const char* score;
  EventFigure figure;
  const char* figure_name;
  std::string words;
};

/// Whether the score beats the own share of the lost genes.
std::string against_own_share(const ScoreComparison& comparison, const Task& task) {
  const auto figure = static_cast<std::size_t>(task.figure);
  const ComparedScore* score = find(comparison, task.score);
  if (score == nullptr) return fmt::format("{}: {} is not among the scores.", task.words, task.score);
  const ComparedScore& share = *find(comparison, own_share);
  const auto& value = score->figures[figure];
  if (!value) {
    return fmt::format("{}: cannot be judged, the truth or the score does not vary.", task.words);
  }
  if (!share.figures[figure]) {
    return fmt::format("{}: {} reaches {} {:.3f}; the own share does not vary.", task.words, task.score,
                       task.figure_name, *value);
  }
  const std::string figures =
      fmt::format("{} {:.3f} against {:.3f}", task.figure_name, *value, *share.figures[figure]);
  const auto& over = score->over_baseline[figure];
  if (!over) return fmt::format("{}: {}, {}; without intervals no verdict.", task.words, task.score, figures);
  return fmt::format(
      "{}: {} {} the own share of the lost genes: {}, difference {:+.3f}, 95 % interval {:+.3f} to {:+.3f}.",
      task.words, task.score, comparison_word(*over), figures, *value - *share.figures[figure], over->low,
      over->high);
}

/// Whether the score finds events with an effect more often than chance does.
std::string against_chance(const ScoreComparison& comparison, const Task& task) {
  const auto figure = static_cast<std::size_t>(task.figure);
  const ComparedScore* score = find(comparison, task.score);
  if (score == nullptr || !score->figures[figure] || !score->intervals[figure]) return {};
  const double chance = comparison.base_rate;
  const Interval& interval = *score->intervals[figure];
  return fmt::format(" It {} chance, {:.3f}.",
                     comparison_word({interval.low - chance, interval.high - chance}), chance);
}

std::string of_interactions(const ScoreComparison& comparison, const std::string& name) {
  const ComparedScore* score = find(comparison, name);
  const auto figure = static_cast<std::size_t>(EventFigure::over_events);
  if (score == nullptr || !score->figures[figure] || !score->intervals[figure])
    return fmt::format(
        "{}: cannot be judged, the true or the predicted one does not vary, or no interval was drawn.", name);
  const Interval& interval = *score->intervals[figure];
  const char* word = interval.low > 0    ? "goes with the true one"
                     : interval.high < 0 ? "goes against the true one"
                                         : "does not go with the true one";
  return fmt::format("{}: the predicted one {}: Spearman {:.3f}, 95 % interval {:.3f} to {:.3f}.", name, word,
                     *score->figures[figure], interval.low, interval.high);
}

std::string verdict(const Question& question, const ScoreComparison& comparison, std::int64_t order) {
  const std::string kind = order == 1 ? "single knockouts" : "double knockouts";
  if (question.key == "all_change") {
    return against_own_share(
        comparison, {"impact", EventFigure::over_events, "Spearman", kind + ", ranking by all that changes"});
  }
  if (question.key == "network_change") {
    if (!(comparison.base_rate > 0 && comparison.base_rate < 1)) {
      return fmt::format("{}, finding effects on other genes: cannot be judged, {} of them has one.", kind,
                         comparison.base_rate > 0 ? "every one" : "none");
    }
    const Task task{"network", EventFigure::auprc, "AUPRC", kind + ", finding effects on other genes"};
    return against_own_share(comparison, task) + against_chance(comparison, task);
  }
  return of_interactions(comparison, question.key == "interaction" ? "interaction" : "network-interaction");
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
      "of genes that the cell does not express in these data, or of all that it expresses");
  add(unscored, "that the screen did not score");
  return text;
}

EventScores score_events(const TruthTable& truth, const Evaluation& evaluation) {
  if (evaluation.mapping != nullptr)
    return scores_by_model(*evaluation.mapping, evaluation.profiles, truth, evaluation.job.nodes);
  EventScores scores;
  on_root(evaluation.job.ranks(), [&] { scores = scores_in_screen(*evaluation.screen, truth); });
  return scores;
}

}  // namespace

ReportPart evaluate_truth(const std::string& path, const Evaluation& evaluation) {
  const Communicator& ranks = evaluation.job.ranks();
  TruthTable truth;
  on_root(ranks, [&] { truth = read_truth(path, evaluation.profiles); });
  EventScores scores = score_events(truth, evaluation);
  std::int64_t unscored = 0;
  on_root(ranks, [&] {
    unscored = drop_unscored(truth, scores);
    if (truth.size() == 0) throw InputError(fmt::format("{}: none of its knockouts is in the screen", path));
  });
  ReportPart part;
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
      answerable = asked.scores.empty() ? 0 : 1;
    }
    ranks.broadcast(answerable);
    if (answerable == 0) continue;
    const ScoreComparison comparison =
        compare_scores(std::move(asked), evaluation.resamples, evaluation.seed, ranks);
    if (!ranks.is_root()) continue;
    part.text += "\n" + table_text(question, comparison, truth.order, evaluation.least_effect);
    part.json[std::string(question.key)] = to_json(comparison);
    part.verdicts.push_back(verdict(question, comparison, truth.order));
  }
  return part;
}

}  // namespace dko::app
