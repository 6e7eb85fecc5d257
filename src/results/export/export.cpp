#include "dko/results/export/export.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "dko/results/score_reader.hpp"

namespace dko {

namespace {

void write_label(CsvWriter& csv, std::int64_t number, const Names& names, Labels labels) {
  if (labels == Labels::ids)
    csv.field(number);
  else
    csv.field(names[static_cast<std::size_t>(number)]);
}

/// As lists of events have it: with a sign in events that switch genes on.
void write_gene(CsvWriter& csv, const ScreenReader& screen, const Event& event, std::size_t at,
                Labels labels) {
  const std::int32_t gene = event.genes[at];
  if (labels == Labels::names)
    csv.field(screen.label(event, at));
  else if (screen.activates() || std::count(event.added.begin(), event.added.end(), 1) > 0)
    csv.field(fmt::format("{}{}", screen.label(event, at).front(), gene));
  else
    csv.field(gene);
}

}  // namespace

double export_bytes(const ScreenReader& screen, ScoreArray array, std::size_t measures) {
  constexpr double bytes_of_event = 12;
  constexpr double bytes_of_value = 12;
  return (bytes_of_event + bytes_of_value * static_cast<double>(measures)) *
         static_cast<double>(screen.events(array));
}

std::vector<std::string> event_columns(std::int64_t order, Labels labels) {
  const char* ending = labels == Labels::ids ? "id" : "name";
  std::vector<std::string> columns;
  if (order == 1) columns.push_back(fmt::format("gene_{}", ending));
  for (std::int64_t gene = 1; order > 1 && gene <= order; ++gene)
    columns.push_back(fmt::format("gene{}_{}", gene, ending));
  columns.push_back(fmt::format("cell_{}", ending));
  return columns;
}

void export_scores(const ScreenReader& screen, ScoreArray array, std::span<const Measure> measures,
                   Labels labels, CsvWriter& csv) {
  for (const std::string& column : event_columns(screen.order(array), labels)) csv.field(column);
  std::vector<ScoreStream> streams;
  for (const Measure& measure : measures) {
    csv.field(name_of(measure).column);
    streams.emplace_back(screen, array, measure);
  }
  csv.end_row();
  screen.for_each_event(array, [&](const Event& event) {
    for (std::size_t at = 0; at < event.genes.size(); ++at) write_gene(csv, screen, event, at, labels);
    write_label(csv, event.cell, screen.cell_names(), labels);
    for (ScoreStream& stream : streams) csv.field(stream.next());
    csv.end_row();
  });
  csv.finish();
}

}  // namespace dko
