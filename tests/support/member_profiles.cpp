#include "member_profiles.hpp"

#include <algorithm>

#include "full_network.hpp"

namespace dko::testing {

Genes genes_of(const RelativeProfiles& matrix, std::int64_t cell) {
  const auto expressed = matrix.expressed(cell);
  return {expressed.begin(), expressed.end()};
}

Genes without(const Genes& genes, const Genes& removed) {
  Genes left;
  for (const std::int32_t gene : genes) {
    if (std::find(removed.begin(), removed.end(), gene) == removed.end()) left.push_back(gene);
  }
  return left;
}

std::vector<Profile> full_profiles(std::span<const Mapping> mappings) {
  std::vector<Profile> profiles;
  for (const Mapping& mapping : mappings) {
    profiles.push_back([mapping](const Genes& expressed, const Genes& removed) {
      return full_profile(mapping, without(expressed, removed));
    });
  }
  return profiles;
}

}  // namespace dko::testing
