#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "dko/base/error.hpp"
#include "dko/hdf5/compressed_copy.hpp"
#include "dko/results/export/anndata_export.hpp"
#include "dko/results/export/export.hpp"
#include "dko/results/export/table_export.hpp"
#include "export.hpp"
#include "score_names.hpp"

namespace dko::app {

ScoreArray find_scores(const ScreenReader& screen, ScoreArray wanted, const char* option) {
  if (screen.has(wanted)) return wanted;
  const std::int64_t order = wanted == ScoreArray::singles ? 1 : 2;
  const bool list_serves =
      wanted != ScoreArray::list && screen.has(ScoreArray::list) && screen.order(ScoreArray::list) == order;
  if (list_serves) return ScoreArray::list;
  if (order == 2 && screen.has_summary()) {
    throw UsageError(
        fmt::format("{}: the screen holds its double knockouts as a summary over cells: dko summarize "
                    "--pair-table writes it",
                    option));
  }
  throw UsageError(fmt::format("{}: the screen has no such scores; dko info tells what it has", option));
}

namespace {

/// What --score asks for, or else the score that is there. @throws UsageError for what the screen has not.
std::vector<Measure> find_measures(const ScreenReader& screen, ScoreArray array,
                                   std::vector<Measure> wanted) {
  if (wanted.empty()) return {screen.leading_measure(array)};
  // What is asked for of singles and pairs at once: singles have no interactions.
  const bool any_score =
      std::any_of(wanted.begin(), wanted.end(), [](const Measure& m) { return !m.is_interaction; });
  if (any_score && screen.order(array) == 1)
    std::erase_if(wanted, [](const Measure& measure) { return measure.is_interaction; });
  for (const Measure& measure : wanted) require_measure(screen, array, measure);
  return wanted;
}

void add_csv_files(ExportFiles& files, const ScreenReader& screen, const ExportOptions& options) {
  const Labels labels = options.names ? Labels::names : Labels::ids;
  const auto add = [&](const std::string& path, ScoreArray wanted, const char* option) {
    if (path.empty()) return;
    const ScoreArray array = find_scores(screen, wanted, option);
    const std::vector<Measure> measures = find_measures(screen, array, options.scores);
    files.add_csv(path, export_bytes(screen, array, measures.size()),
                  [&screen, array, labels, measures](CsvWriter& csv) {
                    export_scores(screen, array, measures, labels, csv);
                  });
  };
  add(options.single, ScoreArray::singles, "--single");
  add(options.pairs, ScoreArray::pairs, "--double");
  add(options.list, ScoreArray::list, "--list");
}

void add_table(ExportFiles& files, const ScreenReader& screen, const ExportOptions& options,
               const std::string& command) {
  const std::vector<TablePart> parts = table_parts(screen, options.scores);
  if (parts.empty())
    throw UsageError(
        fmt::format("--table: the screen has no {}; dko info tells what it has", names_of(options.scores)));
  files.add_hdf5(
      options.table, table_export_bytes(screen, parts),
      [&screen, parts, command](OutputFile& file) { write_score_tables(file, screen, parts, command); });
}

void add_anndata(ExportFiles& files, const ScreenReader& screen, const ExportOptions& options,
                 const std::string& command) {
  if (!screen.has(ScoreArray::singles))
    throw UsageError("--h5ad holds single knockouts, and the screen has none; --table holds any");
  files.add_hdf5(options.h5ad, anndata_export_bytes(screen),
                 [&screen, command](OutputFile& file) { write_anndata(file, screen, command); });
}

void add_compressed(ExportFiles& files, const ExportOptions& options) {
  // It is smaller; how much cannot be told before.
  files.add_hdf5(options.compress, static_cast<double>(std::filesystem::file_size(options.file)),
                 [path = options.file](OutputFile& output) {
                   hdf5::File copy = hdf5::File::create(output.partial_path());
                   hdf5::copy_compressed(hdf5::File::open(path, hdf5::Access::read), copy);
                   copy.close();
                   output.commit();
                 });
}

}  // namespace

void add_scores(ExportFiles& files, const ScreenReader& screen, const ExportOptions& options,
                const std::string& command) {
  if (!options.table.empty() && screen.has(ScoreArray::list) && screen.list_adds_genes())
    throw UsageError("--table cannot tell which genes of a list are switched on: give --list");
  add_csv_files(files, screen, options);
  if (!options.h5ad.empty()) add_anndata(files, screen, options, command);
  if (!options.table.empty()) add_table(files, screen, options, command);
  if (!options.compress.empty()) add_compressed(files, options);
}

}  // namespace dko::app
