#pragma once
// Where formats plug in. A format is one row of the table in reader.cpp.

#include <filesystem>
#include <string>
#include <string_view>

#include "dko/base/log.hpp"
#include "dko/expression/matrix.hpp"

namespace dko {

struct Format {
  std::string_view name;
  /// Whether a file that starts with these bytes (up to 512) is of this format.
  bool (*accepts)(std::string_view start);
  ExpressionMatrix (*read)(const std::filesystem::path& path, Log& log);
};

/// CSV or TSV, plain or gzip, genes × cells: without names (the original's format), or with a header of
/// cell names and a first column of gene names, or with either alone.
bool accepts_text(std::string_view start);
ExpressionMatrix read_text(const std::filesystem::path& path, Log& log);

/// What holds for a matrix of any format. Warns of cells that express nothing (kept, so that cell numbers
/// stay the file's, but never used), of genes that no cell expresses, and of cells with one gene (which
/// have no knockouts).
/// @throws InputError for fewer than two genes or no expressing cell.
void check_matrix(const ExpressionMatrix& matrix, const std::filesystem::path& path, Log& log);

}  // namespace dko
