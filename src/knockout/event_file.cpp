#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

#include "dko/base/delimited.hpp"
#include "dko/base/error.hpp"
#include "dko/base/text.hpp"
#include "dko/knockout/event_list.hpp"

namespace dko {

namespace {

/// Where the columns of an event file are.
struct Columns {
  std::vector<std::size_t> genes;  // by gene number
  std::size_t cell = 0;
  std::size_t count = 0;
};

/// "gene2_id" with stem "gene" → 2, "gene_index" → 1, anything else → nothing.
std::optional<std::int64_t> numbered(std::string_view column, std::string_view stem) {
  if (!column.starts_with(stem)) return std::nullopt;
  column.remove_prefix(stem.size());
  for (const std::string_view ending : {"_id", "_index"}) {
    if (column.ends_with(ending)) {
      column.remove_suffix(ending.size());
      break;
    }
  }
  if (column.empty()) return 1;
  const auto number = parse_integer(column);
  return number && *number >= 1 ? number : std::nullopt;
}

Columns read_header(DelimitedReader& file, const std::filesystem::path& path) {
  if (!file.next()) throw InputError(fmt::format("{}: is empty", path.string()));
  std::vector<std::optional<std::size_t>> genes;
  std::optional<std::size_t> cell;
  const auto place = [&](std::optional<std::size_t>& column, std::size_t at) {
    if (column)
      throw InputError(fmt::format("{}: two columns mean the same: {}", file.place(), file.fields()[at]));
    column = at;
  };
  for (std::size_t at = 0; at < file.fields().size(); ++at) {
    const std::string_view name = file.fields()[at];
    if (name == "cell" || name == "cell_id" || name == "cell_index") place(cell, at);
    const auto number = numbered(name, "gene");
    if (!number || *number > 64) continue;
    genes.resize(std::max(genes.size(), static_cast<std::size_t>(*number)));
    place(genes[static_cast<std::size_t>(*number) - 1], at);
  }
  if (!cell) throw InputError(fmt::format("{}: has no column cell_id or cell_index", file.place()));
  if (genes.empty()) {
    throw InputError(
        fmt::format("{}: has no column gene_id, gene_index, gene1_id or gene1_index", file.place()));
  }
  Columns columns{{}, *cell, file.fields().size()};
  for (std::size_t number = 0; number < genes.size(); ++number) {
    if (!genes[number])
      throw InputError(fmt::format("{}: has no column gene{}_id", file.place(), number + 1));
    columns.genes.push_back(*genes[number]);
  }
  return columns;
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
    cells.push_back(cell_index.find(file.fields()[columns.cell], place));
    for (const std::size_t column : columns.genes)
      genes.push_back(gene_index.find(file.fields()[column], place));
    check_event(std::span(genes).last(columns.genes.size()), cells.back(), matrix, place);
  }
  if (cells.empty()) throw InputError(fmt::format("{}: lists no events", path.string()));
  return {std::ssize(columns.genes), NodeArray(std::move(genes)), NodeArray(std::move(cells))};
}

}  // namespace dko
