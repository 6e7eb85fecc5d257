#pragma once

#include <string>
#include <vector>

#include "dko/expression/cell_column.hpp"

namespace dko {

/// A condition on a column of the cells, as --where takes it (selection.hpp).
class Condition {
 public:
  /// @throws UsageError for a text without a column, an operator and a value.
  explicit Condition(std::string text);

  const std::string& column() const { return column_; }

  /// For which cells it holds. @throws InputError, naming `file`, for a value that no cell has, or an order
  /// of what are no numbers.
  std::vector<bool> holds(const CellColumn& column, const std::string& file) const;

 private:
  enum class Operator { equal, unequal, less, at_most, more, at_least };

  bool holds_for(double number) const;
  std::vector<bool> compare_numbers(const CellColumn& column, const std::string& file) const;
  std::vector<bool> compare_texts(const CellColumn& column, const std::string& file) const;
  bool is_one_of(const std::string& text) const;

  std::string text_;
  std::string column_;
  Operator operator_ = Operator::equal;
  Names values_;
  double number_ = 0;
};

}  // namespace dko
