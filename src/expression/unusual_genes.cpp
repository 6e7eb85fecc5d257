#include "unusual_genes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>

#include "dko/base/parameter.hpp"
#include "dko/base/text.hpp"

namespace dko {

namespace {

bool is_spike_in(std::string_view name) {
  return name.starts_with("ERCC-") && name.size() == 10 &&
         name.find_first_not_of("0123456789", 5) == std::string_view::npos;
}

bool is_probe(std::string_view name) {
  return name.starts_with("ENS") && std::count(name.begin(), name.end(), '|') == 2;
}

bool is_antibody(std::string_view name) {
  return name.find("TotalSeq") != std::string_view::npos;
}

struct Kind {
  const char* title;
  bool (*is_one)(std::string_view name);
};

constexpr std::array kinds{Kind{"spike-in", is_spike_in}, Kind{"probe", is_probe},
                           Kind{"antibody tag", is_antibody}};

}  // namespace

void warn_of_no_genes(const Names& names, const Names& ids, const std::filesystem::path& path, Log& log) {
  for (const Kind& kind : kinds) {
    std::int64_t count = 0;
    std::string example;
    for (std::size_t at = 0; at < names.size(); ++at) {
      const std::string& text = kind.is_one(names[at]) ? names[at] : ids[at];
      if (!kind.is_one(text)) continue;
      if (count++ == 0) example = text;
    }
    if (count == 0) continue;
    log.warn("{}: {} {} as {}, such as {}; choose others with {}", path.string(), counted(count, kind.title),
             count == 1 ? "is taken" : "are taken", count == 1 ? "a gene" : "genes", example,
             parameter("genes"));
  }
}

void warn_of_feature_types(const Names& types, const std::filesystem::path& path, Log& log) {
  std::map<std::string, std::int64_t> others;
  for (const std::string& type : types)
    if (!type.empty() && type != "Gene Expression") ++others[type];
  if (others.empty() || std::find(types.begin(), types.end(), "Gene Expression") == types.end()) return;
  for (const auto& [type, count] : others)
    log.warn("{}: {} of type {} taken as genes, by var/feature_types; choose others with {}", path.string(),
             counted(count, "feature"), type, parameter("genes"));
}

}  // namespace dko
