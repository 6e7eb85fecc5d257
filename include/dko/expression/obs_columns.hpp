#pragma once
// Columns of the cells (AnnData's obs) that a screen keeps beside its scores.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "dko/base/log.hpp"
#include "dko/base/names.hpp"
#include "dko/expression/matrix.hpp"

namespace dko {

/// A column of the cells, such as their type: labels and codes, or numbers.
struct ObsColumn {
  std::string title;
  Names labels = {};                     ///< those that a cell has; of a column of numbers none
  std::vector<std::int32_t> codes = {};  ///< of each cell, a place in `labels`; −1: no value
  std::vector<double> numbers = {};      ///< of each cell, NaN: no value; empty: the column is categorical

  bool is_categorical() const { return numbers.empty(); }
};
using ObsColumns = std::vector<ObsColumn>;

/// A column that is not named is kept if it has no more labels than this, and no more than half as many as
/// cells: others are names of cells, not groups of them.
inline constexpr std::int64_t most_labels_kept = 500;

/// Which columns are asked for.
struct ObsRequest {
  std::string names;           ///< titles with commas between, as read_obs takes them
  std::string option = "obs";  ///< the parameter that has them, for messages
};

/// The columns of the cells number `cells` of `all`, which is what `path` holds; `table` is one of columns
/// that the file does not have (cell_table.hpp), or empty. `names` has titles and conditions on genes (with
/// labels "no" and "yes") with commas between, or "none" if no column has that title; empty stands for
/// categorical columns, or ones of text, with no more labels than most_labels_kept says. Labels are in the
/// order of the file's categories, else by name. Says in the log what is kept, and what of it not. Local.
/// @throws InputError for a column that is not there, or cannot be read; UsageError for one that is named
///         twice, and where there is no file that has columns
ObsColumns read_obs(const ObsRequest& request, const ExpressionMatrix& all,
                    const std::vector<std::int32_t>& cells, const std::filesystem::path& path,
                    const std::string& table, Log& log);

/// Checksum of all of them; "none" of none.
std::string checksum_of(const ObsColumns& columns);

/// Approximate bytes in memory.
double bytes_of(const ObsColumns& columns);

}  // namespace dko
