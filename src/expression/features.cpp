#include "features.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "dko/base/error.hpp"
#include "dko/base/text.hpp"

namespace dko {

namespace {

constexpr auto gene_type = "Gene Expression";

std::string different(const Names& texts) {
  const std::set<std::string> all(texts.begin(), texts.end());
  return fmt::format("{}", fmt::join(all, ", "));
}

}  // namespace

FeatureChoice choose_genes(const Features& features, const std::string& genome,
                           const std::filesystem::path& path, Log& log) {
  const std::size_t count = features.names.size();
  for (const Names* list : {&features.ids, &features.types, &features.genomes}) {
    if (!list->empty() && list->size() != count)
      throw InputError(fmt::format("{}: its lists of features are of different lengths", path.string()));
  }
  if (!genome.empty() && features.genomes.empty())
    throw InputError(fmt::format("{}: does not state the genomes of its features", path.string()));
  FeatureChoice choice;
  Names other_types;
  for (std::size_t at = 0; at < count; ++at) {
    const bool is_gene = features.types.empty() || features.types[at] == gene_type;
    const bool is_wanted = is_gene && (genome.empty() || features.genomes[at] == genome);
    choice.places.push_back(is_wanted ? static_cast<std::int32_t>(choice.names.size()) : -1);
    if (!is_gene) other_types.push_back(features.types[at]);
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
  if (!other_types.empty()) {
    log.info("{}: {} of {} left out: {}", path.string(), counted(std::ssize(other_types), "feature"),
             with_thousands(static_cast<std::int64_t>(count)), different(other_types));
  }
  if (choice.names.size() == count) choice.places.clear();
  return choice;
}

}  // namespace dko
