#include "dko/base/names.hpp"

#include <fmt/format.h>

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

NameIndex::NameIndex(std::string_view kind, const Names& names) : kind_(kind), names_(&names) {
  position_.reserve(names.size());
  for (std::size_t at = 0; at < names.size(); ++at) {
    position_.emplace(names[at], static_cast<std::int32_t>(at));
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

std::vector<std::int32_t> read_name_list(const std::filesystem::path& path, const NameIndex& index) {
  DelimitedReader file(path, Fields::whole);
  std::vector<std::int32_t> positions;
  std::unordered_set<std::int32_t> seen;
  while (file.next()) {
    const std::int32_t position = index.by_either(file.fields()[0], file.place());
    if (!seen.insert(position).second) {
      throw InputError(fmt::format("{}: '{}' is listed twice", file.place(), file.fields()[0]));
    }
    positions.push_back(position);
  }
  if (positions.empty()) throw InputError(fmt::format("{}: lists nothing", path.string()));
  return positions;
}

}  // namespace dko
