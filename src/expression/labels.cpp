#include "labels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "dko/base/name_index.hpp"
#include "dko/base/text.hpp"

namespace dko {

namespace {

/// The pieces that a reader would see: between |, but not within quotes.
std::vector<std::string_view> plain_pieces(std::string_view value) {
  std::vector<std::string_view> pieces;
  std::size_t start = 0;
  bool quoted = false;
  for (std::size_t at = 0; at <= value.size(); ++at) {
    if (at < value.size() && value[at] == '"') quoted = !quoted;
    if (at < value.size() && (value[at] != '|' || quoted)) continue;
    pieces.push_back(value.substr(start, at - start));
    start = at + 1;
  }
  return pieces;
}

}  // namespace

std::optional<std::string> unquoted(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::nullopt;
  std::string inside;
  for (std::size_t at = 1; at + 1 < text.size(); ++at) {
    if (text[at] == '"' && (at + 2 >= text.size() || text[++at] != '"')) return std::nullopt;
    inside += text[at];
  }
  return inside;
}

Labels::Labels(const CellColumn& column)
    : column_(column), texts_(column.categories.begin(), column.categories.end()) {
  for (std::size_t cell = 0; cell < column.texts.size(); ++cell) {
    if (column.missing[cell]) continue;
    texts_.insert(column.texts[cell]);
    if (!column.numbers.empty()) numbers_.insert(column.numbers[cell]);
  }
}

bool Labels::is_label(std::string_view text) const {
  if (texts_.contains(text)) return true;
  const auto number = column_.numbers.empty() ? std::nullopt : parse_number(text);
  return number && numbers_.contains(*number);
}

std::optional<std::string> Labels::label_of(std::string_view piece) const {
  if (is_label(piece)) return std::string(piece);
  const std::string_view word = trimmed(piece);
  if (word.empty()) return std::nullopt;
  if (is_label(word)) return std::string(word);
  auto inside = unquoted(word);
  return inside && is_label(*inside) ? inside : std::nullopt;
}

Labels::Chosen Labels::chosen_by(std::string_view value) const {
  if (auto label = label_of(value)) return {{std::move(*label)}, {}};
  return pieces_of(value);
}

/// Counts the ways to divide the value at | into labels, from its end to its start: way[k] from piece k on.
Labels::Chosen Labels::pieces_of(std::string_view value) const {
  std::vector<std::size_t> starts{0};
  for (std::size_t at = 0; at < value.size(); ++at)
    if (value[at] == '|') starts.push_back(at + 1);
  const std::size_t count = starts.size();
  starts.push_back(value.size() + 1);
  struct Way {
    int ways = 0;  // up to 2
    std::size_t next = 0;
    std::string label;
  };
  std::vector<Way> way(count + 1);
  way[count].ways = 1;
  for (std::size_t first = count; first-- > 0;) {
    for (std::size_t last = first + 1; last <= count; ++last) {
      if (way[last].ways == 0) continue;
      auto label = label_of(value.substr(starts[first], starts[last] - 1 - starts[first]));
      if (!label) continue;
      way[first] = {std::min(2, way[first].ways + way[last].ways), last, std::move(*label)};
    }
  }
  Chosen chosen;
  chosen.ambiguous = way[0].ways > 1;
  if (way[0].ways > 0) {
    for (std::size_t at = 0; at < count; at = way[at].next) chosen.labels.push_back(way[at].label);
    return chosen;
  }
  for (const std::string_view piece : plain_pieces(value)) {
    if (auto label = label_of(piece))
      chosen.labels.push_back(std::move(*label));
    else
      chosen.unknown.emplace_back(piece);
  }
  return chosen;
}

bool Labels::has(std::size_t cell, const std::string& label) const {
  if (column_.missing[cell]) return false;
  if (column_.texts[cell] == label) return true;
  if (column_.numbers.empty()) return false;
  // Whole numbers beyond 2^53 are the same only as texts.
  if (parse_integer(label) && parse_integer(column_.texts[cell]))
    return parse_integer(label) == parse_integer(column_.texts[cell]);
  return parse_number(label) == column_.numbers[cell];
}

std::string Labels::some() const {
  const std::set<std::string> sorted(texts_.begin(), texts_.end());
  return sorted.empty() ? "none" : some_names({sorted.begin(), sorted.end()});
}

}  // namespace dko
