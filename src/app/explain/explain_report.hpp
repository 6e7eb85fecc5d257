#pragma once
// What dko explain was asked, and how it tells the answer.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/options/direction_options.hpp"
#include "app/options/input.hpp"
#include "app/set_report.hpp"
#include "dko/base/csv_writer.hpp"
#include "dko/knockout/explanation.hpp"

namespace dko::app {

struct ExplainOptions {
  std::string model;
  InputOptions input;
  std::vector<std::string> knockout;
  std::vector<std::string> activate;
  double presence = 0;
  std::string cell;
  std::optional<Base> base;
  DirectionRequest direction;
  std::int64_t count = 10;
  ChangeOrder order = ChangeOrder::network_change;
  std::string out;
  SetOptions sets;
  bool all_genes = false;
  CommonOptions common;
};

/// One q-value for each gene; none where they were not computed.
struct DirectQValues {
  std::vector<std::optional<double>> of_genes;
  bool could_be = false;  // whether the mapping is of a kind that has some
};

/// A gene of K that the cells do not show with and without presence: what it does to others is unknown.
struct UnseenGene {
  std::int32_t gene = 0;
  bool is_added = false;
  std::string why = {};
  bool could_enter_by_level = false;  // most cells express it, and the mapping has no levels
};

/// One knockout, and what it takes to explain it.
struct Question {
  std::vector<std::int32_t> removed;  // ascending
  std::vector<std::int64_t> cells;
  std::vector<CollapsedMapping> members;
  Base base = Base::fitted;
  RelativeProfiles matrix;
  std::optional<FromTo> from_to = {};
  std::optional<Direction> direction = {};   // once it is found
  DirectQValues q_values = {};               // at root only
  std::vector<GeneSet> sets = {};            // likewise
  std::vector<UnseenGene> unseen = {};       // of K; likewise
  std::vector<std::int32_t> invisible = {};  // of all genes; likewise
  OtherChanges others = {};
};

/// "Trem2, Cd74"
std::string names_of(std::span<const std::int32_t> genes, const ExpressionMatrix& matrix);

/// All genes, as CSV.
void write_changes(const Question& question, const Explanation& explanation, bool has_q_values,
                   CsvWriter& csv);
/// Scores and the genes that change most, on standard output. Where no other gene changes beyond rescaling it
/// says so in place of rows of zeros (unless genes are ranked by change), and of genes of K that are not
/// visible that what they do is unknown.
void print_changes(const Question& question, const Explanation& explanation, const DirectQValues& q_values,
                   std::span<const UnseenGene> unseen, const ExplainOptions& options);
/// The same: `changed` counts the other genes that change beyond rescaling, `not_visible` has genes of K.
nlohmann::ordered_json to_json(const Question& question, const Explanation& explanation,
                               std::span<const UnseenGene> unseen, const ExplainOptions& options,
                               const Provenance& provenance);

}  // namespace dko::app
