#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "dko/base/csv_writer.hpp"
#include "dko/results/screen_file/screen_reader.hpp"

namespace dko {

/// How genes and cells are written: by number from 0, as in the original's files, or by name.
enum class Labels { ids, names };

/// Approximate size of the CSV file in bytes.
double export_bytes(const ScreenReader& screen, ScoreArray array, std::size_t measures);

/// Writes measures of one array in the original's columns: gene_id,cell_id,k_pred for one gene,
/// gene1_id,gene2_id,cell_id,k_pred for two, and so on, k_pred being the impact; other measures under their
/// own titles (measure.hpp). Cell by cell, a list in its own order. With names the columns are gene_name,
/// cell_name and so on. Both can be given back as --events. The screen must have the measures. Local.
/// @throws IoError
void export_scores(const ScreenReader& screen, ScoreArray array, std::span<const Measure> measures,
                   Labels labels, CsvWriter& csv);

/// The header of those files without the score: "gene_id", "cell_id" and so on.
std::vector<std::string> event_columns(std::int64_t order, Labels labels);

}  // namespace dko
