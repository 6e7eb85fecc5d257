#include "summary_tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <iostream>
#include <nlohmann/json.hpp>

#include "app/score_names.hpp"
#include "app/table.hpp"
#include "dko/base/numbers.hpp"
#include "dko/base/text.hpp"
#include "dko/mapping/visibility.hpp"

namespace dko::app {

namespace {

/// What a measure has in a row: impact_mean, impact_sd, and same_sign or network_same_sign.
struct Column {
  enum class Kind { mean, sd, same_sign };

  std::string title;
  std::size_t measure;  ///< its place in the table
  Kind kind;

  /// Gives the value to `use`, a mean as double, else as float: as many digits are written.
  template <class Use>
  auto with_value(const KnockoutSummary& row, Use use) const {
    const OverCells& of = row.of[measure];
    return kind == Kind::mean ? use(of.mean) : use(kind == Kind::sd ? of.sd : of.same_sign);
  }
  /// Whether it is the standard deviation of a single cell, which has none.
  bool is_missing(const KnockoutSummary& row) const {
    return kind == Kind::sd && std::isnan(row.of[measure].sd);
  }
  std::string text(const KnockoutSummary& row) const {
    if (is_missing(row)) return "–";
    return with_value(
        row, [this](auto value) { return fmt::format("{:.{}f}", value, kind == Kind::same_sign ? 3 : 6); });
  }
};

/// The columns of the measures at these places of a table.
std::vector<Column> columns_of(const SummaryTable& table, const std::vector<std::size_t>& places) {
  std::vector<Column> columns;
  for (const std::size_t at : places) {
    const Measure& measure = table.measures[at];
    const std::string name = column_name(measure);
    columns.push_back({name + "_mean", at, Column::Kind::mean});
    if (!is_deviation(measure.score)) columns.push_back({name + "_sd", at, Column::Kind::sd});
    if (measure.is_interaction) {
      const std::string of =
          measure.score == Score::impact ? "" : std::string(name_of(Measure{measure.score}).name) + "_";
      columns.push_back({of + "same_sign", at, Column::Kind::same_sign});
    }
  }
  return columns;
}

/// All columns, in the order of the measures.
std::vector<Column> columns_of(const SummaryTable& table) {
  const auto places = numbers_below<std::size_t>(table.measures.size());
  return columns_of(table, places);
}

/// Which genes of a row are not visible: of one gene why, of a pair their names; "" if all are.
std::string hidden_text(const ScreenReader& screen, const std::vector<GeneVisibility>& visibility,
                        const KnockoutSummary& row, std::size_t genes) {
  if (genes == 1) return why_not_visible(visibility[static_cast<std::size_t>(row.genes[0])]);
  std::string text;
  for (std::size_t at = 0; at < genes; ++at) {
    const std::int32_t gene = row.genes[at];
    if (is_visible(visibility[static_cast<std::size_t>(gene)])) continue;
    text += (text.empty() ? "" : ", ") + screen.gene_names()[static_cast<std::size_t>(gene)];
  }
  return text;
}

const GeneVisibility& of_row(const std::vector<GeneVisibility>& visibility, const KnockoutSummary& row) {
  return visibility[static_cast<std::size_t>(row.genes[0])];
}

/// Q-values of the genes of a table; empty of pairs, and where they were not computed.
std::vector<GeneRates> q_values_of(const ScreenReader& screen, const Part& part) {
  return genes_of(part) == 1 ? gene_rates(screen) : std::vector<GeneRates>();
}

double of_row(const GeneRates& rates, const KnockoutSummary& row) {
  return rates.values[static_cast<std::size_t>(row.genes[0])];
}

/// The places of the measures of a table, the one that ranks first.
std::vector<std::size_t> ranking_first(const SummaryTable& table) {
  std::vector<std::size_t> places{table.by};
  for (std::size_t at = 0; at < table.measures.size(); ++at)
    if (at != table.by) places.push_back(at);
  return places;
}

}  // namespace

std::size_t genes_of(const Part& part) {
  return part.array == ScoreArray::singles ? 1 : 2;
}

std::string gene_name(const ScreenReader& screen, std::int32_t gene) {
  return screen.label(gene);
}

void write_header(const ScreenReader& screen, const Part& part, bool by_group, CsvWriter& csv) {
  if (by_group) csv.field("group");
  csv.field("rank");
  if (genes_of(part) == 1)
    csv.field("gene").field("id");
  else
    csv.field("gene1").field("gene2");
  csv.field("cells");
  for (const Column& column : columns_of(part.table)) csv.field(column.title);
  for (const GeneRates& rates : q_values_of(screen, part)) csv.field(rates.title);
  if (!screen.visibility().empty()) {
    if (genes_of(part) == 1) csv.field("cells_without").field("information");
    csv.field("not_visible");
  }
  csv.end_row();
}

void write_rows(const ScreenReader& screen, const Part& part, const std::string* group, CsvWriter& csv) {
  const std::vector<GeneVisibility> visibility = screen.visibility();
  const std::vector<GeneRates> q_values = q_values_of(screen, part);
  const Names ids = genes_of(part) == 1 ? screen.gene_ids() : Names();
  const std::vector<Column> columns = columns_of(part.table);
  std::int64_t rank = 0;
  for (const KnockoutSummary& row : part.table.rows) {
    if (group != nullptr) csv.field(*group);
    csv.field(++rank).field(gene_name(screen, row.genes[0]));
    if (genes_of(part) == 1)
      csv.field(ids[static_cast<std::size_t>(row.genes[0])]);
    else
      csv.field(gene_name(screen, row.genes[1]));
    csv.field(row.cells);
    for (const Column& column : columns) {
      if (column.is_missing(row))
        csv.field("");
      else
        column.with_value(row, [&](auto value) { csv.field(value); });
    }
    for (const GeneRates& rates : q_values) csv.field(of_row(rates, row));
    if (!visibility.empty()) {
      const GeneVisibility& gene = of_row(visibility, row);
      if (genes_of(part) == 1) csv.field(gene.cells_without).field(gene.information);
      csv.field(hidden_text(screen, visibility, row, genes_of(part)));
    }
    csv.end_row();
  }
}

double table_bytes(const Part& part, std::int64_t rows) {
  constexpr double of_labels = 40;
  constexpr double of_measure = 30;
  return static_cast<double>(rows) *
         (of_labels + of_measure * static_cast<double>(part.table.measures.size()));
}

void print_table(const ScreenReader& screen, const Part& part, std::size_t rows, const std::string& where) {
  const SummaryTable& summary = part.table;
  std::vector<std::string> titles{"rank"};
  for (std::size_t gene = 1; gene <= genes_of(part); ++gene)
    titles.push_back(genes_of(part) == 1 ? "gene" : fmt::format("gene {}", gene));
  titles.emplace_back("cells");
  const std::vector<Column> columns = columns_of(summary, ranking_first(summary));
  for (const Column& column : columns) titles.push_back(column.title);
  const std::vector<GeneVisibility> visibility = screen.visibility();
  const bool any_hidden = std::any_of(visibility.begin(), visibility.end(), std::not_fn(is_visible));
  const std::vector<GeneRates> q_values = q_values_of(screen, part);
  for (const GeneRates& rates : q_values) titles.push_back(rates.title);
  if (any_hidden) titles.emplace_back("not visible");
  Table table(titles);
  for (std::size_t rank = 0; rank < rows; ++rank) {
    const KnockoutSummary& row = summary.rows[rank];
    std::vector<std::string> cells{fmt::format("{}", rank + 1)};
    for (std::size_t gene = 0; gene < genes_of(part); ++gene)
      cells.push_back(gene_name(screen, row.genes[gene]));
    cells.push_back(with_thousands(row.cells));
    for (const Column& column : columns) cells.push_back(column.text(row));
    for (const GeneRates& rates : q_values) cells.push_back(q_value_text(of_row(rates, row)));
    if (any_hidden) cells.push_back(hidden_text(screen, visibility, row, genes_of(part)));
    table.add(cells);
  }
  const Measure& by = summary.measures[summary.by];
  std::cout << fmt::format("{}s over cells{}, the {} of {} with the {} mean {}\n", part.kind, where, rows,
                           with_thousands(summary.total),
                           summary.lowest      ? "lowest"
                           : by.is_interaction ? "largest"
                                               : "highest",
                           name_of(by).name)
            << table.text();
  if (summary.left_out > 0)
    std::cout << fmt::format("{} of fewer than {} left out by --min-cells\n",
                             counted(summary.left_out, part.kind), counted(part.by.least_cells, "cell"));
  if (part.array == ScoreArray::list && screen.list_is_selected()) {
    std::cout << kept_note(screen)
              << ":\nmeans over these are not means over all cells, and are biased by the choice\n";
  }
}

nlohmann::ordered_json to_json(const ScreenReader& screen, const Part& part, std::size_t rows) {
  nlohmann::ordered_json json{{"total", part.table.total},
                              {"left_out", part.table.left_out},
                              {"by", name_of(part.table.measures[part.table.by]).name},
                              {"top", nlohmann::ordered_json::array()}};
  const std::vector<GeneVisibility> visibility = screen.visibility();
  const std::vector<GeneRates> q_values = q_values_of(screen, part);
  for (std::size_t rank = 0; rank < rows; ++rank) {
    const KnockoutSummary& row = part.table.rows[rank];
    nlohmann::ordered_json entry{{"genes", nlohmann::ordered_json::array()}, {"cells", row.cells}};
    for (std::size_t gene = 0; gene < genes_of(part); ++gene)
      entry["genes"].push_back(gene_name(screen, row.genes[gene]));
    for (const Column& column : columns_of(part.table))  // null if it is no number
      column.with_value(row, [&](auto value) { entry[column.title] = value; });
    for (const GeneRates& rates : q_values) entry[rates.title] = of_row(rates, row);
    if (!visibility.empty()) {
      if (genes_of(part) == 1) {
        entry["cells_without"] = of_row(visibility, row).cells_without;
        entry["information"] = of_row(visibility, row).information;
      }
      entry["not_visible"] = hidden_text(screen, visibility, row, genes_of(part));
    }
    json["top"].push_back(entry);
  }
  return json;
}

}  // namespace dko::app
