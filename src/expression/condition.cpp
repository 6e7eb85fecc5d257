#include "condition.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>

#include "dko/base/error.hpp"
#include "dko/base/parameter.hpp"
#include "dko/base/text.hpp"

namespace dko {

namespace {

/// The distinct values of a column, a few of them, for messages.
std::string values_in(const CellColumn& column) {
  constexpr std::size_t most = 10;
  std::set<std::string> distinct;
  for (std::size_t cell = 0; cell < column.texts.size(); ++cell)
    if (!column.missing[cell]) distinct.insert(column.texts[cell]);
  std::string list;
  std::size_t shown = 0;
  for (const std::string& value : distinct) {
    if (shown++ == most) return list + fmt::format(" and {} more", distinct.size() - most);
    list += (list.empty() ? "" : ", ") + value;
  }
  return list.empty() ? "none" : list;
}

Names alternatives(std::string_view text) {
  Names values;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find('|', start), text.size());
    values.emplace_back(trimmed(text.substr(start, end - start)));
    start = end + 1;
  }
  return values;
}

}  // namespace

Condition::Condition(std::string text) : text_(std::move(text)) {
  const std::size_t at = text_.find_first_of("!<>=");
  const auto refuse = [&] {
    throw UsageError(fmt::format("{} '{}': write COLUMN=VALUE, COLUMN!=VALUE, COLUMN>=NUMBER or the like",
                                 parameter("where"), text_));
  };
  if (at == std::string::npos || at == 0) refuse();
  column_ = trimmed(std::string_view(text_).substr(0, at));
  const bool with_equal = at + 1 < text_.size() && text_[at + 1] == '=';
  switch (text_[at]) {
    case '!':
      if (!with_equal) refuse();
      operator_ = Operator::unequal;
      break;
    case '<':
      operator_ = with_equal ? Operator::at_most : Operator::less;
      break;
    case '>':
      operator_ = with_equal ? Operator::at_least : Operator::more;
      break;
    default:
      operator_ = Operator::equal;
  }
  const std::string_view value = trimmed(std::string_view(text_).substr(at + (with_equal ? 2 : 1)));
  values_ = alternatives(value);
  if (operator_ == Operator::equal || operator_ == Operator::unequal) return;
  const auto number = parse_number(value);
  if (!number) refuse();
  number_ = *number;
}

std::vector<bool> Condition::holds(const CellColumn& column, const std::string& file) const {
  const bool by_order = operator_ != Operator::equal && operator_ != Operator::unequal;
  return by_order ? compare_numbers(column, file) : compare_texts(column, file);
}

bool Condition::holds_for(double number) const {
  switch (operator_) {
    case Operator::less:
      return number < number_;
    case Operator::at_most:
      return number <= number_;
    case Operator::more:
      return number > number_;
    default:
      return number >= number_;
  }
}

std::vector<bool> Condition::compare_numbers(const CellColumn& column, const std::string& file) const {
  // Numbers may be there as categories too.
  std::vector<double> numbers = column.numbers;
  for (std::size_t cell = 0; numbers.size() == cell && cell < column.texts.size(); ++cell) {
    const auto number = column.missing[cell] ? std::optional(0.0) : parse_number(column.texts[cell]);
    if (number) numbers.push_back(*number);
  }
  if (numbers.size() != column.texts.size()) {
    throw InputError(fmt::format("{}: {} '{}': column {} is not numeric; its values: {}", file,
                                 parameter("where"), text_, column_, values_in(column)));
  }
  std::vector<bool> holds;
  for (std::size_t cell = 0; cell < numbers.size(); ++cell)
    holds.push_back(!column.missing[cell] && holds_for(numbers[cell]));
  return holds;
}

/// Equal as texts, or as numbers: 1 and 1.0.
bool Condition::is_one_of(const std::string& text) const {
  return std::any_of(values_.begin(), values_.end(), [&](const std::string& value) {
    if (text == value) return true;
    const auto number = parse_number(value);
    return number && parse_number(text) == number;
  });
}

std::vector<bool> Condition::compare_texts(const CellColumn& column, const std::string& file) const {
  std::vector<bool> holds;
  bool any = false;
  for (std::size_t cell = 0; cell < column.texts.size(); ++cell) {
    const bool equal = !column.missing[cell] && is_one_of(column.texts[cell]);
    any = any || equal;
    holds.push_back(!column.missing[cell] && equal == (operator_ == Operator::equal));
  }
  if (!any) {
    throw InputError(fmt::format("{}: {} '{}': no cell has that value in column {}; its values: {}", file,
                                 parameter("where"), text_, column_, values_in(column)));
  }
  return holds;
}

}  // namespace dko
