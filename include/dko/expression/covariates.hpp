#pragma once
// Columns of the cells, such as their batch or sample, as numbers that a regression takes.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "dko/base/log.hpp"
#include "dko/expression/cell_column.hpp"
#include "dko/expression/matrix.hpp"

namespace dko {

/// Columns of the data that are to be covariates, as users write them.
struct CovariateRequest {
  std::string columns;      ///< names with commas between; empty: none
  std::string categorical;  ///< those of them whose numbers are codes of categories

  bool empty() const { return columns.empty(); }
};

/// The columns of some of the cells of a file.
class ChosenColumns {
 public:
  /// `cells` are numbers of `all`, which is what `path` holds; `table` is a table of its cells
  /// (cell_table.hpp) with columns that the file does not have, or empty. All must outlive this.
  ChosenColumns(const ExpressionMatrix& all, const std::vector<std::int32_t>& cells,
                const std::filesystem::path& path, const std::string& table)
      : all_(all), cells_(cells), path_(path), table_(table) {}

  /// What has the columns, for messages.
  std::string file() const { return table_.empty() ? path_.string() : table_; }
  Names titles() const;
  /// The values of the chosen cells. @throws InputError for a column that is not there, or lacks the value of
  /// a chosen cell, with how many and the first of them
  CellColumn read(const std::string& title) const;
  const std::string& cell_name(std::size_t at) const;

 private:
  const ExpressionMatrix& all_;
  const std::vector<std::int32_t>& cells_;
  const std::filesystem::path& path_;
  const std::string& table_;
};

/// What the columns that are asked for are as covariates, by the chosen cells. A column of numbers is numeric
/// unless it is named as categorical; of the categories, the first is the one that most cells have (of equals
/// the first by name), the others follow by name. Says in the log how each is understood, and warns of
/// categories with few cells and of whole numbers that look like codes. Local.
/// @throws InputError for unknown columns, missing or infinite values, a column with one value, one with as
///         many categories as cells, and for more covariates than so few cells can tell apart;
///         UsageError for a column that is named twice, or one that is categorical but no covariate
Covariates find_covariates(const CovariateRequest& request, const ChosenColumns& columns, Log& log);

/// The covariates of the chosen cells as numbers: cells × covariate_width() by rows. Local.
/// `known_by` says for messages whose covariates they are. @throws InputError for columns that are not there,
/// missing values, texts where numbers are needed, and
///         categories that are not among those of the covariate
std::vector<double> covariate_values(const Covariates& covariates, const ChosenColumns& columns,
                                     const std::string& known_by);

/// "batch (b0, b1, b2), depth (mean 3.2, sd 1.1)"
std::string text_of(const Covariates& covariates);

}  // namespace dko
