#include "dko/training/sparse/effect_weights.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

#include "dko/mapping/q_values.hpp"
#include "dko/training/ensemble.hpp"
#include "dko/training/sparse/effect_q_values.hpp"
#include "dko/training/sparse/sparse_fit.hpp"
#include "support/planted.hpp"
#include "support/testing.hpp"

using namespace dko;
using Numbers = std::vector<double>;

namespace {

/// Gene 0 acts on 1 and 2, gene 1 on 2, gene 2 on none.
SparseMapping small_mapping() {
  return SparseMapping({{0, 2, 3, 3}, {1, 2, 2}, {0.4, -0.2, 0.3}, {1, 1, 1}, {0, 0, 0}, {}, {}});
}

const NetworkPrior no_prior;

template <class Values>
Numbers numbers(const Values& values) {
  return {values.begin(), values.end()};
}

}  // namespace

TEST_CASE("an effect counts in full up to a q-value of a half, then less and less, and at 1 not at all") {
  for (const double q : {0.0, 0.1, 0.5}) CHECK(effect_weight(q) == 1);
  CHECK(effect_weight(0.75) == Approx(0.353553));  // (2 · 0.25)^1.5
  CHECK(effect_weight(0.98) == Approx(0.008));
  CHECK(effect_weight(1) == 0);
}

TEST_CASE("weights are those of q-values, 0 beyond what is to be kept, and up to 1 of supported pairs") {
  const SparseMapping mapping = small_mapping();
  const Numbers q{0.75, 0.2, 1};
  const double low = effect_weight(0.75);
  CHECK(effect_weights(mapping, q, 1, {no_prior}) == Numbers{low, 1, 0});
  CHECK(effect_weights(mapping, q, 0.5, {no_prior}) == Numbers{0, 1, 0});
  NetworkPrior prior;
  prior.targets = {1, 2};
  prior.regulators = {0, 1};
  prior.weights = {1, 0.25};
  prior.signs = {0, 0};
  CHECK(effect_weights(mapping, q, 1, {prior, 0.5}) == Numbers{1, 1, 0.25});
  CHECK(effect_weights(mapping, q, 0.5, {prior, 0.5}) == Numbers{0, 1, 0});
  CHECK(effect_weights(mapping, q, 1, {prior, 1}) == Numbers{low, 1, 0});  // of no use
  prior.signs = {-1, 1};                                                   // effects are 0.4 and 0.3
  CHECK(effect_weights(mapping, q, 1, {prior, 0.5}) == Numbers{low, 1, 0.25});
}

TEST_CASE("what is taken from effects goes into the offset, and none is left of weight 0") {
  const SparseMapping mapping = small_mapping();
  QValues q{{0.75, 0.2, 1}, {0.2, 1, 1}};
  const Numbers inputs{0.5, 0.25, 0.8};
  const SparseMapping weighed = weigh_effects(mapping, q, inputs, Numbers{0.25, 1, 0});
  CHECK(numbers(weighed.effects()) == Numbers{0.1, -0.2});
  CHECK(numbers(weighed.rows()) == Numbers{1, 2});
  CHECK(weighed.offset()[0] == 1);
  CHECK(weighed.offset()[1] == Approx(1 + 0.75 * 0.4 * 0.5));
  CHECK(weighed.offset()[2] == Approx(1 + 0.3 * 0.8));
  CHECK(q.effects == Numbers{0.75, 0.2});
  CHECK(q.genes == Numbers{0.2, 1, 1});
}

TEST_CASE("decoys count by their own q-values, and those of weight 0 are gone") {
  const DecoyEffects decoys{{0, 1, 1, 4}, {2, 0, 1, 2}, {0.1, 0.2, -0.4, 0.5}};
  const Numbers q{1, 0.3, 0.75, 0.5};
  const DecoyEffects weighed = weigh_decoys(decoys, q, {no_prior});
  CHECK(weighed.starts == std::vector<std::int64_t>{0, 0, 0, 3});
  CHECK(weighed.rows == std::vector<std::int32_t>{0, 1, 2});
  CHECK(weighed.effects == Numbers{0.2, -0.4 * effect_weight(0.75), 0.5});
  NetworkPrior prior;  // supports the first: what an effect of that pair would count
  prior.targets = {2};
  prior.regulators = {0};
  prior.weights = {0.5};
  prior.signs = {1};
  CHECK(weigh_decoys(decoys, q, {prior, 0.5}).effects == Numbers{0.05, 0.2, -0.4 * effect_weight(0.75), 0.5});
}

