#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

#include "dko/expression/cell_column.hpp"

namespace dko {

/// "A|B" without the quotes around it, doubled ones inside as one; nothing if it is not quoted.
std::optional<std::string> unquoted(std::string_view text);

/// The different values of a column of cells, by which conditions choose.
class Labels {
 public:
  /// `column` must outlive this.
  explicit Labels(const CellColumn& column);

  /// What a value was understood as. One of both is empty.
  struct Chosen {
    Names labels;   ///< one, or several with | between
    Names unknown;  ///< pieces that are no labels; the others are in `labels` then
    bool ambiguous = false;
  };
  /// The whole value if it is a label, without blanks or quotes around it if there is none such, and else
  /// its pieces between |, likewise; pieces may have | themselves where labels do.
  Chosen chosen_by(std::string_view value) const;

  /// Whether a cell has the label; in a column of numbers 1 and 1.0 are one.
  bool has(std::size_t cell, const std::string& label) const;
  /// Some of the values, for messages.
  std::string some() const;

 private:
  std::optional<std::string> label_of(std::string_view piece) const;
  bool is_label(std::string_view text) const;
  Chosen pieces_of(std::string_view value) const;

  const CellColumn& column_;
  std::unordered_set<std::string_view> texts_;
  std::unordered_set<double> numbers_;
};

}  // namespace dko
