#include <fmt/format.h>

#include <array>
#include <string_view>

#include "app/table.hpp"
#include "dko/base/text.hpp"
#include "dko/evaluation/verdict.hpp"
#include "report_part.hpp"

namespace dko::app {

namespace {

struct EffectName {
  TrueEffect effect;
  std::string_view key;    // in JSON
  std::string_view title;  // in the report
  std::string_view task;   // in the verdict
};

/// As TrueEffect.
constexpr std::array effect_names{
    EffectName{TrueEffect::all_change, "all_change",
               "all that changes, the lost genes' own share included (K_true_vs_original)",
               "all that changes"},
    EffectName{TrueEffect::network_change, "network_change",
               "what goes through other genes (K_true_vs_renormalised)", "what goes through other genes"},
    EffectName{TrueEffect::interaction, "interaction", "interaction of the two genes, in all that changes",
               "interaction in all that changes"},
    EffectName{TrueEffect::network_interaction, "network_interaction",
               "interaction of the two genes, in what goes through others",
               "interaction through other genes"}};

const EffectName& name_of(TrueEffect effect) {
  return effect_names[static_cast<std::size_t>(effect)];
}

const char* unit_of(std::int64_t order) {
  return order == 1 ? "gene" : "pair";
}

std::string title_of(const EffectName& name, const TruthEvaluation& evaluation) {
  const bool of_share = name.effect == TrueEffect::all_change && evaluation.activates;
  return std::string(of_share ? "all that changes, the genes' own share included (K_true_vs_original)"
                              : name.title);
}

std::string table_text(const TruthEvaluation& evaluation, const EffectComparison& effect,
                       double least_effect) {
  const EffectName& name = name_of(effect.effect);
  const ScoreComparison& comparison = effect.comparison;
  const char* unit = unit_of(evaluation.order);
  std::vector<std::string> titles{"score", "Spearman over events", fmt::format("of {} means", unit),
                                  fmt::format("within {}", unit), "within cell"};
  const bool effects = name.effect != TrueEffect::all_change;
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
  std::string text = fmt::format("  {}\n", title_of(name, evaluation));
  if (effects) {
    text += fmt::format(
        "  {:.1f} % of the events have an effect above {:g}: the AUPRC of a random ranking (base rate) is "
        "{:.3f}\n",
        100 * comparison.base_rate, least_effect, comparison.base_rate);
  }
  return text + table.text();
}

nlohmann::ordered_json json_of(const ScoreComparison& comparison) {
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
      entry[names[figure]] = {{"value", to_json(score.figures[figure])},
                              {"interval", to_json(score.intervals[figure])},
                              {"over_best_baseline", to_json(score.over_baseline[figure])}};
    }
    entry["units_compared"] = score.units_compared;
    entry["cells_compared"] = score.cells_compared;
    json["scores"][score.name] = entry;
  }
  return json;
}

/// In words, one or two sentences of a kind.
std::vector<std::string> verdicts_of(const EffectName& name, const ScoreComparison& comparison,
                                     std::int64_t order, const std::string& kind) {
  const auto ranking = [&](const char* score) {
    return fmt::format(
        "{}, ranking by {}: {}", kind, name.task,
        ranking_verdict(comparison, score, unit_of(order), name.effect != TrueEffect::all_change));
  };
  if (name.effect == TrueEffect::all_change) return {ranking("impact")};
  if (name.effect == TrueEffect::interaction) return {ranking("interaction")};
  if (name.effect == TrueEffect::network_interaction) return {ranking("network-interaction")};
  return {ranking("network"), fmt::format("{}, finding effects on other genes: {}", kind,
                                          finding_verdict(comparison, "network"))};
}

/// What is left out of the comparison, and why.
std::string left_out_text(const TruthEvaluation& evaluation) {
  const TruthTable::LeftOut& out = evaluation.left_out;
  std::string text;
  const auto add = [&](std::int64_t count, const std::string& why) {
    if (count > 0) text += fmt::format("  left out: {} {}\n", with_thousands(count), why);
  };
  add(out.unknown_gene, fmt::format("of genes that these data do not have, such as '{}'", out.gene_example));
  add(out.unknown_cell, fmt::format("in cells that these data do not have, such as '{}'", out.cell_example));
  add(out.not_expressed,
      evaluation.activates
          ? "of a gene that its cell expresses in these data already"
          : "of a gene that its cell does not express in these data (it dropped out, or was never there)");
  add(out.leaves_nothing, evaluation.activates ? "in a cell that expresses nothing in these data"
                                               : "of all that the cell expresses in these data");
  add(evaluation.unscored, "that the screen did not score");
  return text;
}

}  // namespace

ReportPart truth_report(const std::string& path, const TruthEvaluation& evaluation, double least_effect) {
  const PerturbationKind of_genes{evaluation.activates, 0};
  const std::string kind =
      fmt::format("{} {}s", evaluation.order == 1 ? "single" : "double", words_of(of_genes).event);
  ReportPart part;
  if (!evaluation.misfit.empty()) part.verdicts.push_back(evaluation.misfit + ".");
  part.json = {{"truth", path},
               {"genes_each", evaluation.order},
               {"events", evaluation.events},
               {"left_out", evaluation.left_out.total() + evaluation.unscored}};
  add_event(of_genes, part.json);
  part.text = fmt::format("{} against {}: {}\n{}", kind, path, counted(evaluation.events, "event"),
                          left_out_text(evaluation));
  for (const EffectComparison& effect : evaluation.effects) {
    const EffectName& name = name_of(effect.effect);
    part.text += "\n" + table_text(evaluation, effect, least_effect);
    part.json[std::string(name.key)] = json_of(effect.comparison);
    for (std::string& sentence : verdicts_of(name, effect.comparison, evaluation.order, kind))
      part.verdicts.push_back(std::move(sentence));
  }
  return part;
}

}  // namespace dko::app
