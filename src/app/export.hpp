#pragma once
// What the parts of dko export share.

#include <optional>
#include <string>
#include <vector>

#include "command.hpp"
#include "dko/expression/matrix.hpp"
#include "dko/results/export/export_files.hpp"
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
