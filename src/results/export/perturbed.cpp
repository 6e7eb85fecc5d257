#include "dko/results/export/perturbed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "dko/base/error.hpp"
#include "dko/base/parameter.hpp"
#include "dko/results/export/export.hpp"

namespace dko {

namespace {

/// X[:, gene] over all cells.
std::vector<float> gene_row(const ExpressionMatrix& matrix, std::int32_t gene) {
  std::vector<float> row(static_cast<std::size_t>(matrix.cells()), 0.0F);
  for (std::int64_t cell = 0; cell < matrix.cells(); ++cell)
    row[static_cast<std::size_t>(cell)] = matrix.value(cell, gene);
  return row;
}

double entries(const ScreenReader& screen, ScoreArray array) {
  return static_cast<double>(screen.events(array)) * static_cast<double>(screen.gene_names().size());
}

/// genes × events, one gene after the other; `field(x)` writes an entry.
template <class Field>
void write_matrix(const ScreenReader& screen, ScoreArray array, const ExpressionMatrix& matrix,
                  CsvWriter& csv, Field field) {
  for (std::int32_t gene = 0; gene < matrix.genes(); ++gene) {
    const std::vector<float> row = gene_row(matrix, gene);
    screen.for_each_event(array, [&](const Event& event) {
      const bool knocked_out = std::find(event.genes.begin(), event.genes.end(), gene) != event.genes.end();
      field(knocked_out ? 0.0F : row[static_cast<std::size_t>(event.cell)]);
    });
    csv.end_row();
  }
  csv.finish();
}

}  // namespace

double ptest_bytes(const ScreenReader& screen, ScoreArray array) {
  constexpr double bytes_of_value = 9;  // with its comma
  return bytes_of_value * entries(screen, array);
}

double ztest_bytes(const ScreenReader& screen, ScoreArray array) {
  return 2 * entries(screen, array);
}

void write_ptest(const ScreenReader& screen, ScoreArray array, const ExpressionMatrix& matrix,
                 CsvWriter& csv) {
  write_matrix(screen, array, matrix, csv, [&](float x) { csv.field(x); });
}

void write_ztest(const ScreenReader& screen, ScoreArray array, const ExpressionMatrix& matrix,
                 CsvWriter& csv) {
  write_matrix(screen, array, matrix, csv, [&](float x) { csv.field(x > 0 ? 1 : 0); });
}

void write_recorder(const ScreenReader& screen, ScoreArray array, CsvWriter& csv) {
  for (const std::string& column : event_columns(screen.order(array), Labels::ids)) csv.field(column);
  csv.end_row();
  screen.for_each_event(array, [&](const Event& event) {
    for (const std::int32_t gene : event.genes) csv.field(gene);
    csv.field(event.cell).end_row();
  });
  csv.finish();
}

void require_same_data(const ScreenReader& screen, const ExpressionMatrix& matrix) {
  if (matrix.checksum() == screen.provenance().input_checksum) return;
  throw InputError(
      fmt::format("{} is a screen of other data than those of {}: their checksums differ; choose cells "
                  "and genes as it did, which dko info {} tells",
                  screen.path(), parameter("input"), screen.path()));
}

}  // namespace dko
