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

/// @throws InputError unless the genes are distinct, and expressed in the cell if they are lost, and not all
/// that it expresses, or not expressed if they are switched on.
void check_event(const EventColumns::SignedGenes& event, std::int64_t cell, const ExpressionMatrix& matrix,
                 const std::string& place) {
  const std::vector<std::int32_t>& genes = event.genes;
  const auto name = [&](std::int32_t gene) { return matrix.gene_names()[static_cast<std::size_t>(gene)]; };
  const std::string& cell_name = matrix.cell_names()[static_cast<std::size_t>(cell)];
  for (std::size_t at = 0; at < genes.size(); ++at) {
    const bool is_added = event.added[at] != 0;
    if (is_added && matrix.expresses(cell, genes[at])) {
      throw InputError(fmt::format("{}: cell {} expresses gene {} already: it cannot be switched on", place,
                                   cell_name, name(genes[at])));
    }
    if (!is_added && !matrix.expresses(cell, genes[at])) {
      throw InputError(
          fmt::format("{}: cell {} does not express gene {}", place, cell_name, name(genes[at])));
    }
    if (std::count(genes.begin(), genes.begin() + static_cast<std::ptrdiff_t>(at), genes[at]) > 0) {
      throw InputError(fmt::format("{}: gene {} is named twice", place, name(genes[at])));
    }
  }
  if (std::count(event.added.begin(), event.added.end(), 0) >= matrix.expressed_count(cell)) {
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
  std::vector<std::int32_t> added;
  std::int64_t left_out = 0;
  while (file.next()) {
    const EventColumns::SignedGenes of_event = columns.signed_genes(file, gene_lookup);
    const std::optional<std::int32_t> cell = columns.cell(file, cell_lookup);
    if (of_event.genes.empty() || !cell) {
      ++left_out;
      continue;
    }
    check_event(of_event, *cell, matrix, file.place());
    cells.push_back(*cell);
    genes.insert(genes.end(), of_event.genes.begin(), of_event.genes.end());
    added.insert(added.end(), of_event.added.begin(), of_event.added.end());
  }
  gene_lookup.finish(missing, log);
  cell_lookup.finish(missing, log);
  if (left_out > 0) log.warn("{}: {} left out", path.string(), counted(left_out, "knockout"));
  if (cells.empty()) throw InputError(fmt::format("{}: lists no events", path.string()));
  if (std::count(added.begin(), added.end(), 1) == 0) added.clear();
  return {columns.order(), NodeArray(std::move(genes)), NodeArray(std::move(cells)),
          NodeArray(std::move(added))};
}

}  // namespace dko
