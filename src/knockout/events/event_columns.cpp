#include "dko/knockout/events/event_columns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "dko/base/error.hpp"
#include "dko/base/text.hpp"

namespace dko {

/// Takes "_id", "_index" or "_name" off a column's title.
EventColumns::Labels EventColumns::take_labels(std::string_view& title) {
  for (const auto& [ending, labels] : {std::pair<std::string_view, Labels>{"_id", Labels::either},
                                       {"_index", Labels::numbers},
                                       {"_name", Labels::names}}) {
    if (!title.ends_with(ending)) continue;
    title.remove_suffix(ending.size());
    return labels;
  }
  return Labels::either;
}

/// "gene2" → 2, "gene" → 1, anything else → nothing.
std::optional<std::int64_t> EventColumns::gene_number(std::string_view title) {
  if (!title.starts_with("gene")) return std::nullopt;
  title.remove_prefix(4);
  if (title.empty()) return 1;
  const auto number = parse_integer(title);
  return number && *number >= 1 ? number : std::nullopt;
}

EventColumns::EventColumns(DelimitedReader& file, const std::filesystem::path& path) {
  if (!file.next()) throw InputError(fmt::format("{}: is empty", path.string()));
  place_ = file.place();
  titles_.assign(file.fields().begin(), file.fields().end());
  std::map<std::int64_t, Column> genes;
  std::optional<Column> cell;
  for (std::size_t at = 0; at < titles_.size(); ++at) {
    std::string_view title = titles_[at];
    const Labels labels = take_labels(title);
    const auto number = gene_number(title);
    const bool twice = number ? !genes.emplace(*number, Column{at, labels}).second : title == "cell" && cell;
    if (twice) throw InputError(fmt::format("{}: two columns mean the same: {}", place_, titles_[at]));
    if (title == "cell") cell = Column{at, labels};
  }
  if (!cell)
    throw InputError(fmt::format(
        "{}: has no column cell_id, cell_index or cell_name: a list starts with a header", place_));
  cell_ = *cell;
  if (genes.empty()) {
    throw InputError(fmt::format(
        "{}: has no column gene_id, gene_index or gene_name (gene1_id and so on for several genes)", place_));
  }
  for (const auto& [number, column] : genes) {
    if (number != order() + 1)
      throw InputError(fmt::format("{}: has no column gene{}_id", place_, order() + 1));
    genes_.push_back(column);
  }
}

std::optional<std::size_t> EventColumns::optional(std::string_view title) const {
  const auto found = std::find(titles_.begin(), titles_.end(), title);
  if (found == titles_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - titles_.begin());
}

std::size_t EventColumns::required(std::string_view title) const {
  if (const auto at = optional(title)) return *at;
  throw InputError(fmt::format("{}: has no column {}", place_, title));
}

void EventColumns::require_whole(const DelimitedReader& row) const {
  if (row.fields().size() == titles_.size()) return;
  throw InputError(
      fmt::format("{}: has {} fields, the header {}", row.place(), row.fields().size(), titles_.size()));
}

std::int32_t EventColumns::find(const NameIndex& index, const Column& column, std::string_view text,
                                const std::string& place) {
  switch (column.labels) {
    case Labels::names:
      return index.by_name(text, place);
    case Labels::numbers:
      return index.by_number(text, place);
    case Labels::either:
      break;
  }
  if (index.is_ambiguous(text)) {
    throw InputError(
        fmt::format("{}: '{}' is the name of one and the number of another; call the columns _name or _index "
                    "instead of _id",
                    place, text));
  }
  return index.by_either(text, place);
}

bool EventColumns::is_known(const NameIndex& index, const Column& column, std::string_view text) {
  return (column.labels != Labels::numbers && index.find_name(text)) ||
         (column.labels != Labels::names && index.find_number(text));
}

std::vector<std::int32_t> EventColumns::genes(const DelimitedReader& row, const NameIndex& index) const {
  require_whole(row);
  std::vector<std::int32_t> genes;
  for (const Column& column : genes_)
    genes.push_back(find(index, column, row.fields()[column.at], row.place()));
  return genes;
}

std::int32_t EventColumns::cell(const DelimitedReader& row, const NameIndex& index) const {
  require_whole(row);
  return find(index, cell_, row.fields()[cell_.at], row.place());
}

std::optional<std::string> EventColumns::unknown_gene(const DelimitedReader& row,
                                                      const NameIndex& index) const {
  for (const Column& column : genes_) {
    const std::string_view text = row.fields()[column.at];
    if (!is_known(index, column, text)) return std::string(text);
  }
  return std::nullopt;
}

std::optional<std::string> EventColumns::unknown_cell(const DelimitedReader& row,
                                                      const NameIndex& index) const {
  const std::string_view text = row.fields()[cell_.at];
  if (is_known(index, cell_, text)) return std::nullopt;
  return std::string(text);
}

}  // namespace dko
