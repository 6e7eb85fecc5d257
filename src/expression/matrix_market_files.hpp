#pragma once

#include <filesystem>
#include <optional>

namespace dko {

/// A MatrixMarket file and the lists of its genes and cells beside it, where there are any.
struct MatrixMarketFiles {
  std::filesystem::path matrix;
  std::optional<std::filesystem::path> genes;
  std::optional<std::filesystem::path> cells;
};

/// `path` is the matrix or the folder it is in. The lists are found by their usual names (features.tsv,
/// genes.tsv, barcodes.tsv, …), plain or gzip, with whatever stands before "matrix.mtx" in the matrix's name
/// before theirs: "GSM1_matrix.mtx.gz" goes with "GSM1_barcodes.tsv.gz", "cells_x_genes.mtx" with
/// "cells_x_genes.barcodes.txt".
/// Prefers "matrix.mtx" where a folder has several matrices. @throws InputError if there is none, or several
/// others.
MatrixMarketFiles find_matrix_market_files(const std::filesystem::path& path);

}  // namespace dko
