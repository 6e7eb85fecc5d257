#pragma once
// Conditions on cells, as --where and other options take them.

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "dko/base/log.hpp"
#include "dko/base/name_list.hpp"
#include "dko/expression/matrix.hpp"

namespace dko {

struct ColumnSource;

/// Which cells of a file meet a condition, on a column of theirs (selection.hpp) or on a gene:
/// gene:NAME>2 compares the value of the gene, as the input has it, with a number, by > >= < <= = and !=. A
/// cell that does not express the gene has 0. A column of a title like that is written in quotes. The whole
/// name of the gene counts (or its accession), before genes are chosen.
class CellConditions {
 public:
  /// `matrix` is all that `path` holds; `table` is a table of its cells (cell_table.hpp), or empty. All but
  /// the table must outlive this.
  CellConditions(const ExpressionMatrix& matrix, const std::filesystem::path& path, std::string table);
  ~CellConditions();

  /// One entry for each cell. `option` is the parameter that has it, for messages. Local.
  /// @throws InputError for unknown columns (with what to write if it is a gene), genes or values, UsageError
  ///         for what is no condition, or could be two
  std::vector<bool> meet(const std::string& text, const std::string& option, Missing missing, Log& log);
  /// The same of several conditions, which hold together. @throws InputError also if no cell meets them
  std::vector<bool> meet_all(const std::vector<std::string>& conditions, const std::string& option,
                             Missing missing, Log& log);

  /// What these cells have of what conditions are on, for messages: "Cst3 is 10 to 1172 in these 622 cells",
  /// "depth is 3 to 80 in these 622 cells", "type is A, B in these 622 cells", with "; " between. Empty
  /// without cells. The conditions must be such that meet() takes.
  std::string ranges_in(const std::vector<std::string>& conditions, std::span<const std::int32_t> cells);

 private:
  const ColumnSource& columns();
  void refuse_column_of(const std::string& text, const std::string& option);
  void refuse_gene(const std::string& text, const std::string& option);

  const ExpressionMatrix& matrix_;
  const std::filesystem::path& path_;
  std::string table_;
  std::unique_ptr<ColumnSource> columns_;  // once they are needed
};

}  // namespace dko
