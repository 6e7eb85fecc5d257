#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "dko/base/log.hpp"
#include "dko/base/name_list.hpp"
#include "dko/expression/matrix.hpp"

namespace dko {

/// Which cells and genes of a file to use. All conditions hold together, in this order: cells by name and by
/// column, cells with enough genes (of all genes in the file), genes in enough of the cells that are left,
/// genes by name, and of these the most variable.
struct Selection {
  std::string cells;               ///< as listed_or_named (name_list.hpp) takes it; empty: all
  std::vector<std::string> where;  ///< conditions on columns of the cells, such as "cell_type=microglia"
  std::string obs_file;  ///< table of columns (cell_table.hpp), where the file has none; empty: the file
  std::int64_t min_genes = 0;  ///< least number of expressed genes of a cell
  std::int64_t min_cells = 0;  ///< least number of cells that express a gene
  std::string genes;           ///< as `cells`; accessions serve too
  std::int64_t top_genes = 0;  ///< so many with the highest normalised dispersion (dispersion.hpp); 0: all
  std::string with_genes;      ///< as `genes`: kept whatever the other conditions on genes say

  bool ignore_missing = false;  ///< leave out, with a warning, what these lists name and the data lack

  Missing missing() const { return ignore_missing ? Missing::ignore : Missing::refuse; }
  bool empty() const;
};

struct Selected {
  ExpressionMatrix matrix;          ///< in the order of the file
  std::string description;          ///< what was chosen, in words and numbers; empty where nothing was
  std::vector<std::int32_t> cells;  ///< their numbers in the file
};

/// Applies a selection to the matrix read from `path`; says in the log what is left after each condition.
///
/// A condition is COLUMN=VALUE, with != for all others, and < <= > >= for numbers. The whole value, with its
/// blanks and quotes, is compared with the labels of the column; if there is none such, without the blanks or
/// the quotes around it; and if there is none such either, A|B stands for either of two values. Columns of
/// numbers are compared as numbers, all others as texts. gene:NAME>2 is on a gene (cell_conditions.hpp).
/// Cells without a value in the column meet no condition,
/// != included; the log tells how many there are. Local.
/// @throws InputError for unknown names, columns or values, or if fewer than two genes or no cell is left;
///         UsageError for what is no condition, or could be two.
Selected select(const ExpressionMatrix& matrix, const Selection& selection, const std::filesystem::path& path,
                Log& log);

/// The genes of the matrix that have these names, in the order of the names. `data` and `list` are for
/// messages: where the matrix, and where the names come from. Warns of names that the file repeats. Local.
/// @throws InputError if some are missing.
ExpressionMatrix select_genes(const ExpressionMatrix& matrix, const Names& genes, const std::string& data,
                              const std::string& list, Log& log);

}  // namespace dko
