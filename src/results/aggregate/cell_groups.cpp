#include "dko/results/aggregate/cell_groups.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

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

}  // namespace

CellGroups group_cells(const ScreenReader& screen, const std::string& column) {
  const Names titles = screen.obs_titles();
  if (std::find(titles.begin(), titles.end(), column) == titles.end()) {
    if (column.starts_with("gene:"))
      throw UsageError(fmt::format(
          "{0}: the screen does not keep which cells meet {1}: screen again with {2}", parameter("group-by"),
          shown_name(column), parameter("obs", fmt::format("'{}'", column))));
    throw UsageError(
        titles.empty() ? fmt::format("{}: the screen keeps no columns of its cells: screen again, with {} or "
                                     "{}, or with data that have such columns",
                                     parameter("group-by"), parameter("obs"), parameter("obs-file"))
                       : fmt::format("{}: the screen keeps no column {}; it keeps {}", parameter("group-by"),
                                     shown_name(column), some_names(titles, most_listed)));
  }
  return group_cells(screen.obs_column(column));
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
