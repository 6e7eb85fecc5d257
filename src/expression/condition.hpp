#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "column_source.hpp"
#include "dko/base/log.hpp"
#include "dko/base/name_list.hpp"
#include "dko/base/parameter.hpp"
#include "dko/expression/cell_column.hpp"
#include "labels.hpp"

namespace dko {

/// A condition on a column of the cells, as --where and other options take it (selection.hpp).
class Condition {
 public:
  /// Column, operator and value: of several ways to divide the text the only one that fits these columns.
  /// @throws UsageError for a text without a column, an operator and a value, and where several ways fit;
  ///         InputError if there is no such column. `option` has the condition, for messages
  Condition(std::string text, const ColumnSource& columns, std::string option = "where");

  const CellColumn& column() const { return column_; }

  /// For which cells it holds. Tells the log how a value was understood that is no label as it is, and how
  /// many cells have none. @throws InputError for a value that no cell has, or an order of what are no
  /// numbers.
  std::vector<bool> holds(Missing missing, Log& log) const;

  /// "depth is 3 to 80 in these 622 cells", "type is A, B in these 622 cells": what these cells have in the
  /// column, for messages; empty without cells.
  std::string range_in(std::span<const std::int32_t> cells) const;

 private:
  enum class Operator { equal, unequal, less, at_most, more, at_least };

  /// One way to divide the text.
  struct Parts {
    std::string column;  // as it is written
    Operator is = Operator::equal;
    std::string value;
  };

  std::vector<Parts> all_parts() const;
  bool fits(const Parts& parts, const CellColumn& column) const;
  std::string name() const;  // for messages
  bool by_order() const;
  bool holds_for(double number) const;
  std::optional<std::vector<double>> numbers() const;
  std::vector<bool> compare_numbers() const;
  std::vector<bool> compare_labels(Missing missing, Log& log) const;
  void require_cells(Labels::Chosen& chosen, const Labels& labels, Missing missing, Log& log) const;

  std::string text_;
  std::string option_;  // the parameter that has it, for messages
  std::string file_;
  CellColumn column_;
  Parts parts_;
};

}  // namespace dko
