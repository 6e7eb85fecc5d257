#include "info_expression.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "dko/base/printable.hpp"
#include "dko/base/text.hpp"
#include "table.hpp"

namespace dko::app {

namespace {

using Json = nlohmann::ordered_json;

std::string option_of(const OtherMatrix& matrix) {
  if (matrix.name == "X") return "X";
  return matrix.name.empty() ? "--raw" : "--layer " + matrix.name;
}

void print_matrices(const ExpressionOverview& overview) {
  const double all = static_cast<double>(overview.genes) * static_cast<double>(overview.cells);
  std::cout << fmt::format("{}: {} × {}, {:.3g} % of the entries expressed\n", overview.format,
                           counted(overview.cells, "cell"), counted(overview.genes, "gene"),
                           all > 0 ? 100 * static_cast<double>(overview.expressed) / all : 0);
  std::cout << fmt::format("values: {}\n", words_of(overview.values));
  for (const OtherMatrix& matrix : overview.contents.matrices)
    std::cout << fmt::format("{}: {} (of its first values)\n", printable(option_of(matrix)),
                             words_of(matrix.values));
  if (!overview.contents.embeddings.empty())
    std::cout << printable(fmt::format("obsm: {}", fmt::join(overview.contents.embeddings, ", "))) << '\n';
}

/// "microglia 622, B cell 10, … 3 more"
std::string labels_of(const ColumnOverview& column, std::int64_t cells) {
  constexpr std::size_t most = 8;
  if (!column.is_read) return "of a kind that is not read";
  if (column.range) return fmt::format("{:.6g} to {:.6g}", column.range->first, column.range->second);
  if (column.different == cells && cells > 1) return "of each cell its own";
  std::string words;
  for (std::size_t at = 0; at < std::min(most, column.labels.size()); ++at)
    words += fmt::format("{}{} {}", at == 0 ? "" : ", ", column.labels[at].first,
                         with_thousands(column.labels[at].second));
  if (column.labels.size() > most) words += fmt::format(", … {} more", column.labels.size() - most);
  return words;
}

void print_columns(const ExpressionOverview& overview) {
  if (overview.columns.empty()) return;
  Table table({"obs", "values", "missing", "labels with their cells, or range"});
  for (const ColumnOverview& column : overview.columns)
    table.add({column.title, with_thousands(column.different), with_thousands(column.missing),
               labels_of(column, overview.cells)});
  std::cout << "\n" << table.text();
}

std::vector<std::string> row_of(const char* title, const FiveNumbers& numbers) {
  std::vector<std::string> row{title};
  for (const double number : numbers) row.push_back(fmt::format("{:.6g}", number));
  return row;
}

void print_cells(const ExpressionOverview& overview) {
  Table table({"each cell", "least", "quarter", "median", "three quarters", "most"});
  table.add(row_of("genes", overview.genes_per_cell));
  table.add(row_of("total", overview.total_per_cell));
  std::cout << "\n" << table.text();
}

void print_presence(const ExpressionOverview& overview) {
  Table table({"expressed by", "genes"});
  for (const PresenceClass& part : overview.presence) table.add({part.cells, with_thousands(part.genes)});
  std::cout << "\n"
            << table.text()
            << "\nWhat the loss of a gene does can be learned only where some cells express it and others do "
               "not.\n";
}

Json json_of(const ValuesSeen& values) {
  Json json{{"are_whole", values.are_whole}, {"largest", values.largest}};
  if (values.total) json["total_of_every_cell"] = *values.total;
  return json;
}

Json json_of(const ColumnOverview& column) {
  if (!column.is_read) return {{"is_read", false}};
  Json json{{"different", column.different}, {"missing", column.missing}};
  if (column.range) json["range"] = {column.range->first, column.range->second};
  constexpr std::size_t most = 1000;  // titles of cells are no labels
  if (column.labels.size() > most) json["labels_left_out"] = true;
  if (!column.labels.empty() && column.labels.size() <= most) {
    Json labels = Json::object();
    for (const auto& [label, cells] : column.labels) labels[label] = cells;
    json["labels"] = std::move(labels);
  }
  return json;
}

}  // namespace

void print(const ExpressionOverview& overview) {
  print_matrices(overview);
  print_columns(overview);
  print_cells(overview);
  print_presence(overview);
}

Json to_json(const ExpressionOverview& overview) {
  Json json{
      {"file", "expression"},    {"format", overview.format},       {"genes", overview.genes},
      {"cells", overview.cells}, {"expressed", overview.expressed}, {"values", json_of(overview.values)}};
  for (const OtherMatrix& matrix : overview.contents.matrices)
    json[matrix.name == "X"    ? "x"
         : matrix.name.empty() ? "raw"
                               : "layers/" + matrix.name] = json_of(matrix.values);
  json["obsm"] = overview.contents.embeddings;
  Json columns = Json::object();
  for (const ColumnOverview& column : overview.columns) columns[column.title] = json_of(column);
  json["obs"] = std::move(columns);
  json["genes_per_cell"] = overview.genes_per_cell;
  json["total_per_cell"] = overview.total_per_cell;
  Json presence = Json::object();
  for (const PresenceClass& part : overview.presence) presence[part.cells] = part.genes;
  json["genes_expressed_by"] = std::move(presence);
  return json;
}

}  // namespace dko::app
