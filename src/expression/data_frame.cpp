#include "data_frame.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "dko/base/error.hpp"
#include "dko/base/name_index.hpp"
#include "dko/base/text.hpp"

namespace dko {

namespace {

constexpr auto old_categories = "__categories";

/// @throws InputError for a category that is there twice: codes of either would be of one group of cells
void require_distinct(const Names& categories, const std::string& place) {
  std::unordered_set<std::string_view> seen;
  for (const std::string& category : categories) {
    if (!seen.insert(category).second)
      throw InputError(
          fmt::format("{}: has the category {} twice: the file is corrupt", place, shown_name(category)));
  }
}

/// A column of codes into categories; negative codes are missing values.
CellColumn decoded(std::string title, const std::vector<double>& codes, const Names& categories,
                   const std::string& place) {
  require_distinct(categories, place);
  CellColumn column{std::move(title), {}, {}, {}, categories};
  for (const double code : codes) {
    if (code >= static_cast<double>(categories.size()))
      throw InputError(
          fmt::format("{}: has a code {} and there are {} categories", place, code, categories.size()));
    column.missing.push_back(!(code >= 0));
    column.texts.push_back(code >= 0 ? categories[static_cast<std::size_t>(code)] : std::string());
  }
  return column;
}

/// An array as it is: text, or numbers of which NaN is a missing value, or values with names, of which R's NA
/// is missing. `field` is of records. Numbers in single precision are those that they are written as: 0.7,
/// not 0.699999988.
CellColumn plain(std::string title, const hdf5::Dataset& array, const std::string& field = {}) {
  CellColumn column{std::move(title), array.texts(field), {}, {}, {}};
  column.missing.assign(column.texts.size(), false);
  if (!field.empty() || array.content() != hdf5::Content::numbers) return column;
  const auto lack = [&](std::size_t at) {
    column.missing[at] = true;
    column.texts[at].clear();
  };
  if (array.is_enumeration()) {
    for (std::size_t at = 0; at < column.texts.size(); ++at)
      if (column.texts[at].empty() || column.texts[at] == "NA") lack(at);
    return column;
  }
  column.numbers = array.numbers();
  const bool is_single = array.is_single_precision();
  for (std::size_t at = 0; at < column.numbers.size(); ++at) {
    if (std::isnan(column.numbers[at]))
      lack(at);
    else if (is_single)
      column.numbers[at] = parse_number(column.texts[at]).value_or(column.numbers[at]);
  }
  return column;
}

/// Which of so many values are missing. @throws InputError unless it is told of each
std::vector<double> mask_of(const hdf5::Location& group, std::size_t count) {
  std::vector<double> mask = group.dataset("mask").numbers();
  if (mask.size() != count)
    throw InputError(fmt::format("{}: has {} values and a mask of {}: the file is corrupt", group.place(),
                                 count, mask.size()));
  return mask;
}

/// The categories of a column, in a group of values and a mask where they are of a type that can lack some.
Names categories_in(const hdf5::Location& column) {
  if (!column.has_group("categories")) return column.dataset("categories").texts();
  const hdf5::Location group = column.group("categories");
  Names names = group.dataset("values").texts();
  const std::vector<double> mask = mask_of(group, names.size());
  if (std::any_of(mask.begin(), mask.end(), [](double lacks) { return lacks != 0; }))
    throw InputError(fmt::format("{}: has a category without a name: the file is corrupt", group.place()));
  return names;
}

}  // namespace

DataFrame::DataFrame(const hdf5::Location& file, const hdf5::Location& parent, std::string name)
    : file_(file),
      name_(std::move(name)),
      place_(parent.place() + (parent.place().ends_with('/') ? "" : "/") + name_) {
  if (parent.has_group(name_))
    group_.emplace(parent.group(name_));
  else
    records_.emplace(parent.dataset(name_));
}

std::string DataFrame::index_name() const {
  const Names present = group_ ? group_->children() : records_->fields();
  if (group_ && group_->has_attribute("_index")) return group_->text_attribute("_index");
  for (const char* usual : {"_index", "index"}) {
    if (std::find(present.begin(), present.end(), usual) != present.end()) return usual;
  }
  if (records_ && !present.empty()) return present.front();
  throw InputError(
      fmt::format("{}: has no index, the names of its rows", group_ ? group_->place() : records_->place()));
}

Names DataFrame::index() const {
  return column(index_name()).texts;
}

Names DataFrame::columns() const {
  Names names = group_ ? group_->children() : records_->fields();
  const std::string index = index_name();
  std::erase_if(names, [&](const std::string& name) { return name == index || name == old_categories; });
  return names;
}

bool DataFrame::has(const std::string& column) const {
  const Names names = columns();
  return std::find(names.begin(), names.end(), column) != names.end();
}

/// Versions 0.7 keep the categories of a column in the frame, older ones in uns.
std::optional<Names> DataFrame::categories_of(const std::string& column) const {
  if (group_ && group_->has_group(old_categories)) {
    const hdf5::Location all = group_->group(old_categories);
    if (all.has_dataset(column)) return all.dataset(column).texts();
  }
  if (records_ && file_.has_group("uns")) {
    const hdf5::Location uns = file_.group("uns");
    if (uns.has_dataset(column + "_categories")) return uns.dataset(column + "_categories").texts();
  }
  return std::nullopt;
}

bool DataFrame::is_numeric(const std::string& title) const {
  if (!group_ || !group_->has_dataset(title) || categories_of(title)) return false;
  const hdf5::Dataset array = group_->dataset(title);
  return array.content() == hdf5::Content::numbers && !array.is_enumeration();
}

CellColumn DataFrame::column(const std::string& title) const {
  if (group_ && group_->has_group(title)) return grouped_column(title);
  const std::optional<Names> categories = categories_of(title);
  if (records_) {
    const Names fields = records_->fields();
    if (std::find(fields.begin(), fields.end(), title) == fields.end())
      throw InputError(fmt::format("{}: has no column {}", records_->place(), title));
    return categories ? decoded(title, records_->numbers(title), *categories, records_->place())
                      : plain(title, *records_, title);
  }
  if (!group_->has(title)) throw InputError(fmt::format("{}: has no column {}", group_->place(), title));
  const hdf5::Dataset array = group_->dataset(title);
  return categories ? decoded(title, array.numbers(), *categories, array.place()) : plain(title, array);
}

/// A categorical column, or one of values and a mask that says which are missing.
CellColumn DataFrame::grouped_column(const std::string& title) const {
  const hdf5::Location group = group_->group(title);
  if (group.has_dataset("codes")) {
    return decoded(title, group.dataset("codes").numbers(), categories_in(group), group.place());
  }
  if (!group.has_dataset("values") || !group.has_dataset("mask"))
    throw InputError(fmt::format("{}: has a column type that dko does not know", group.place()));
  CellColumn column = plain(title, group.dataset("values"));
  const std::vector<double> mask = mask_of(group, column.texts.size());
  for (std::size_t at = 0; at < mask.size(); ++at) {
    if (mask[at] == 0) continue;
    column.missing[at] = true;
    column.texts[at].clear();
  }
  return column;
}

}  // namespace dko
