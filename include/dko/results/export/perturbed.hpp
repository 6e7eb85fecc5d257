#pragma once

#include "dko/base/csv_writer.hpp"
#include "dko/expression/matrix.hpp"
#include "dko/results/screen_file/screen_reader.hpp"

namespace dko {

// The original's perturbed data sets of the events of one array. Genes × events grows fast: know the size
// (ptest_bytes, ztest_bytes) before writing. `matrix` is the expression data that was screened. All local.

/// Approximate size of the files in bytes.
double ptest_bytes(const ScreenReader& screen, ScoreArray array);
double ztest_bytes(const ScreenReader& screen, ScoreArray array);

/// Ptest, genes × events without header: column k is the expression of the cell of event k, with the
/// knocked-out genes set to 0. @throws IoError
void write_ptest(const ScreenReader& screen, ScoreArray array, const ExpressionMatrix& matrix,
                 CsvWriter& csv);

/// Ztest: the presence (0 or 1) in Ptest. @throws IoError
void write_ztest(const ScreenReader& screen, ScoreArray array, const ExpressionMatrix& matrix,
                 CsvWriter& csv);

/// Recorder: gene_id (or gene1_id, gene2_id, …) and cell_id of each event, from 0. @throws IoError
void write_recorder(const ScreenReader& screen, ScoreArray array, CsvWriter& csv);

/// @throws InputError if `matrix` is not the data of the screen.
void require_same_data(const ScreenReader& screen, const ExpressionMatrix& matrix);

}  // namespace dko
