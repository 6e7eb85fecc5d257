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
  for (const auto& [ending, labels] : {std::pair<std::string_view, Labels>{"_id", Labels::ids},
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
  const std::size_t fields = row.fields().size();
  if (fields != titles_.size()) {
    throw InputError(
        fmt::format("{}: has {} fields, the header {}{}", row.place(), fields, titles_.size(),
                    order() > 1 ? "; knockouts of other numbers of genes go into other lists" : ""));
  }
  const auto empty = std::count_if(genes_.begin(), genes_.end(), [&](const Column& column) {
    return trimmed(row.as_written(column.at)).empty();
  });
  if (empty == 0) return;
  throw InputError(
      fmt::format("{}: has {} of {}: all knockouts of a list have the same number of genes; put others into "
                  "lists of their own",
                  row.place(), order() - empty, counted(order(), "gene")));
}

/// '+' or '-' before what is no gene with it, and one without; else ' '. Where no gene is switched on -1 is
/// what other programs write for a gene that they did not find, not the loss of gene number 1.
char EventColumns::sign_of(const DelimitedReader& row, const Column& column, const NameIndex& index) {
  const std::string_view text = row.fields()[column.at];
  if (text.size() < 2 || (text.front() != '+' && text.front() != '-')) return ' ';
  return index.by_name(row.as_written(column.at)).positions.empty() && index.by_name(text).positions.empty()
             ? text.front()
             : ' ';
}

bool EventColumns::adds_genes(const DelimitedReader& row, const NameIndex& index) const {
  return std::any_of(genes_.begin(), genes_.end(),
                     [&](const Column& column) { return sign_of(row, column, index) == '+'; });
}

std::optional<std::int32_t> EventColumns::find(const DelimitedReader& row, const Column& column, char sign,
                                               NameLookup& lookup) {
  const NameIndex& index = lookup.index();
  std::string_view text = row.fields()[column.at];
  std::string_view written = row.as_written(column.at);
  if (sign != ' ') written = text = text.substr(1);
  Meaning meaning = column.labels == Labels::numbers ? index.by_number(text) : index.by_name(written);
  const bool may_be_number = column.labels != Labels::names || text.starts_with('#');
  if (meaning.positions.empty() && column.labels != Labels::numbers)
    meaning = may_be_number ? index.meaning(text) : index.by_name(text);
  if (column.labels == Labels::ids && index.is_ambiguous(text)) {
    throw InputError(
        fmt::format("{}: '{}' is the name of one and the number of another; call the columns _name or _index "
                    "instead of _id",
                    row.place(), text));
  }
  if (meaning.positions.size() > 1) {
    throw InputError(fmt::format("{}: {}; choose one by its number, such as #{}", row.place(),
                                 index.note(text, meaning), meaning.positions.front()));
  }
  // What a column _index says needs no note.
  if (column.labels != Labels::numbers || meaning.positions.empty()) lookup.note(text, meaning, row.line());
  return meaning.positions.empty() ? std::nullopt : std::optional(meaning.positions.front());
}

EventColumns::SignedGenes EventColumns::signed_genes(const DelimitedReader& row, NameLookup& lookup) const {
  require_whole(row);
  SignedGenes found;
  const bool adds = adds_genes(row, lookup.index());
  for (const Column& column : genes_) {
    const bool is_plain_number = !adds && parse_integer(row.fields()[column.at]).has_value();
    const char sign = is_plain_number ? ' ' : sign_of(row, column, lookup.index());
    const auto gene = find(row, column, sign, lookup);
    if (!gene) continue;
    found.genes.push_back(*gene);
    found.added.push_back(sign == '+' ? 1 : 0);
  }
  return std::ssize(found.genes) == order() ? found : SignedGenes();
}

std::optional<std::int32_t> EventColumns::cell(const DelimitedReader& row, NameLookup& lookup) const {
  require_whole(row);
  return find(row, cell_, ' ', lookup);
}

}  // namespace dko
