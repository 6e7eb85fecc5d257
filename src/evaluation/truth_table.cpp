#include "dko/evaluation/truth_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include "dko/base/delimited.hpp"
#include "dko/base/error.hpp"
#include "dko/base/text.hpp"
#include "dko/evaluation/perturbation_kind.hpp"
#include "dko/knockout/events/event_columns.hpp"
#include "dko/knockout/events/event_list.hpp"

namespace dko {

namespace {

/// Where the values stand in a row.
struct ValueColumns {
  std::size_t vs_original;
  std::optional<std::size_t> vs_renormalised;
  std::vector<std::size_t> singles;  // of a pair; both or none
  std::vector<std::size_t> singles_renormalised;

  ValueColumns(const EventColumns& columns)
      : vs_original(columns.required("K_true_vs_original")),
        vs_renormalised(columns.optional("K_true_vs_renormalised")) {
    if (columns.order() != 2) return;
    singles = both(columns, "K_single1", "K_single2");
    if (vs_renormalised)
      singles_renormalised = both(columns, "K_single1_vs_renormalised", "K_single2_vs_renormalised");
  }

 private:
  static std::vector<std::size_t> both(const EventColumns& columns, const char* first, const char* second) {
    const auto one = columns.optional(first);
    const auto other = columns.optional(second);
    return one && other ? std::vector<std::size_t>{*one, *other} : std::vector<std::size_t>();
  }
};

/// A Bray-Curtis distance, perhaps rounded beyond its bounds.
double value_at(const DelimitedReader& row, std::size_t column) {
  constexpr double rounding = 1e-6;
  const std::string_view text = row.fields()[column];
  const auto value = parse_number(text);
  if (value && *value >= -rounding && *value <= 1 + rounding) return *value;
  throw InputError(fmt::format("{}: '{}' is not a number between 0 and 1", row.place(), text));
}

std::string_view event_word(bool activates) {
  return words_of({activates, 0}).event;
}

/// Scores are written with six digits and more: what a difference leaves below that is no interaction.
double interaction_of(double pair, double first, double second) {
  constexpr double residue = 1e-9;
  const double interaction = pair - first - second;
  return std::abs(interaction) < residue ? 0.0 : interaction;
}

class TruthReader {
 public:
  TruthReader(const std::filesystem::path& path, const ExpressionMatrix& matrix)
      : file_(path),
        columns_(file_, path),
        values_(columns_),
        matrix_(matrix),
        gene_index_(matrix.gene_index()),
        cell_index_(matrix.cell_index()),
        genes_(gene_index_, path.string()),
        cells_(cell_index_, path.string()) {
    truth_.order = columns_.order();
    if (truth_.order > 2) {
      throw InputError(
          fmt::format("{}: knockouts of {} genes; a truth table has one or two genes per knockout",
                      file_.place(), truth_.order));
    }
  }

  TruthTable read(Log& log) {
    while (file_.next()) read_row();
    refuse_numbers(genes_, matrix_.genes_left_out());
    refuse_numbers(cells_, matrix_.cells_left_out());
    // What is left out is counted and told by whoever asks.
    genes_.log_notes(log);
    cells_.log_notes(log);
    if (genes_.any_unknown()) truth_.left_out.gene_example = genes_.example();
    if (cells_.any_unknown()) truth_.left_out.cell_example = cells_.example();
    return std::move(truth_);
  }

 private:
  /// Numbers count in the whole file: those of what is left would be others.
  /// @throws InputError
  static void refuse_numbers(const NameLookup& lookup, const LeftOut& left_out) {
    if (!lookup.took_number() || left_out.empty()) return;
    throw InputError(fmt::format(
        "{}: has numbers of {}s, which count in the whole file, and some of its {}s are not used here: write "
        "names in their place, such as {}, or use all",
        lookup.place(0), lookup.index().kind(), lookup.index().kind(), shown_name(lookup.index().name(0))));
  }

