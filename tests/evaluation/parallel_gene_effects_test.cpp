#include <catch2/catch.hpp>
#include <cmath>

#include "dko/evaluation/gene_effects.hpp"
#include "support/full_network.hpp"
#include "support/testing.hpp"

using namespace dko;

namespace {

std::vector<std::int32_t> without(std::span<const std::int32_t> genes, std::int32_t lost) {
  std::vector<std::int32_t> rest;
  for (const std::int32_t gene : genes) {
    if (gene != lost) rest.push_back(gene);
  }
  return rest;
}

/// By the full network, cell after cell.
double relative_change(const ExpressionMatrix& data, const Mapping& mapping, std::int32_t lost,
                       std::int32_t gene) {
  double change = 0;
  double shares = 0;
  for (std::int64_t cell = 0; cell < data.cells(); ++cell) {
    if (!data.expresses(cell, lost) || !data.expresses(cell, gene)) continue;
    const auto before = testing::full_profile(mapping, data.expressed(cell));
    const auto after = testing::full_profile(mapping, without(data.expressed(cell), lost));
    const double renormalised =
        before[static_cast<std::size_t>(gene)] / (1 - before[static_cast<std::size_t>(lost)]);
    change += after[static_cast<std::size_t>(gene)] - renormalised;
    shares += renormalised;
  }
  return shares > 0 ? change / shares : 0;
}

}  // namespace

TEST_CASE("predicted effects are those of what the full network predicts") {
  const auto data = testing::random_matrix(9, 7, 0.7, 3).relative_profiles();
  const Mapping mapping = testing::random_mapping({7, 5}, 0.6F, 2);
  const auto members = testing::collapsed({mapping});
  const GenePairs effects = predicted_effects(data, members, testing::world());
  for (std::int32_t lost = 0; lost < 7; ++lost) {
    for (std::int32_t gene = 0; gene < 7; ++gene) {
      if (gene == lost) continue;
      CHECK(effects.at(lost, gene) ==
            Approx(relative_change(data, mapping, lost, gene)).margin(1e-5).epsilon(1e-4));
    }
  }
}
