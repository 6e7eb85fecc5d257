#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "dko/base/delimited.hpp"
#include "dko/base/error.hpp"
#include "dko/base/text.hpp"
#include "dko/knockout/event_list.hpp"

namespace dko {

namespace {

/// What a column of genes or cells holds.
enum class Labels { names, numbers, either };

struct Column {
  std::size_t at = 0;
  Labels labels = Labels::either;
};

struct Columns {
  std::vector<Column> genes;
  Column cell;
  std::size_t count = 0;
};

/// Takes "_id", "_index" or "_name" off a column's title.
Labels take_labels(std::string_view& title) {
  for (const auto& [ending, labels] : {std::pair<std::string_view, Labels>{"_id", Labels::either},
                                       {"_index", Labels::numbers},
                                       {"_name", Labels::names}}) {
    if (!title.ends_with(ending)) continue;
    title.remove_suffix(ending.size());
    return labels;
  }
  return Labels::either;
}

/// "gene2" → 2, "gene" → 1, anything else → nothing.
std::optional<std::int64_t> gene_number(std::string_view title) {
  if (!title.starts_with("gene")) return std::nullopt;
  title.remove_prefix(4);
  if (title.empty()) return 1;
  const auto number = parse_integer(title);
  return number && *number >= 1 ? number : std::nullopt;
}

Columns read_header(DelimitedReader& file, const std::filesystem::path& path) {
  if (!file.next()) throw InputError(fmt::format("{}: is empty", path.string()));
  std::map<std::int64_t, Column> genes;
  std::optional<Column> cell;
  for (std::size_t at = 0; at < file.fields().size(); ++at) {
    std::string_view title = file.fields()[at];
    const Labels labels = take_labels(title);
    const auto number = gene_number(title);
    const bool twice = number ? !genes.emplace(*number, Column{at, labels}).second : title == "cell" && cell;
    if (twice)
      throw InputError(fmt::format("{}: two columns mean the same: {}", file.place(), file.fields()[at]));
    if (title == "cell") cell = Column{at, labels};
  }
  if (!cell)
    throw InputError(fmt::format(
        "{}: has no column cell_id, cell_index or cell_name: a list starts with a header", file.place()));
  if (genes.empty()) {
    throw InputError(fmt::format(
        "{}: has no column gene_id, gene_index or gene_name (gene1_id and so on for several genes)",
        file.place()));
  }
  Columns columns{{}, *cell, file.fields().size()};
  for (const auto& [number, column] : genes) {
    if (number != std::ssize(columns.genes) + 1) {
      throw InputError(fmt::format("{}: has no column gene{}_id", file.place(), columns.genes.size() + 1));
    }
    columns.genes.push_back(column);
  }
  return columns;
}

std::int32_t find(const NameIndex& index, const Column& column, std::string_view text,
                  const std::string& place) {
  switch (column.labels) {
    case Labels::names:
      return index.by_name(text, place);
    case Labels::numbers:
      return index.by_number(text, place);
    case Labels::either:
      break;
  }
  if (index.is_ambiguous(text)) {
    throw InputError(
        fmt::format("{}: '{}' is the name of one and the number of another; call the columns _name or _index "
                    "instead of _id",
                    place, text));
  }
  return index.by_either(text, place);
}

/// @throws InputError unless the genes are distinct, expressed in the cell, and not all that it expresses.
void check_event(std::span<const std::int32_t> genes, std::int64_t cell, const ExpressionMatrix& matrix,
                 const std::string& place) {
  const auto expressed = matrix.expressed(cell);
  const auto name = [&](std::int32_t gene) { return matrix.gene_names()[static_cast<std::size_t>(gene)]; };
  const std::string& cell_name = matrix.cell_names()[static_cast<std::size_t>(cell)];
  for (std::size_t at = 0; at < genes.size(); ++at) {
    if (!std::binary_search(expressed.begin(), expressed.end(), genes[at])) {
      throw InputError(
          fmt::format("{}: cell {} does not express gene {}", place, cell_name, name(genes[at])));
    }
    if (std::count(genes.begin(), genes.begin() + static_cast<std::ptrdiff_t>(at), genes[at]) > 0) {
      throw InputError(fmt::format("{}: gene {} is named twice", place, name(genes[at])));
    }
  }
  if (genes.size() >= expressed.size()) {
    throw InputError(fmt::format("{}: the knockout would leave cell {} no expressed gene", place, cell_name));
  }
}

}  // namespace

EventList read_events(const std::filesystem::path& path, const ExpressionMatrix& matrix) {
  DelimitedReader file(path);
  const Columns columns = read_header(file, path);
  const NameIndex gene_index("gene", matrix.gene_names());
  const NameIndex cell_index("cell", matrix.cell_names());
  std::vector<std::int32_t> genes;
  std::vector<std::int32_t> cells;
  while (file.next()) {
    const std::string place = file.place();
    if (file.fields().size() != columns.count) {
      throw InputError(
          fmt::format("{}: has {} fields, the header {}", place, file.fields().size(), columns.count));
    }
    cells.push_back(find(cell_index, columns.cell, file.fields()[columns.cell.at], place));
    for (const Column& column : columns.genes)
      genes.push_back(find(gene_index, column, file.fields()[column.at], place));
    check_event(std::span(genes).last(columns.genes.size()), cells.back(), matrix, place);
  }
  if (cells.empty()) throw InputError(fmt::format("{}: lists no events", path.string()));
  return {std::ssize(columns.genes), NodeArray(std::move(genes)), NodeArray(std::move(cells))};
}

}  // namespace dko
