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

TEST_CASE("weights are those of q-values, of supported pairs 1, and 0 beyond what is to be kept") {
  const SparseMapping mapping = small_mapping();
  const Numbers q{0.75, 0.2, 1};
  CHECK(effect_weights(mapping, q, 1, {no_prior}) == Numbers{effect_weight(0.75), 1, 0});
  CHECK(effect_weights(mapping, q, 0.5, {no_prior}) == Numbers{0, 1, 0});
  NetworkPrior prior;
  prior.targets = {1, 2};
  prior.regulators = {0, 1};
  prior.weights = {1, 1};
  prior.signs = {0, 0};
  CHECK(effect_weights(mapping, q, 1, {prior, 0.5}) == Numbers{1, 1, 1});
  CHECK(effect_weights(mapping, q, 0.5, {prior, 0.5}) == Numbers{0, 1, 0});
  CHECK(effect_weights(mapping, q, 1, {prior, 1}) == Numbers{effect_weight(0.75), 1, 0});  // of no use
}

TEST_CASE(
    "what is taken from effects goes into the offset; none is left of weight 0; decoys are scaled alike") {
  const SparseMapping mapping = small_mapping();
  QValues q{{0.75, 0.2, 1}, {0.2, 1, 1}, {{{0, 1, 1, 3}, {2, 1, 2}, {0.1, 0.2, -0.3}}}};
  const Numbers inputs{0.5, 0.25, 0.8};
  const SparseMapping weighed = weigh_effects(mapping, q, inputs, Numbers{0.25, 1, 0});
  CHECK(numbers(weighed.effects()) == Numbers{0.1, -0.2});
  CHECK(numbers(weighed.rows()) == Numbers{1, 2});
  CHECK(weighed.offset()[0] == 1);
  CHECK(weighed.offset()[1] == Approx(1 + 0.75 * 0.4 * 0.5));
  CHECK(weighed.offset()[2] == Approx(1 + 0.3 * 0.8));
  CHECK(q.effects == Numbers{0.75, 0.2});
  CHECK(q.genes == Numbers{0.2, 1, 1});
  // On gene 1 a quarter of 0.4 is left, on gene 2 of 0.2 + 0.3 the first.
  CHECK(q.decoys[0].effects[0] == Approx(0.1 * 0.4));
  CHECK(q.decoys[0].effects[1] == Approx(0.2 * 0.25));
  CHECK(q.decoys[0].effects[2] == Approx(-0.3 * 0.4));
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
}
