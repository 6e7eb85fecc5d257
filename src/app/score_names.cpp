#include "score_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "dko/base/error.hpp"
#include "dko/base/pieces.hpp"
#include "dko/base/text.hpp"

namespace dko::app {

namespace {

/// @throws UsageError for a column of q-values, which ranks nothing: says what does, and what to sort.
void refuse_q_values(std::string_view text, std::string_view option) {
  const bool of_shift = text == "shift_q_value" || text == "shift-q-value";
  if (!of_shift && text != "q_value" && text != "q-value") return;
  throw UsageError(
      fmt::format("{} {}: a q-value is no score of a knockout, and many genes have the same one: rank by {}, "
                  "and sort the column {} of dko summarize --gene-table FILE",
                  option, text, of_shift ? "shift" : "network", of_shift ? "shift_q_value" : "q_value"));
}

Measure measure_named(std::string_view text, std::string_view option) {
  const auto found = std::find_if(measure_names.begin(), measure_names.end(),
                                  [&](const MeasureName& name) { return name.name == text; });
  if (found != measure_names.end()) return found->measure;
  std::string known;
  for (const MeasureName& name : measure_names) {
    const char* joint = known.empty() ? "" : &name == &measure_names.back() ? " and " : ", ";
    known += fmt::format("{}{}", joint, name.name);
  }
  throw UsageError(fmt::format("{} knows {}, not '{}'", option, known, text));
}

}  // namespace

std::vector<Choice<ScoreArray>> score_array_choices() {
  std::vector<Choice<ScoreArray>> choices;
  for (const ScoreArrayName& name : score_arrays) choices.push_back({std::string(name.option), name.array});
  return choices;
}

std::vector<Measure> measures_named(std::string_view list, std::string_view option) {
  std::vector<Measure> measures;
  for (const std::string_view piece : pieces_of(list)) {
    const Measure measure = measure_named(trimmed(piece), option);
    if (std::find(measures.begin(), measures.end(), measure) != measures.end()) {
      throw UsageError(fmt::format("{} names {} twice", option, name_of(measure).name));
    }
    measures.push_back(measure);
  }
  return measures;
}

Measure ranking_measure_named(std::string_view text, std::string_view option) {
  refuse_q_values(trimmed(text), option);
  const std::vector<Measure> measures = measures_named(text, option);
  if (measures.size() > 1) throw UsageError(fmt::format("{}: give exactly one score to rank by", option));
  return measures.front();
}

std::string names_of(const std::vector<Measure>& measures) {
  std::string list;
  for (const Measure& measure : measures)
    list += fmt::format("{}{}", list.empty() ? "" : ", ", name_of(measure).name);
  return list;
}

ScoreSet scores_named(std::string_view list) {
  ScoreSet scores;
  for (const Measure& measure : measures_named(list)) {
    if (measure.is_interaction) {
      throw UsageError(
          "--score: interactions follow from the scores of pairs and singles when a screen is read (dko top, "
          "dko export); store these");
    }
    if (!is_proper(measure.score)) {
      throw UsageError(
          is_deviation(measure.score)
              ? "--score: the standard deviation of each score is stored beside it whenever there "
                "are several members, without asking"
              : "--score: the share is stored beside the scores of single knockouts without asking");
    }
    scores[measure.score] = true;
  }
  return scores;
}

namespace {

const char* why_missing(const ScreenReader& screen, ScoreArray array, const Measure& measure) {
  if (measure.is_interaction) {
    return "interactions are of two genes, and need the same score of the pair and of both single knockouts "
           "in "
           "the file";
  }
  if (measure.score == Score::share) {
    return array == ScoreArray::singles ? "it was made without, by an earlier version; screen again"
                                        : "it is that of the single knockouts of its genes, and the file has "
                                          "none, or not all, or none with a share";
  }
  if (is_directed(measure.score) && !screen.direction()) return "it was made without --from and --toward";
  if (measure.score == Score::approach && array == ScoreArray::pairs)
    return "all pairs have no approach: list those of interest in --events";
  if (is_deviation(measure.score) && screen.members() == 1)
    return "it was made with one mapping, and standard deviations are over several";
  return "it was made without; screen again with --score impact,network";
}

}  // namespace

void require_measure(const ScreenReader& screen, ScoreArray array, const Measure& measure) {
  if (screen.has(array, measure)) return;
  const auto kind = std::find_if(score_arrays.begin(), score_arrays.end(),
                                 [&](const ScoreArrayName& name) { return name.array == array; });
  throw UsageError(fmt::format("the screen has no {} of its {}: {}", name_of(measure).name, kind->title,
                               why_missing(screen, array, measure)));
}

std::string base_note(Base base) {
  return fmt::format("base profile: {}", name_of(base));
}

std::string events_note(const ScreenReader& screen) {
  std::string note;
  if (screen.activates())
    note += "genes that the cells lack are switched on (+); the share is the predicted one\n";
  if (screen.has(ScoreArray::list) && screen.list_adds_genes())
    note += "in the list + is before genes that are switched on, - before genes that are lost\n";
  if (const double presence = screen.presence(); presence > 0)
    note += fmt::format("knockdown: lost genes keep {:g} of their presence and of their share\n", presence);
  return note;
}

void require_knockouts(const ScreenReader& screen, bool of_list, const std::string& what) {
  const bool adds =
      screen.activates() || (of_list && screen.has(ScoreArray::list) && screen.list_adds_genes());
  if (adds || screen.presence() > 0)
    throw UsageError(
        fmt::format("{} of knockouts: this screen {}; --single, --double and --list have its events", what,
                    adds ? "switches genes on" : "leaves lost genes a part of their presence"));
}

std::string kept_note(const ScreenReader& screen) {
  return fmt::format("the list holds only the double knockouts that were kept ({} by {})", screen.keep(),
                     screen.keep_by());
}

std::string text_of_cells(std::int64_t cells, std::int64_t screened) {
  return counted(cells, "cell") +
         (screened < cells ? fmt::format(", {} of them screened", with_thousands(screened)) : "");
}

std::string text_of_group(const ScreenReader& screen, const CellsOfGroup& group) {
  const CellGroups& groups = *group.groups;
  const auto at = static_cast<std::size_t>(group.group);
  return fmt::format("{}={} ({})", groups.column, groups.labels[at],
                     text_of_cells(groups.sizes[at], cells_with_knockouts(screen, group)));
}

std::vector<GeneRates> gene_rates(const ScreenReader& screen) {
  std::vector<GeneRates> all;
  if (auto rates = screen.gene_q_values(); !rates.empty()) all.push_back({network_rates, std::move(rates)});
  if (auto direction = screen.direction(); direction && !direction->q_values.empty())
    all.push_back({shift_rates, std::move(direction->q_values)});
  return all;
}

std::string effect_q_note(std::string_view title) {
  return fmt::format(
      "{}: expected part of false effects among all with a q-value this low or lower, by decoys; 1: none "
      "beyond "
      "chance was found, not that there is none\n",
      title);
}

std::string gene_rates_note(const ScreenReader& screen) {
  std::string note;
  for (const GeneRates& rates : gene_rates(screen)) {
    if (rates.title == network_rates)
      note += effect_q_note(fmt::format("{} (the lowest of the gene's effects on others)", rates.title));
    else
      note += fmt::format(
          "{}: expected part of genes whose mean shift is due to chance among all with a q-value this low or "
          "lower; it does not say how far they shift\n",
          rates.title);
  }
  return note;
}

std::string test_q_note(std::string_view rows) {
  return fmt::format(
      "q: expected part that differs by chance among all {} with a q this low or lower (Benjamini & "
      "Hochberg); "
      "not the size of the difference\n",
      rows);
}

std::string q_value_text(double q) {
  constexpr double least = 0.001;
  if (std::isnan(q)) return "–";
  return q < least ? "< 0.001" : fmt::format("{:.3f}", q);
}

}  // namespace dko::app
