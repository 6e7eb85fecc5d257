#include "dko/base/names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <unordered_set>

#include "dko/base/delimited.hpp"
#include "dko/base/error.hpp"
#include "dko/base/text.hpp"

namespace dko {

Names numbered_names(std::string_view stem, std::int64_t count) {
  Names names;
  names.reserve(static_cast<std::size_t>(count));
  for (std::int64_t at = 0; at < count; ++at) names.push_back(fmt::format("{}{}", stem, at));
  return names;
}

std::int64_t make_unique(Names& names) {
  std::unordered_set<std::string> taken(names.begin(), names.end());
  std::unordered_set<std::string> seen;
  std::unordered_map<std::string, std::int64_t> suffix;
  std::int64_t renamed = 0;
  for (std::string& name : names) {
    if (seen.insert(name).second) continue;
    const std::string stem = name;
    std::int64_t& last = suffix[stem];
    do {
      name = fmt::format("{}-{}", stem, ++last);
    } while (!taken.insert(name).second);
    seen.insert(name);
    ++renamed;
  }
  return renamed;
}

std::int64_t make_unique(Names& names, const Names& ids) {
  std::unordered_map<std::string, std::int64_t> bearers;
  for (const std::string& name : names) ++bearers[name];
  std::int64_t renamed = 0;
  for (std::size_t at = 0; at < names.size(); ++at) {
    if (bearers[names[at]] == 1 || ids[at] == names[at]) continue;
    names[at] += "_" + ids[at];
    ++renamed;
  }
  return renamed + make_unique(names);
}

NameIndex::NameIndex(std::string_view kind, const Names& names, const Names& ids)
    : kind_(kind), names_(&names) {
  position_.reserve(names.size());
  for (const Names* of : {&names, &ids}) {
    for (std::size_t at = 0; at < of->size(); ++at)
      position_.emplace((*of)[at], static_cast<std::int32_t>(at));
  }
}

std::optional<std::int32_t> NameIndex::find_name(std::string_view text) const {
  const auto found = position_.find(text);
  return found == position_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::int32_t> NameIndex::find_number(std::string_view text) const {
  const auto number = parse_integer(text);
  if (!number || *number < 0 || *number >= std::ssize(*names_)) return std::nullopt;
  return static_cast<std::int32_t>(*number);
}

std::int32_t NameIndex::by_name(std::string_view text, std::string_view place) const {
  if (const auto position = find_name(text)) return *position;
  throw InputError(fmt::format("{}: the data has no {} named '{}'", place, kind_, text));
}

std::int32_t NameIndex::by_number(std::string_view text, std::string_view place) const {
  if (const auto position = find_number(text)) return *position;
  throw InputError(fmt::format("{}: {} {} does not exist: the data has {}, numbered from 0", place, kind_,
                               text, counted(std::ssize(*names_), kind_)));
}

std::int32_t NameIndex::by_either(std::string_view text, std::string_view place) const {
  if (const auto position = find_name(text)) return *position;
  return parse_integer(text) ? by_number(text, place) : by_name(text, place);
}

bool NameIndex::is_ambiguous(std::string_view text) const {
  const auto name = find_name(text);
  const auto number = find_number(text);
  return name && number && *name != *number;
}

namespace {

/// Collects positions, none twice.
class Listed {
 public:
  explicit Listed(const NameIndex& index) : index_(index) {}

  void add(std::string_view text, std::string_view place) {
    const std::int32_t position = index_.by_either(text, place);
    if (!seen_.insert(position).second)
      throw InputError(fmt::format("{}: '{}' is listed twice", place, text));
    positions_.push_back(position);
  }
  std::vector<std::int32_t> positions() && { return std::move(positions_); }

 private:
  const NameIndex& index_;
  std::vector<std::int32_t> positions_;
  std::unordered_set<std::int32_t> seen_;
};

}  // namespace

std::vector<std::int32_t> read_name_list(const std::filesystem::path& path, const NameIndex& index) {
  DelimitedReader file(path, Fields::whole);
  Listed listed(index);
  while (file.next()) listed.add(file.fields()[0], file.place());
  std::vector<std::int32_t> positions = std::move(listed).positions();
  if (positions.empty()) throw InputError(fmt::format("{}: lists nothing", path.string()));
  return positions;
}

std::vector<std::int32_t> listed_or_named(const std::string& file_or_names, const NameIndex& index,
                                          std::string_view option) {
  std::error_code error;
  if (std::filesystem::exists(file_or_names, error)) return read_name_list(file_or_names, index);
  const bool may_be_path = file_or_names.find('/') != std::string::npos || file_or_names.ends_with(".txt") ||
                           file_or_names.ends_with(".csv");
  if (may_be_path && !index.find_name(file_or_names))
    throw InputError(fmt::format("{}: {}: there is no such file", option, file_or_names));
  Listed listed(index);
  const std::string_view text = file_or_names;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find(',', start), text.size());
    listed.add(trimmed(text.substr(start, end - start)), option);
    start = end + 1;
  }
  return std::move(listed).positions();
}

}  // namespace dko
