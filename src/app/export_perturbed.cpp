#include <fmt/format.h>

#include "dko/base/error.hpp"
#include "dko/base/text.hpp"
#include "dko/results/export/export.hpp"
#include "dko/results/export/perturbed.hpp"
#include "export.hpp"
#include "score_names.hpp"

namespace dko::app {

namespace {

/// Which events the perturbed data sets hold.
ScoreArray events_of(const ScreenReader& screen, std::optional<ScoreArray> of) {
  if (of) return find_scores(screen, *of, "--of");
  return screen.has(ScoreArray::singles) ? ScoreArray::singles : ScoreArray::list;
}

}  // namespace

void add_perturbed(ExportFiles& files, const ScreenReader& screen, const ExportOptions& options,
                   const ExpressionMatrix& matrix) {
  const ScoreArray array = events_of(screen, options.of);
  require_knockouts(screen, array == ScoreArray::list, "--ptest, --ztest and --recorder are");
  const double bytes = (options.ptest.empty() ? 0 : ptest_bytes(screen, array)) +
                       (options.ztest.empty() ? 0 : ztest_bytes(screen, array));
  if (bytes > options.most_gigabytes * 1e9) {
    throw UsageError(fmt::format("the perturbed data of {} would take about {}; --max-gigabytes allows {}",
                                 counted(screen.events(array), "event"), human_bytes(bytes),
                                 human_bytes(options.most_gigabytes * 1e9)));
  }
  if (!options.ptest.empty()) {
    files.add_csv(options.ptest, ptest_bytes(screen, array),
                  [&screen, &matrix, array](CsvWriter& csv) { write_ptest(screen, array, matrix, csv); });
  }
  if (!options.ztest.empty()) {
    files.add_csv(options.ztest, ztest_bytes(screen, array),
                  [&screen, &matrix, array](CsvWriter& csv) { write_ztest(screen, array, matrix, csv); });
  }
  if (!options.recorder.empty()) {
    files.add_csv(options.recorder, export_bytes(screen, array, 0),
                  [&screen, array](CsvWriter& csv) { write_recorder(screen, array, csv); });
  }
}

}  // namespace dko::app