  void read_row() {
    columns_.require_whole(file_);
    const std::vector<double> values = row_values();
    auto [genes, added] = columns_.signed_genes(file_, genes_);
    if (genes.empty()) {
      ++truth_.left_out.unknown_gene;
      return;
    }
    take_kind(added);
    const std::optional<std::int32_t> found = columns_.cell(file_, cells_);
    if (!found) {
      ++truth_.left_out.unknown_cell;
      return;
    }
    const std::int32_t cell = *found;
    std::sort(genes.begin(), genes.end());
    if (genes.front() == genes.back() && genes.size() > 1)
      throw InputError(fmt::format("{}: both genes of the pair are the same", file_.place()));
    if (!seen_.insert(event_key(genes, cell)).second)
      throw InputError(fmt::format("{}: this {} appears twice", file_.place(), event_word(truth_.activates)));
    if (!is_possible(genes, cell)) return;
    truth_.genes.insert(truth_.genes.end(), genes.begin(), genes.end());
    truth_.cells.push_back(cell);
    append(values);
  }

  /// @throws InputError if these genes are not of the kind of the rows before them, or not of one kind
  void take_kind(const std::vector<std::int32_t>& added) {
    const bool activates = added.front() == 1;
    if (std::count(added.begin(), added.end(), added.front()) != std::ssize(added))
      throw InputError(fmt::format(
          "{}: one gene is switched on (+) and the other lost, and a truth is of either", file_.place()));
    if (has_kind_ && activates != truth_.activates)
      throw InputError(
          fmt::format("{}: genes that are switched on (+) beside others that are lost: give each "
                      "a table of their own",
                      file_.place()));
    truth_.activates = activates;
    has_kind_ = true;
  }

  /// Counts what cannot happen in the cell as the data have it.
  bool is_possible(const std::vector<std::int32_t>& genes, std::int32_t cell) {
    const bool fits = std::all_of(genes.begin(), genes.end(), [&](std::int32_t gene) {
      return matrix_.expresses(cell, gene) != truth_.activates;
    });
    const std::int64_t lost = truth_.activates ? 0 : std::ssize(genes);
    if (!fits)
      ++truth_.left_out.not_expressed;
    else if (lost >= matrix_.expressed_count(cell))
      ++truth_.left_out.leaves_nothing;
    else
      return true;
    return false;
  }

  /// All values of the row, checked whether the row is used or not.
  std::vector<double> row_values() const {
    std::vector<double> values{value_at(file_, values_.vs_original)};
    if (values_.vs_renormalised) values.push_back(value_at(file_, *values_.vs_renormalised));
    for (const std::size_t column : values_.singles) values.push_back(value_at(file_, column));
    for (const std::size_t column : values_.singles_renormalised) values.push_back(value_at(file_, column));
    return values;
  }

  void append(const std::vector<double>& values) {
    auto next = values.begin();
    const double original = *next++;
    truth_.vs_original.push_back(original);
    const double renormalised = values_.vs_renormalised ? *next++ : 0.0;
    if (values_.vs_renormalised) truth_.vs_renormalised.push_back(renormalised);
    if (!values_.singles.empty()) {
      truth_.interaction.push_back(interaction_of(original, next[0], next[1]));
      next += 2;
    }
    if (!values_.singles_renormalised.empty())
      truth_.network_interaction.push_back(interaction_of(renormalised, next[0], next[1]));
  }

  DelimitedReader file_;
  EventColumns columns_;
  ValueColumns values_;
  const ExpressionMatrix& matrix_;
  NameIndex gene_index_;
  NameIndex cell_index_;
  NameLookup genes_;
  NameLookup cells_;
  std::set<EventKey> seen_;
  bool has_kind_ = false;
  TruthTable truth_;
};

}  // namespace

TruthTable read_truth(const std::filesystem::path& path, const ExpressionMatrix& matrix, Log& log) {
  TruthTable truth = TruthReader(path, matrix).read(log);
  if (truth.size() > 0) return truth;
  const TruthTable::LeftOut& out = truth.left_out;
  if (out.total() == 0) throw InputError(fmt::format("{}: lists no knockouts", path.string()));
  throw InputError(fmt::format(
      "{}: none of its {}s fits these data: {} with unknown genes{}, {} in unknown cells{}, {} {}",
      path.string(), event_word(truth.activates), with_thousands(out.unknown_gene),
      out.gene_example.empty() ? "" : fmt::format(" (such as '{}')", out.gene_example),
      with_thousands(out.unknown_cell),
      out.cell_example.empty() ? "" : fmt::format(" (such as '{}')", out.cell_example),
      with_thousands(out.not_expressed + out.leaves_nothing),
      truth.activates ? "of genes that the cell expresses already, or where it expresses none"
                      : "of genes that the cell does not express, or of all that it expresses"));
}

}  // namespace dko
