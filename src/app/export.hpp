#pragma once
// What the parts of dko export share: options, and the files that are written.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "command.hpp"
#include "dko/base/csv_writer.hpp"
#include "dko/expression/matrix.hpp"
#include "dko/results/screen_file/screen_reader.hpp"
#include "options/input.hpp"

namespace dko::app {

struct ExportOptions {
  std::string file;
  std::string single;
  std::string pairs;
  std::string list;
  std::string h5ad;
  std::string table;
  std::string compress;
  std::vector<Measure> scores;  ///< empty: not given
  bool names = false;
  std::string truth;
  std::string predicted;
  InputOptions input;
  std::optional<ScoreArray> of;
  std::string ptest;
  std::string ztest;
  std::string recorder;
  double most_gigabytes = 10;
  CommonOptions common;

  bool wants_csv() const { return !(single.empty() && pairs.empty() && list.empty()); }
  bool wants_scores() const { return wants_csv() || !(h5ad.empty() && table.empty() && compress.empty()); }
  bool wants_perturbed() const { return !(ptest.empty() && ztest.empty() && recorder.empty()); }
  bool wants_profiles() const { return !(truth.empty() && predicted.empty()); }
};

/// All files of a call: each is claimed, and the disk's space looked at, before the first is written, so that
/// a call writes all of its files or none.
class ExportFiles {
 public:
  explicit ExportFiles(bool overwrite) : overwrite_(overwrite) {}

  /// @throws as OutputFile and require_disk_space
  void add_csv(const std::string& path, double bytes, std::function<void(CsvWriter&)> write);
  void add_hdf5(const std::string& path, double bytes, std::function<void(OutputFile&)> write);
  /// One after the other. @throws IoError
  void write();

 private:
  void require_space(const std::string& path, double bytes);

  bool overwrite_;
  double total_ = 0;
  std::vector<std::function<void()>> writes_;
};

/// `wanted` if the screen has it, else the list if it holds knockouts of as many genes.
/// @throws UsageError if there is neither.
ScoreArray find_scores(const ScreenReader& screen, ScoreArray wanted, const char* option);

/// --single, --double and --list, --h5ad and --table; `command` is the command line. The screen must outlive
/// the files. @throws UsageError for what the screen has not.
void add_scores(ExportFiles& files, const ScreenReader& screen, const ExportOptions& options,
                const std::string& command);

/// --ptest, --ztest and --recorder. Screen and matrix must outlive the files; the matrix may be read later.
/// @throws UsageError for what the screen has not, or if it would be more than --max-gigabytes.
void add_perturbed(ExportFiles& files, const ScreenReader& screen, const ExportOptions& options,
                   const ExpressionMatrix& matrix);

}  // namespace dko::app
