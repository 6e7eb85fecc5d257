#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "dko/results/screen_reader.hpp"

namespace dko {

/// How genes and cells are written.
enum class Labels { ids, names };

struct ExportOptions {
  Labels labels = Labels::ids;  ///< ids count from 0, as in the original's files
  bool overwrite = false;
};

/// Writes the scores of one array in the original's columns: gene_id,cell_id,k_pred for one gene,
/// gene1_id,gene2_id,cell_id,k_pred for two, and so on. Cell by cell, a list in its own order. With names
/// the columns are the same and hold names: such a file can be given back as --events. Local.
/// @throws UsageError if the file has no such scores; IoError
void export_scores(const ScreenReader& screen, ScoreArray array, const std::filesystem::path& path,
                   const ExportOptions& options);

/// The header of those files without the score: "gene_id", "cell_id" and so on.
std::vector<std::string> event_columns(std::int64_t order);

}  // namespace dko
