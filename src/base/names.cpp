#include "dko/base/names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace dko {

Names numbered_names(std::string_view stem, std::int64_t count) {
  Names names;
  names.reserve(static_cast<std::size_t>(count));
  for (std::int64_t at = 0; at < count; ++at) names.push_back(fmt::format("{}{}", stem, at));
  return names;
}

namespace {

bool are_unique(const Names& names) {
  std::unordered_set<std::string_view> seen;
  seen.reserve(names.size());
  return std::all_of(names.begin(), names.end(),
                     [&](const std::string& name) { return seen.insert(name).second; });
}

}  // namespace

std::int64_t make_unique(Names& names) {
  if (are_unique(names)) return 0;
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

}  // namespace dko
