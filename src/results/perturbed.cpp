#include "dko/results/perturbed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "dko/base/csv_writer.hpp"
#include "dko/base/error.hpp"
#include "dko/base/text.hpp"

namespace dko {

namespace {

/// X[:, gene] over all cells.
std::vector<float> gene_row(const ExpressionMatrix& matrix, std::int32_t gene) {
  std::vector<float> row(static_cast<std::size_t>(matrix.cells()), 0.0F);
  for (std::int64_t cell = 0; cell < matrix.cells(); ++cell) {
    const auto expressed = matrix.expressed(cell);
    const auto found = std::lower_bound(expressed.begin(), expressed.end(), gene);
    if (found == expressed.end() || *found != gene) continue;
    row[static_cast<std::size_t>(cell)] =
        matrix.values(cell)[static_cast<std::size_t>(found - expressed.begin())];
  }
  return row;
}

/// genes × events, one gene after the other; `field(csv, x)` writes an entry.
template <class Field>
void write_matrix(const ScreenReader& screen, ScoreArray array, const ExpressionMatrix& matrix,
                  const std::filesystem::path& path, bool overwrite, Field field) {
  CsvWriter csv(path, overwrite);
  for (std::int32_t gene = 0; gene < matrix.genes(); ++gene) {
    const std::vector<float> row = gene_row(matrix, gene);
    screen.for_each_event(array, [&](const Event& event) {
      const bool knocked_out = std::find(event.genes.begin(), event.genes.end(), gene) != event.genes.end();
      field(csv, knocked_out ? 0.0F : row[static_cast<std::size_t>(event.cell)]);
    });
    csv.end_row();
  }
  csv.finish();
}

void write_recorder(const ScreenReader& screen, ScoreArray array, const std::filesystem::path& path,
                    bool overwrite) {
  CsvWriter csv(path, overwrite);
  for (const std::string& column : event_columns(screen.order(array))) csv.field(column);
  csv.end_row();
  screen.for_each_event(array, [&](const Event& event) {
    for (const std::int32_t gene : event.genes) csv.field(gene);
    csv.field(event.cell).end_row();
  });
  csv.finish();
}

}  // namespace

double perturbed_bytes(const ScreenReader& screen, ScoreArray array, const PerturbedFiles& files) {
  // An entry and its comma; a row of the recorder.
  constexpr double bytes_of_value = 9;
  constexpr double bytes_of_presence = 2;
  constexpr double bytes_of_event = 16;
  const auto events = static_cast<double>(screen.events(array));
  const double entries = events * static_cast<double>(screen.gene_names().size());
  return (files.ptest ? entries * bytes_of_value : 0) + (files.ztest ? entries * bytes_of_presence : 0) +
         (files.recorder ? events * bytes_of_event : 0);
}

void export_perturbed(const ScreenReader& screen, ScoreArray array,
                      const std::optional<ExpressionMatrix>& matrix, const PerturbedFiles& files,
                      const ExportOptions& options) {
  const double bytes = perturbed_bytes(screen, array, files);
  if (bytes > files.most_bytes) {
    throw UsageError(fmt::format(
        "the perturbed data sets of {} would take about {}; --max-gigabytes allows {}",
        counted(screen.events(array), "event"), human_bytes(bytes), human_bytes(files.most_bytes)));
  }
  if (matrix && matrix->checksum() != screen.provenance().input_checksum) {
    throw InputError("the data given with --input is not the data of the screen: their checksums differ");
  }
  const auto value = [](CsvWriter& csv, float x) { csv.field(x); };
  const auto presence = [](CsvWriter& csv, float x) { csv.field(x > 0 ? 1 : 0); };
  for (const auto& file : {files.ptest, files.ztest, files.recorder}) {
    if (file) require_disk_space(*file, bytes, "the perturbed data sets");
  }
  if (files.ptest) write_matrix(screen, array, matrix.value(), *files.ptest, options.overwrite, value);
  if (files.ztest) write_matrix(screen, array, matrix.value(), *files.ztest, options.overwrite, presence);
  if (files.recorder) write_recorder(screen, array, *files.recorder, options.overwrite);
}

}  // namespace dko
