#include "condition.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "dko/base/error.hpp"
#include "dko/base/name_index.hpp"
#include "dko/base/parameter.hpp"
#include "dko/base/text.hpp"

namespace dko {

namespace {

/// The column that a text names: as it is, without blanks around it, or without quotes.
std::optional<std::string> title_of(const std::string& text, const Names& titles) {
  const auto is_there = [&](const std::string& title) {
    return std::find(titles.begin(), titles.end(), title) != titles.end();
  };
  if (is_there(text)) return text;
  const std::string word(trimmed(text));
  if (is_there(word)) return word;
  auto inside = unquoted(word);
  return inside && is_there(*inside) ? inside : std::nullopt;
}

std::string quoted(const Names& names, std::string_view between) {
  std::string list;
  for (const std::string& name : names)
    list += fmt::format("{}'{}'", list.empty() ? std::string_view() : between, name);
  return list;
}

}  // namespace

std::string Condition::name() const {
  return fmt::format("{} '{}'", parameter(option_), text_);
}

std::vector<Condition::Parts> Condition::all_parts() const {
  std::vector<Parts> all;
  for (std::size_t at = text_.find_first_of("!<>="); at != std::string::npos;
       at = text_.find_first_of("!<>=", at + 1)) {
    const char sign = text_[at];
    const bool with_equal = at + 1 < text_.size() && text_[at + 1] == '=';
    const auto add = [&](Operator is, std::size_t length) {
      if (!trimmed(text_.substr(0, at)).empty())
        all.push_back({text_.substr(0, at), is, text_.substr(at + length)});
    };
    if (with_equal)
      add(sign == '!'   ? Operator::unequal
          : sign == '<' ? Operator::at_most
          : sign == '>' ? Operator::at_least
                        : Operator::equal,
          2);
    if (sign != '!') add(sign == '<' ? Operator::less : sign == '>' ? Operator::more : Operator::equal, 1);
  }
  return all;
}

bool Condition::by_order() const {
  return parts_.is != Operator::equal && parts_.is != Operator::unequal;
}

bool Condition::fits(const Parts& parts, const CellColumn& column) const {
  if (parts.is != Operator::equal && parts.is != Operator::unequal)
    return parse_number(trimmed(parts.value)).has_value();
  const Labels::Chosen chosen = Labels(column).chosen_by(parts.value);
  return chosen.unknown.empty() && !chosen.labels.empty();
}

Condition::Condition(std::string text, const ColumnSource& columns, std::string option)
    : text_(std::move(text)), option_(std::move(option)), file_(columns.file) {
  const std::vector<Parts> all = all_parts();
  if (all.empty()) {
    throw UsageError(
        fmt::format("{}: write COLUMN=VALUE, COLUMN!=VALUE, COLUMN>=NUMBER or the like", name()));
  }
  std::vector<std::pair<Parts, CellColumn>> fitting;
  std::optional<std::pair<Parts, CellColumn>> first;  // for the message of a value that no cell has
  for (const Parts& parts : all) {
    const auto title = title_of(parts.column, columns.titles);
    if (!title) continue;
    CellColumn column = columns.read(*title);
    if (!first) first.emplace(parts, column);
    if (fits(parts, column)) fitting.emplace_back(parts, std::move(column));
  }
  if (fitting.size() > 1) {
    throw UsageError(fmt::format(
        "{}: could mean '{}' in column {} or '{}' in column {}: write the column or the value in quotes",
        name(), fitting[0].first.value, shown_name(fitting[0].second.title), fitting[1].first.value,
        shown_name(fitting[1].second.title)));
  }
  if (!first) column_ = columns.read(std::string(trimmed(all.front().column)));  // says what there is
  std::tie(parts_, column_) = fitting.empty() ? first.value() : fitting.front();
  if (by_order() && fitting.empty())
    throw UsageError(
        fmt::format("{}: '{}' is not a number: write COLUMN>=NUMBER or the like", name(), parts_.value));
}

std::vector<bool> Condition::holds(Missing missing, Log& log) const {
  std::vector<bool> holds = by_order() ? compare_numbers() : compare_labels(missing, log);
  const auto without = std::count(column_.missing.begin(), column_.missing.end(), true);
  if (without > 0) {
    log.info("{}: {} without a value in column {}: left out", name(), counted(without, "cell"),
             column_.title);
  }
  return holds;
}

bool Condition::holds_for(double number) const {
  const double limit = parse_number(trimmed(parts_.value)).value();
  switch (parts_.is) {
    case Operator::less:
      return number < limit;
    case Operator::at_most:
      return number <= limit;
    case Operator::more:
      return number > limit;
    default:
      return number >= limit;
  }
}

/// One a cell, 0 where none is; nothing if the column is not of numbers. They may be there as categories too.
std::optional<std::vector<double>> Condition::numbers() const {
  std::vector<double> numbers = column_.numbers;
  for (std::size_t cell = 0; numbers.size() == cell && cell < column_.texts.size(); ++cell) {
    const auto number = column_.missing[cell] ? std::optional(0.0) : parse_number(column_.texts[cell]);
    if (number) numbers.push_back(*number);
  }
  return numbers.size() == column_.texts.size() ? std::optional(std::move(numbers)) : std::nullopt;
}

std::string Condition::range_in(std::span<const std::int32_t> cells) const {
  if (cells.empty()) return {};
  const auto numbers = by_order() ? this->numbers() : std::nullopt;
  std::vector<double> of_cells;
  std::set<std::string> texts;
  for (const std::int32_t number : cells) {
    const auto cell = static_cast<std::size_t>(number);
    if (column_.missing[cell]) continue;
    texts.insert(column_.texts[cell]);
    if (numbers) of_cells.push_back((*numbers)[cell]);
  }
  const std::string in = fmt::format("in these {}", counted(std::ssize(cells), "cell"));
  if (texts.empty()) return fmt::format("{} has no value {}", shown_name(column_.title), in);
  if (of_cells.empty())
    return fmt::format("{} is {} {}", shown_name(column_.title), some_names({texts.begin(), texts.end()}),
                       in);
  const auto [least, most] = std::minmax_element(of_cells.begin(), of_cells.end());
  return fmt::format("{} is {} to {} {}", shown_name(column_.title), *least, *most, in);
}

std::vector<bool> Condition::compare_numbers() const {
  const auto numbers = this->numbers();
  if (!numbers) {
    throw InputError(fmt::format("{}: {}: column {} is not numeric; its values: {}", file_, name(),
                                 column_.title, Labels(column_).some()));
  }
  std::vector<bool> holds;
  for (std::size_t cell = 0; cell < numbers->size(); ++cell)
    holds.push_back(!column_.missing[cell] && holds_for((*numbers)[cell]));
  return holds;
}

/// Labels that no cell has are unknown too: categories that are not used.
void Condition::require_cells(Labels::Chosen& chosen, const Labels& labels, Missing missing, Log& log) const {
  std::erase_if(chosen.labels, [&](const std::string& label) {
    for (std::size_t cell = 0; cell < column_.texts.size(); ++cell)
      if (labels.has(cell, label)) return false;
    chosen.unknown.push_back(label);
    return true;
  });
  if (chosen.unknown.empty()) return;
  const std::string what = fmt::format("{}: {}: no cell has the value {} in column {}; its values: {}", file_,
                                       name(), quoted(chosen.unknown, ", "), column_.title, labels.some());
  if (missing == Missing::refuse || chosen.labels.empty()) throw InputError(what);
  log.warn("{}; left out", what);
}

std::vector<bool> Condition::compare_labels(Missing missing, Log& log) const {
  const Labels labels(column_);
  Labels::Chosen chosen = labels.chosen_by(parts_.value);
  if (chosen.ambiguous) {
    throw UsageError(
        fmt::format("{}: labels of column {} have | themselves, so that it can be read in several ways: "
                    "write labels in quotes, as in {}=\"A|B\"|C",
                    name(), column_.title, column_.title));
  }
  require_cells(chosen, labels, missing, log);
  if (chosen.labels != Names{parts_.value})
    log.info("{}: taken as {}", name(), quoted(chosen.labels, " or "));
  std::vector<bool> holds;
  for (std::size_t cell = 0; cell < column_.texts.size(); ++cell) {
    const bool equal = std::any_of(chosen.labels.begin(), chosen.labels.end(),
                                   [&](const std::string& label) { return labels.has(cell, label); });
    holds.push_back(!column_.missing[cell] && equal == (parts_.is == Operator::equal));
  }
  return holds;
}

}  // namespace dko
