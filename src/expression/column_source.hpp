#pragma once
// Shared by this room's sources only.

#include <filesystem>
#include <functional>
#include <string>

#include "dko/base/log.hpp"
#include "dko/base/names.hpp"
#include "dko/expression/cell_column.hpp"
#include "dko/expression/matrix.hpp"

namespace dko {

/// What is said of the cells of some data: by their file, or by a table.
struct ColumnSource {
  std::string file;  ///< for messages
  Names titles;
  std::function<CellColumn(const std::string& title)> read;
  /// Whether it is known to be one of numbers without reading it.
  std::function<bool(const std::string& title)> is_numeric = {};
};

/// The columns of the cells of `matrix`, which is all that `path` holds: of the file itself, if it has such,
/// and of `table` (cell_table.hpp), which is read once, if one is given.
/// @throws InputError as cell_column_titles and CellTable; UsageError for a column that both have
ColumnSource columns_of(const ExpressionMatrix& matrix, const std::filesystem::path& path,
                        const std::string& table);

/// Titles that an option names, each of them once. @throws InputError for one that is not among them,
/// UsageError for one that is named twice
Names titles_named(const std::string& text, const Names& titles, const std::string& option, Log& log);

}  // namespace dko