TEST_CASE("effects that cannot be told from noise have q = 1, and make no others more certain") {
  const RelativeProfiles planted =
      testing::planted_effects({.cells = 300, .noise = 0.4}, RandomStream(99, "planted"));
  constexpr std::int32_t rare = 39;
  std::vector<std::vector<float>> values;
  for (std::int64_t cell = 0; cell < planted.cells(); ++cell) {
    std::vector<float> of_cell;
    for (std::int32_t gene = 0; gene < planted.genes(); ++gene)
      of_cell.push_back(gene == rare && cell >= 15 ? 0 : planted.value(cell, gene));
    values.push_back(of_cell);
  }
  const RelativeProfiles profiles = testing::matrix_of(values).relative_profiles();
  const auto cells = testing::all_cells(profiles);
  const auto q_values_of = [&](std::int64_t on_rare) {  // genes 0 to 4 act on 10, 11, …, and on the rare one
    SparseMappingParts parts;
    parts.starts = {0};
    for (std::int32_t gene = 0; gene < profiles.genes(); ++gene) {
      for (std::int32_t target = 10; gene < 5 && target < rare; ++target) {
        parts.rows.push_back(target);
        parts.effects.push_back(target % 5 == gene ? 0.01 : 0.001);
      }
      if (gene < on_rare) {
        parts.rows.push_back(rare);
        parts.effects.push_back(1e-12);
      }
      parts.starts.push_back(std::ssize(parts.rows));
    }
    parts.offset.assign(static_cast<std::size_t>(profiles.genes()), 0.025);
    parts.floor.assign(parts.offset.size(), 1e-4);
    const SparseMapping mapping(std::move(parts));
    const Numbers q =
        find_q_values(profiles, cells, mapping, 0.3, 1, Communicator::one_rank()).q_values.effects;
    Numbers others;
    for (std::size_t at = 0; at < q.size(); ++at) {
      if (mapping.rows()[at] != rare)
        others.push_back(q[at]);
      else
        CHECK(q[at] == 1);
    }
    return others;
  };
  const Numbers alone = q_values_of(0);
  const double largest = *std::max_element(alone.begin(), alone.end());
  CHECK((largest > 0.5 && largest < 1));
  CHECK(q_values_of(rare) == alone);
}

TEST_CASE("a fitted model has the effects by their weights, and those of a fit alone are as found") {
  const RelativeProfiles profiles =
      testing::planted_effects({.cells = 120, .noise = 0.85}, RandomStream(98, "planted"));
  ModelOptions options;
  options.kind = MappingKind::sparse;
  const Split split = split_cells(profiles, 0.2, 0, {}, 1);
  const auto members = make_members(profiles, split, options, Communicator::one_rank());
  const auto& made = std::get<FittedMapping>(members->front());

  const auto cells = testing::all_cells(profiles);
  const FittedMapping alone = fit_sparse(profiles, cells, options.training.seed, Communicator::one_rank());
  EffectQuality quality = find_q_values(profiles, cells, alone.mapping, alone.record.cross_validated_distance,
                                        options.training.seed, Communicator::one_rank());
  const Numbers found = quality.q_values.effects;
  const SparseMapping expected = weigh_effects(alone.mapping, quality.q_values, quality.inputs,
                                               effect_weights(alone.mapping, found, 1, {no_prior}));
  CHECK(std::any_of(found.begin(), found.end(), [](double q) { return q > 0.5; }));
  CHECK(std::any_of(found.begin(), found.end(), [](double q) { return q <= 0.5; }));
  CHECK(numbers(made.mapping.effects()) == numbers(expected.effects()));
  CHECK(numbers(made.mapping.effects()) != numbers(alone.mapping.effects()));
  CHECK(numbers(made.mapping.offset()) == numbers(expected.offset()));
  CHECK(made.q_values.effects == quality.q_values.effects);
  CHECK(made.record.effects == expected.effects_count());
  REQUIRE(made.q_values.decoys.size() == quality.decoy_q.size());
  for (std::size_t draw = 0; draw < quality.decoy_q.size(); ++draw) {
    const DecoyEffects decoys =
        weigh_decoys(quality.q_values.decoys[draw], quality.decoy_q[draw], {no_prior});
    CHECK(made.q_values.decoys[draw].effects == decoys.effects);
    CHECK(made.q_values.decoys[draw].rows == decoys.rows);
  }
}
