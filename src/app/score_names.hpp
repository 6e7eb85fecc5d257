#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "dko/command_line/command_line.hpp"
#include "dko/knockout/score/measure.hpp"
#include "dko/knockout/screen/screen.hpp"
#include "dko/mapping/base_profile.hpp"
#include "dko/results/aggregate/cell_groups.hpp"
#include "dko/results/screen_file/screen_reader.hpp"

namespace dko::app {

/// What users call the arrays of scores, in options and in tables.
struct ScoreArrayName {
  ScoreArray array;
  std::string_view option;
  std::string_view title;
};

inline constexpr std::array score_arrays{ScoreArrayName{ScoreArray::singles, "single", "single knockouts"},
                                         ScoreArrayName{ScoreArray::pairs, "double", "double knockouts"},
                                         ScoreArrayName{ScoreArray::list, "list", "listed knockouts"}};

/// The values of an option --of.
std::vector<Choice<ScoreArray>> score_array_choices();

/// The value of an option such as --score, names with commas between. @throws UsageError for an unknown name,
/// or one that is there twice.
std::vector<Measure> measures_named(std::string_view list, std::string_view option = "--score");

/// The same where there must be one, to rank by. @throws UsageError
Measure ranking_measure_named(std::string_view text, std::string_view option);

/// The same where only stored scores make sense. @throws UsageError
ScoreSet scores_named(std::string_view list);

/// "impact, network".
std::string names_of(const std::vector<Measure>& measures);

/// @throws UsageError that says why a screen has not this measure of this array.
void require_measure(const ScreenReader& screen, ScoreArray array, const Measure& measure);

/// Says which profile the scores are changes of.
std::string base_note(Base base);
/// The same of what a screen's events are, where they are no knockouts; a line, or nothing.
std::string events_note(const ScreenReader& screen);

/// "120 cells", "120 cells, 80 of them screened".
std::string text_of_cells(std::int64_t cells, std::int64_t screened);
/// "type=A (120 cells)", "type=A (120 cells, 80 of them screened)".
std::string text_of_group(const ScreenReader& screen, const CellsOfGroup& group);

/// Titles of q-values of genes: of their network, and of their mean shift.
constexpr auto network_rates = "q_value";
constexpr auto shift_rates = "shift_q_value";

/// Q-values of all genes under a title: q_value of the network, shift_q_value of the mean shift.
struct GeneRates {
  std::string title;
  std::vector<double> values;
};

/// Those that the screen has.
std::vector<GeneRates> gene_rates(const ScreenReader& screen);

/// "0.034", "< 0.001"; "–" for NaN.
std::string q_value_text(double q);

/// What the q-values of effects in a column of this title are, and what they are not; a line.
std::string effect_q_note(std::string_view title);
/// The same of the columns of gene_rates(): a line each, or nothing.
std::string gene_rates_note(const ScreenReader& screen);
/// The same of q-values of tests, by Benjamini & Hochberg, of rows such as "genes"; a line.
std::string test_q_note(std::string_view rows);

/// That a list holds only the pairs that were selected, and by what.
std::string kept_note(const ScreenReader& screen);

/// @throws UsageError unless a screen, and its list where `of_list`, is of whole losses; `what` completes
///         "… of knockouts". Of dko export, which can write other events otherwise. Local.
void require_knockouts(const ScreenReader& screen, bool of_list, const std::string& what);

}  // namespace dko::app
