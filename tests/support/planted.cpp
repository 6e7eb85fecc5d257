#include "planted.hpp"

#include <cmath>
#include <vector>

#include "testing.hpp"

namespace dko::testing {

RelativeProfiles planted_effects(const PlantedEffects& planted, RandomStream random) {
  constexpr std::size_t genes = 40;
  std::vector<std::vector<float>> levels;
  for (std::int64_t cell = 0; cell < planted.cells; ++cell) {
    std::vector<float> of_cell(genes, 0.0F);
    std::vector<bool> present(genes);
    for (std::size_t gene = 0; gene < genes; ++gene) present[gene] = random.uniform(0, 1) < planted.presence;
    for (std::size_t gene = 0; gene < genes; ++gene) {
      if (!present[gene]) continue;
      double level = 1 + (gene >= 10 && present[gene % 5] ? planted.lift : 0);
      if (gene >= 1 && gene < 5 && present[gene - 1]) level += planted.in_chain;
      of_cell[gene] = static_cast<float>(level * std::exp(planted.noise * random.normal()));
    }
    levels.push_back(of_cell);
  }
  return matrix_of(levels).relative_profiles();
}

}  // namespace dko::testing
