#include "dko/results/export.hpp"

#include <fmt/format.h>

#include "dko/base/csv_writer.hpp"
#include "dko/base/error.hpp"

namespace dko {

namespace {

void write_label(CsvWriter& csv, std::int64_t number, const Names& names, Labels labels) {
  if (labels == Labels::ids)
    csv.field(number);
  else
    csv.field(names[static_cast<std::size_t>(number)]);
}

}  // namespace

std::vector<std::string> event_columns(std::int64_t order) {
  std::vector<std::string> columns;
  if (order == 1) columns.emplace_back("gene_id");
  for (std::int64_t gene = 1; order > 1 && gene <= order; ++gene)
    columns.push_back(fmt::format("gene{}_id", gene));
  columns.emplace_back("cell_id");
  return columns;
}

void export_scores(const ScreenReader& screen, ScoreArray array, const std::filesystem::path& path,
                   const ExportOptions& options) {
  CsvWriter csv(path, options.overwrite);
  for (const std::string& column : event_columns(screen.order(array))) csv.field(column);
  csv.field("k_pred").end_row();
  ScoreStream scores(screen, array);
  screen.for_each_event(array, [&](const Event& event) {
    for (const std::int32_t gene : event.genes) write_label(csv, gene, screen.gene_names(), options.labels);
    write_label(csv, event.cell, screen.cell_names(), options.labels);
    csv.field(scores.next()).end_row();
  });
  csv.finish();
}

}  // namespace dko
