#include "dko/expression/cell_conditions.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "condition.hpp"
#include "dko/base/error.hpp"
#include "dko/base/numbers.hpp"
#include "dko/base/parameter.hpp"
#include "dko/base/text.hpp"
#include "dko/expression/cell_table.hpp"
#include "dko/expression/reader.hpp"
#include "gene_condition.hpp"

namespace dko {

CellConditions::CellConditions(const ExpressionMatrix& matrix, const std::filesystem::path& path,
                               std::string table)
    : matrix_(matrix), path_(path), table_(std::move(table)) {}

CellConditions::~CellConditions() = default;

const ColumnSource& CellConditions::columns() {
  if (!columns_) columns_ = std::make_unique<ColumnSource>(columns_of(matrix_, path_, table_));
  return *columns_;
}

/// A column whose title starts like a condition on a gene must be written in quotes.
void CellConditions::refuse_column_of(const std::string& text, const std::string& option) {
  if (table_.empty() && !has_cell_columns(path_)) return;
  for (const std::string& title : columns().titles) {
    if (is_gene_condition(title) && trimmed(text).starts_with(title)) {
      throw UsageError(
          fmt::format("{} '{}': could be of a gene or of the column {}: write the column in quotes",
                      parameter(option), text, shown_name(title)));
    }
  }
}

/// A gene is none of the columns.
void CellConditions::refuse_gene(const std::string& text, const std::string& option) {
  const bool has_columns = !table_.empty() || has_cell_columns(path_);
  const std::string meant = gene_condition_meant(text, has_columns ? columns().titles : Names(), matrix_);
  if (!meant.empty())
    throw InputError(fmt::format("{}: {} '{}': {}", path_.string(), parameter(option), text, meant));
}

std::string CellConditions::ranges_in(const std::vector<std::string>& conditions,
                                      std::span<const std::int32_t> cells) {
  std::string ranges;
  for (const std::string& text : conditions) {
    const std::string range = is_gene_condition(text) ? range_of_gene(text, cells, matrix_)
                                                      : Condition(text, columns()).range_in(cells);
    if (!range.empty()) ranges += (ranges.empty() ? "" : "; ") + range;
  }
  return ranges;
}

std::vector<bool> CellConditions::meet(const std::string& text, const std::string& option, Missing missing,
                                       Log& log) {
  if (is_gene_condition(text)) {
    refuse_column_of(text, option);
    return meet_gene_condition(text, fmt::format("{} '{}'", parameter(option), text), path_.string(),
                               matrix_);
  }
  refuse_gene(text, option);
  const Condition condition(text, columns(), option);
  require_one_each(condition.column(), matrix_, path_);
  return condition.holds(missing, log);
}

std::vector<bool> CellConditions::meet_all(const std::vector<std::string>& conditions,
                                           const std::string& option, Missing missing, Log& log) {
  std::vector<bool> all(static_cast<std::size_t>(matrix_.cells()), true);
  for (const std::string& text : conditions) {
    const std::vector<bool> holds = meet(text, option, missing, log);
    std::transform(all.begin(), all.end(), holds.begin(), all.begin(), std::logical_and<>());
  }
  if (std::none_of(all.begin(), all.end(), std::identity())) {
    const auto cells = numbers_below<std::int32_t>(all.size());
    throw InputError(fmt::format("{}: no cell meets {} '{}': {}", path_.string(), parameter(option),
                                 fmt::join(conditions, "' and '"), ranges_in(conditions, cells)));
  }
  return all;
}

}  // namespace dko
