#pragma once

#include <filesystem>
#include <string>

#include "dko/expression/cell_column.hpp"
#include "dko/expression/matrix.hpp"

namespace dko {

/// Columns of the cells of a matrix, from a table of text: a header with the titles of its columns, the first
/// column with the names of the cells as in the data (or "#7" for cell number 7, and 7 where no name looks
/// like a number), in any order. A field that is empty, or NA, is missing. A column of which all other fields
/// are numbers is one of numbers.
class CellTable {
 public:
  /// Reads `path` for the cells of `matrix`, which is all that `data` holds. Local.
  /// @throws InputError with file and line for a repeated title, a row of another length than the header, a
  ///         cell that is there twice; with their names for cells of the table that the data do not have, and
  ///         cells of the data that the table lacks
  CellTable(const std::filesystem::path& path, const ExpressionMatrix& matrix,
            const std::filesystem::path& data);

  /// Titles of all columns but the first.
  Names titles() const;
  /// @throws InputError if there is no such column
  CellColumn column(const std::string& title) const;

 private:
  std::string path_;
  std::vector<CellColumn> columns_;
};

/// A column of the cells of `matrix`, which is all that `path` holds: from the file itself, or from `table`
/// if one is given. Local.
/// @throws InputError as read_cell_column and CellTable, and for a column that is not of these cells;
///         UsageError for a column that file and table both have
CellColumn column_of_cells(const std::string& title, const ExpressionMatrix& matrix,
                           const std::filesystem::path& path, const std::string& table);

/// @throws UsageError for a table beside a file that has columns of its own
void refuse_second_columns(const std::filesystem::path& path, const std::string& table);
/// @throws InputError for a column that has not one value for each cell
void require_one_each(const CellColumn& column, const ExpressionMatrix& matrix,
                      const std::filesystem::path& path);

}  // namespace dko
