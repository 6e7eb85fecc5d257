#include "dko/knockout/events/event_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

#include "dko/base/delimited.hpp"
#include "dko/base/error.hpp"
#include "dko/base/text.hpp"
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

EventList read_events(const std::filesystem::path& path, const ExpressionMatrix& matrix, Missing missing,
                      Log& log) {
  DelimitedReader file(path);
  const EventColumns columns(file, path);
  const NameIndex gene_index = matrix.gene_index();
  const NameIndex cell_index = matrix.cell_index();
  NameLookup gene_lookup(gene_index, path.string());
  NameLookup cell_lookup(cell_index, path.string());
  std::vector<std::int32_t> genes;
  std::vector<std::int32_t> cells;
  std::int64_t left_out = 0;
  while (file.next()) {
    const std::vector<std::int32_t> of_event = columns.genes(file, gene_lookup);
    const std::optional<std::int32_t> cell = columns.cell(file, cell_lookup);
    if (of_event.empty() || !cell) {
      ++left_out;
      continue;
    }
    check_event(of_event, *cell, matrix, file.place());
    cells.push_back(*cell);
    genes.insert(genes.end(), of_event.begin(), of_event.end());
  }
  gene_lookup.finish(missing, log);
  cell_lookup.finish(missing, log);
  if (left_out > 0) log.warn("{}: {} left out", path.string(), counted(left_out, "knockout"));
  if (cells.empty()) throw InputError(fmt::format("{}: lists no events", path.string()));
  return {columns.order(), NodeArray(std::move(genes)), NodeArray(std::move(cells))};
}

}  // namespace dko
