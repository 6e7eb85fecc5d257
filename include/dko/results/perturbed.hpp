#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "dko/expression/matrix.hpp"
#include "dko/results/export.hpp"
#include "dko/results/screen_reader.hpp"

namespace dko {

/// The original's perturbed data sets of the events of one array: Ptest is genes × events without header,
/// column k the expression of the event's cell with the knocked-out genes set to 0; Ztest its presence
/// (0 or 1); Recorder the list of the events.
struct PerturbedFiles {
  std::optional<std::filesystem::path> ptest;
  std::optional<std::filesystem::path> ztest;
  std::optional<std::filesystem::path> recorder;
  double most_bytes = 10e9;  ///< refuse to write more
};

/// Bytes the files will take, nearly: genes × events grows fast. Local.
double perturbed_bytes(const ScreenReader& screen, ScoreArray array, const PerturbedFiles& files);

/// Writes the files that are named. `matrix` is the expression data that was screened; the recorder alone
/// does without. Local.
/// @throws UsageError with the estimated size if it is above most_bytes; InputError if `matrix` is not the
///         data of the screen; IoError
void export_perturbed(const ScreenReader& screen, ScoreArray array,
                      const std::optional<ExpressionMatrix>& matrix, const PerturbedFiles& files,
                      const ExportOptions& options);

}  // namespace dko
