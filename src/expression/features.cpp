#include "features.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>

#include "dko/base/error.hpp"
#include "dko/base/first_texts.hpp"
#include "dko/base/text.hpp"

namespace dko {

namespace {

constexpr auto gene_type = "Gene Expression";
constexpr std::array other_types{"Antibody Capture",
                                 "CRISPR Guide Capture",
                                 "Multiplexing Capture",
                                 "Multiplexing Tag Capture",
                                 "Antigen Capture",
                                 "Custom",
                                 "Peaks",
                                 "Chromatin Accessibility"};

std::string different(const Names& texts) {
  const std::set<std::string> all(texts.begin(), texts.end());
  return fmt::format("{}", fmt::join(all, ", "));
}

bool has_types(const Features& features) {
  return std::any_of(features.types.begin(), features.types.end(),
                     [](const std::string& type) { return !type.empty(); });
}

/// Whether types leave features out; a warning where there are texts that are none.
bool filters_by_type(const Features& features, const std::filesystem::path& path, Log& log) {
  if (!has_types(features)) return false;
  if (are_feature_types(features.types)) return true;
  log.warn(
      "{}: where 10x has the types of features (Gene Expression, Antibody Capture, …) it has {}; all {} are "
      "taken "
      "as genes",
      features.types_are_in.empty() ? path.string() : features.types_are_in, some_different(features.types),
      counted(std::ssize(features.types), "row"));
  return false;
}

}  // namespace

bool are_feature_types(const Names& texts) {
  if (std::find(texts.begin(), texts.end(), gene_type) != texts.end()) return true;
  return !texts.empty() && std::all_of(texts.begin(), texts.end(), [](const std::string& text) {
    return std::find(other_types.begin(), other_types.end(), text) != other_types.end();
  });
}

std::string some_different(const Names& texts) {
  constexpr std::size_t most = 4;
  const std::set<std::string> different(texts.begin(), texts.end());
  Names all;
  for (const std::string& text : different) all.push_back(text.empty() ? "nothing" : text);
  return first_texts(all, most);
}

FeatureChoice choose_genes(const Features& features, const std::string& genome,
                           const std::filesystem::path& path, Log& log) {
  const std::size_t count = features.names.size();
  for (const Names* list : {&features.ids, &features.types, &features.genomes}) {
    if (!list->empty() && list->size() != count)
      throw InputError(fmt::format("{}: its lists of features are of different lengths", path.string()));
  }
  if (!genome.empty() && features.genomes.empty())
    throw InputError(fmt::format("{}: does not state the genomes of its features", path.string()));
  const bool by_type = filters_by_type(features, path, log);
  FeatureChoice choice;
  Names left_out;
  for (std::size_t at = 0; at < count; ++at) {
    const bool is_gene = !by_type || features.types[at] == gene_type;
    const bool is_wanted = is_gene && (genome.empty() || features.genomes[at] == genome);
    choice.places.push_back(is_wanted ? static_cast<std::int32_t>(choice.names.size()) : -1);
    if (!is_gene) left_out.push_back(features.types[at]);
    if (!is_wanted) continue;
    choice.names.push_back(features.names[at]);
    if (!features.ids.empty()) choice.ids.push_back(features.ids[at]);
  }
  if (choice.names.empty()) {
    throw InputError(genome.empty() ? fmt::format("{}: has no features of type {}; its types: {}",
                                                  path.string(), gene_type, different(features.types))
                                    : fmt::format("{}: has no genes of genome {}; its genomes: {}",
                                                  path.string(), genome, different(features.genomes)));
  }
  if (!left_out.empty()) {
    log.info("{}: {} of {} left out: {}", path.string(), counted(std::ssize(left_out), "feature"),
             with_thousands(static_cast<std::int64_t>(count)), different(left_out));
  }
  if (choice.names.size() == count) choice.places.clear();
  return choice;
}

}  // namespace dko
