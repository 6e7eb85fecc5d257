#pragma once

#include <filesystem>
#include <limits>
#include <optional>
#include <string>

#include "dko/base/log.hpp"
#include "dko/expression/cell_column.hpp"
#include "dko/expression/matrix.hpp"

namespace dko {

/// How a table of text, or a MatrixMarket file, is laid out.
enum class Orientation { genes_by_cells, cells_by_genes };

/// What a file does not say by itself.
struct ReadOptions {
  std::string layer;   ///< of an AnnData file: layers/NAME instead of X
  bool raw = false;    ///< of an AnnData file: raw/X, with raw's genes
  std::string genome;  ///< of a 10x file: only genes of this genome
  std::optional<Orientation>
      orientation;  ///< of text and MatrixMarket; genes × cells where nothing else is said
  double memory = std::numeric_limits<double>::infinity();  ///< bytes that reading may take
};

/// Reads a matrix in any format the program knows (src/expression/format.hpp lists them), checks it, and
/// says in the log what was read. Repeated names are made unique, with a warning. Memory follows the number
/// of non-zeros. Local.
/// @throws InputError that names the file, the place in it and the cell and gene, for anything that is not a
///         matrix of finite, non-negative values with at least two genes and one expressing cell, or takes
///         more memory than the options allow (a small gzip file may hold a thousand times as much);
///         UsageError for an option that is of another format.
ExpressionMatrix read_expression(const std::filesystem::path& path, const ReadOptions& options, Log& log);

/// Warns of cells that express nothing (kept, so that cell numbers stay the data's, but never used), of genes
/// that no cell expresses, and of cells with one gene (which have no knockouts). Local.
void warn_of_unusual(const ExpressionMatrix& matrix, const std::filesystem::path& path, Log& log);

/// The name of the format by which a file is read: "AnnData". Local.
/// @throws InputError for a file of no format that is known
std::string format_name(const std::filesystem::path& path);

/// Whether files of this format describe their cells in columns (AnnData's obs). Local.
/// @throws InputError for a file of no format that is known
bool has_cell_columns(const std::filesystem::path& path);
/// A column of what a file says of its cells (AnnData's obs), one value per cell of the matrix. Local.
/// @throws InputError if there is no such column, or the format has none.
CellColumn read_cell_column(const std::filesystem::path& path, const std::string& name);
/// The titles of all such columns. Local. @throws InputError if the format has none.
Names cell_column_titles(const std::filesystem::path& path);

}  // namespace dko
