#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace dko {

/// A MatrixMarket file and the lists of its genes and cells beside it, where there are any.
struct MatrixMarketFiles {
  std::filesystem::path matrix;
  std::optional<std::filesystem::path> genes;         ///< names, or accessions with or without names
  std::optional<std::filesystem::path> symbols;       ///< names of the genes in the order of `genes`
  std::optional<std::filesystem::path> symbol_table;  ///< names by accession, in any order
  std::optional<std::filesystem::path> cells;
  /// The matrix has the name that some program gives it, or the folder was named: then there must be lists.
  bool needs_lists = false;
};

/// `path` is the matrix or the folder it is in. The lists are found by their usual names, plain or gzip
/// (README of this room), with whatever stands before "matrix.mtx", or before a joint, in the matrix's name
/// before theirs: "GSM1_matrix.mtx.gz" goes with "GSM1_barcodes.tsv.gz", "cells_x_genes.mtx" with
/// "cells_x_genes.barcodes.txt". Prefers "matrix.mtx" where a folder has several matrices.
/// @throws InputError if there is none, or several others, or the folder cannot be read.
MatrixMarketFiles find_matrix_market_files(const std::filesystem::path& path);

/// Whether a folder has a MatrixMarket file. @throws InputError if it cannot be read
bool has_matrix_market(const std::filesystem::path& folder);

/// What a folder holds, in the order of the names. @throws InputError if it cannot be read
std::vector<std::filesystem::path> entries_of(const std::filesystem::path& folder);

/// Files beside the matrix that may be lists of this many genes or cells under names that are not usual: text
/// with as many lines, or one more, and fewer columns than a table of the matrix has.
std::vector<std::string> possible_lists(const MatrixMarketFiles& files, std::int64_t rows,
                                        std::int64_t columns);

}  // namespace dko
