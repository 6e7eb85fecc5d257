#pragma once
// What the members of an ensemble predict of whole cells, for tests of means over cells.

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "dko/expression/matrix.hpp"
#include "dko/mapping/mapping.hpp"

namespace dko::testing {

using Genes = std::vector<std::int32_t>;
/// The profile of a member after a knockout, over all genes.
using Profile = std::function<std::vector<double>(const Genes& expressed, const Genes& removed)>;

Genes genes_of(const RelativeProfiles& matrix, std::int64_t cell);
Genes without(const Genes& genes, const Genes& removed);

/// Those of the full networks.
std::vector<Profile> full_profiles(std::span<const Mapping> mappings);

}  // namespace dko::testing
