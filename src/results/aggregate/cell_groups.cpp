#include "dko/results/aggregate/cell_groups.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <set>
#include <string_view>

#include "dko/base/error.hpp"
#include "dko/base/name_index.hpp"
#include "dko/base/parameter.hpp"
#include "dko/base/text.hpp"

namespace dko {

namespace {

constexpr std::size_t most_listed = 50;

/// Its different values as labels.
void group_numbers(const ObsColumn& column, CellGroups& groups) {
  std::set<double> values;
  for (const double number : column.numbers)
    if (!std::isnan(number)) values.insert(number);
  if (std::ssize(values) > most_numbers_grouping)
    throw UsageError(fmt::format("{}: column {} has {} different numbers, and groups are made of at most {}",
                                 parameter("group-by"), shown_name(column.title),
                                 with_thousands(std::ssize(values)), most_numbers_grouping));
  for (const double value : values) groups.labels.push_back(fmt::format("{}", value));
  for (const double number : column.numbers)
    groups.of_cells.push_back(
        std::isnan(number) ? -1
                           : static_cast<std::int32_t>(std::distance(values.begin(), values.find(number))));
}

std::optional<std::int32_t> place_of(const CellGroups& groups, const std::string& label) {
  const auto found = std::find(groups.labels.begin(), groups.labels.end(), label);
  if (found == groups.labels.end()) return std::nullopt;
  return static_cast<std::int32_t>(found - groups.labels.begin());
}

constexpr std::string_view of_gene = "gene:";

/// The title itself, or, of a condition on a gene, one that differs by blanks.
std::optional<std::string> kept_title(const std::string& column, const Names& titles) {
  if (std::find(titles.begin(), titles.end(), column) != titles.end()) return column;
  if (!column.starts_with(of_gene)) return std::nullopt;
  const auto without_blanks = [](std::string text) {
    std::erase(text, ' ');
    return text;
  };
  const auto found = std::find_if(titles.begin(), titles.end(), [&](const std::string& title) {
    return without_blanks(title) == without_blanks(column);
  });
  return found == titles.end() ? std::nullopt : std::optional(*found);
}

/// "; H2-Aa is a gene: write 'gene:H2-Aa>0'"; empty for what is none.
std::string gene_note(const std::string& column, const Names& genes) {
  const std::string name(trimmed(std::string_view(column).substr(0, column.find_first_of("!<>="))));
  if (std::find(genes.begin(), genes.end(), name) == genes.end()) return {};
  return fmt::format("; {} is a gene: keep which cells have it by {}, and group by that", shown_name(name),
                     parameter("obs", fmt::format("'{}{}{}'", of_gene, column,
                                                  name.size() == trimmed(column).size() ? ">0" : "")));
}

/// @throws UsageError
[[noreturn]] void refuse_column(const std::string& column, const Names& titles, const Names& genes) {
  const std::string keeps = titles.empty() ? "" : "; it keeps " + some_names(titles, most_listed);
  if (column.starts_with(of_gene))
    throw UsageError(fmt::format("{}: the screen does not keep which cells meet {}: screen again with {}{}",
                                 parameter("group-by"), shown_name(column),
                                 parameter("obs", fmt::format("'{}'", column)), keeps));
  throw UsageError(titles.empty()
                       ? fmt::format("{}: the screen keeps no columns of its cells: screen again, with {} or "
                                     "{}, or with data that have such columns{}",
                                     parameter("group-by"), parameter("obs"), parameter("obs-file"),
                                     gene_note(column, genes))
                       : fmt::format("{}: the screen keeps no column {}{}{}", parameter("group-by"),
                                     shown_name(column), keeps, gene_note(column, genes)));
}

}  // namespace

CellGroups group_cells(const ScreenReader& screen, const std::string& column) {
  const Names titles = screen.obs_titles();
  const auto title = kept_title(column, titles);
  if (!title) refuse_column(column, titles, screen.gene_names());
  CellGroups groups = group_cells(screen.obs_column(*title));
  if (groups.count() == 0)
    throw UsageError(fmt::format("{}: no cell of the screen has a value in column {}: group by another",
                                 parameter("group-by"), shown_name(*title)));
  return groups;
}

std::vector<bool> screened_cells(const ScreenReader& screen) {
  std::vector<bool> screened(screen.cell_names().size(), false);
  for (const ScoreArray array : {ScoreArray::singles, ScoreArray::pairs}) {
    for (std::size_t cell = 0; screen.has(array) && cell < screened.size(); ++cell) {
      const EventRange range = screen.events_of_cell(array, static_cast<std::int64_t>(cell));
      if (range.first < range.last) screened[cell] = true;
    }
  }
  const std::int64_t listed = screen.has(ScoreArray::list) ? screen.events(ScoreArray::list) : 0;
  for (std::int64_t number = 0; number < listed; ++number)
    screened[static_cast<std::size_t>(screen.cell_of(ScoreArray::list, number))] = true;
  return screened;
}

std::int64_t cells_with_knockouts(const ScreenReader& screen, const CellsOfGroup& within) {
  const std::vector<bool> screened = screened_cells(screen);
  std::int64_t count = 0;
  for (std::size_t cell = 0; cell < screened.size(); ++cell)
    count += screened[cell] && within.has(static_cast<std::int64_t>(cell)) ? 1 : 0;
  return count;
}

CellGroups group_cells(ObsColumn kept) {
  CellGroups groups{kept.title, kept.labels, std::move(kept.codes), {}, 0};
  if (!kept.is_categorical()) group_numbers(kept, groups);
  groups.sizes.resize(groups.labels.size());
  for (const std::int32_t group : groups.of_cells) {
    if (group < 0)
      ++groups.without;
    else
      ++groups.sizes[static_cast<std::size_t>(group)];
  }
  return groups;
}

std::int32_t group_named(const CellGroups& groups, const std::string& label, const std::string& option) {
  if (const auto place = place_of(groups, label)) return *place;
  throw UsageError(fmt::format("{}: column {} has no label {}; its labels: {}", option,
                               shown_name(groups.column), shown_name(label),
                               some_names(groups.labels, most_listed)));
}

std::vector<Contrast> contrasts_named(const CellGroups& groups, const std::string& text) {
  if (groups.count() < 2)
    throw UsageError(fmt::format("{}: column {} has {}: there is nothing to compare", parameter("contrast"),
                                 shown_name(groups.column), counted(groups.count(), "label")));
  if (const auto whole = place_of(groups, text)) return {{*whole}};
  std::vector<Contrast> contrasts;
  if (text == "each") {
    for (std::int32_t group = 0; group < groups.count(); ++group) contrasts.push_back({group});
    return contrasts;
  }
  for (std::size_t comma = text.find(','); comma != std::string::npos; comma = text.find(',', comma + 1)) {
    const auto group = place_of(groups, text.substr(0, comma));
    const auto against = place_of(groups, text.substr(comma + 1));
    if (group && against) contrasts.push_back({*group, *against});
  }
  if (contrasts.size() > 1)
    throw UsageError(fmt::format("{}: '{}' can be read in several ways, for labels have commas",
                                 parameter("contrast"), text));
  if (contrasts.empty()) {  // says what is unknown
    const std::size_t comma = text.find(',');
    group_named(groups, text.substr(0, comma), parameter("contrast"));
    group_named(groups, comma == std::string::npos ? text : text.substr(comma + 1), parameter("contrast"));
  }
  if (contrasts.front().group == contrasts.front().against)
    throw UsageError(
        fmt::format("{}: compares {} with itself", parameter("contrast"),
                    shown_name(groups.labels[static_cast<std::size_t>(contrasts.front().group)])));
  return contrasts;
}

}  // namespace dko
