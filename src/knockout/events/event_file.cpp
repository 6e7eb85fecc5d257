#include "dko/knockout/events/event_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "dko/base/delimited.hpp"
#include "dko/base/error.hpp"
#include "dko/knockout/events/event_columns.hpp"
#include "dko/knockout/events/event_list.hpp"

namespace dko {

namespace {

/// @throws InputError unless the genes are distinct, expressed in the cell, and not all that it expresses.
void check_event(std::span<const std::int32_t> genes, std::int64_t cell, const ExpressionMatrix& matrix,
                 const std::string& place) {
  const auto name = [&](std::int32_t gene) { return matrix.gene_names()[static_cast<std::size_t>(gene)]; };
  const std::string& cell_name = matrix.cell_names()[static_cast<std::size_t>(cell)];
  for (std::size_t at = 0; at < genes.size(); ++at) {
    if (!matrix.expresses(cell, genes[at])) {
      throw InputError(
          fmt::format("{}: cell {} does not express gene {}", place, cell_name, name(genes[at])));
    }
    if (std::count(genes.begin(), genes.begin() + static_cast<std::ptrdiff_t>(at), genes[at]) > 0) {
      throw InputError(fmt::format("{}: gene {} is named twice", place, name(genes[at])));
    }
  }
  if (std::ssize(genes) >= matrix.expressed_count(cell)) {
    throw InputError(fmt::format("{}: the knockout would leave cell {} no expressed gene", place, cell_name));
  }
}

}  // namespace

EventList read_events(const std::filesystem::path& path, const ExpressionMatrix& matrix) {
  DelimitedReader file(path);
  const EventColumns columns(file, path);
  const NameIndex gene_index("gene", matrix.gene_names());
  const NameIndex cell_index("cell", matrix.cell_names());
  std::vector<std::int32_t> genes;
  std::vector<std::int32_t> cells;
  while (file.next()) {
    const std::vector<std::int32_t> of_event = columns.genes(file, gene_index);
    cells.push_back(columns.cell(file, cell_index));
    check_event(of_event, cells.back(), matrix, file.place());
    genes.insert(genes.end(), of_event.begin(), of_event.end());
  }
  if (cells.empty()) throw InputError(fmt::format("{}: lists no events", path.string()));
  return {columns.order(), NodeArray(std::move(genes)), NodeArray(std::move(cells))};
}

}  // namespace dko
