// Knockdown and activation: by both kernels against the definition.

#include <catch2/catch.hpp>
#include <cmath>

#include "dko/knockout/kernels/dense_cell_kernel.hpp"
#include "dko/knockout/kernels/ensemble_kernel.hpp"
#include "dko/knockout/kernels/sparse_cell_kernel.hpp"
#include "support/full_network.hpp"
#include "support/pair_scores.hpp"
#include "support/plain_change.hpp"
#include "support/plain_sparse.hpp"
#include "support/testing.hpp"

using namespace dko;
using testing::GeneChanges;
using testing::PlainChange;

namespace {

std::vector<std::int32_t> lacking(const ExpressionMatrix& matrix, std::int64_t cell) {
  std::vector<std::int32_t> genes;
  for (std::int32_t gene = 0; gene < matrix.genes(); ++gene)
    if (!matrix.expresses(cell, gene)) genes.push_back(gene);
  return genes;
}

/// One cell of a matrix, and the genes that it lacks.
struct Cell {
  Cell(const RelativeProfiles& profiles, std::int64_t cell)
      : absent(lacking(profiles, cell)), intact(intact_cell(profiles, cell), absent) {}

  /// Positions, as kernels have them, as genes.
  GeneChanges changes(const std::vector<std::int32_t>& positions, double presence) const {
    const auto n = static_cast<std::int32_t>(intact.expressed.size());
    GeneChanges changes;
    changes.presence = presence;
    for (const std::int32_t at : positions) {
      if (at < n)
        changes.lost.push_back(intact.expressed[static_cast<std::size_t>(at)]);
      else
        changes.added.push_back(absent[static_cast<std::size_t>(at - n)]);
    }
    return changes;
  }

  std::vector<std::int32_t> absent;
  KernelCell intact;
};

PlainChange plain_of(const Mapping& mapping, const Cell& cell) {
  const std::vector<std::int32_t> expressed(cell.intact.expressed.begin(), cell.intact.expressed.end());
  return {expressed, testing::full_profile(mapping, expressed),
          [&mapping, expressed](const GeneChanges& changes) {
            std::vector<double> presences(static_cast<std::size_t>(mapping.shape().genes), 0.0);
            for (const std::int32_t gene : expressed) presences[static_cast<std::size_t>(gene)] = 1;
            for (const std::int32_t gene : changes.added) presences[static_cast<std::size_t>(gene)] = 1;
            for (const std::int32_t gene : changes.lost)
              presences[static_cast<std::size_t>(gene)] = changes.presence;
            return testing::full_outputs(mapping, presences);
          }};
}

PlainChange plain_of(const testing::PlainSparse& plain, const Cell& cell) {
  const std::vector<std::int32_t> expressed(cell.intact.expressed.begin(), cell.intact.expressed.end());
  const std::vector<float> shares(cell.intact.shares.begin(), cell.intact.shares.end());
  return {expressed, plain.profile(expressed, {}, {}, shares),
          [&plain, expressed, shares](const GeneChanges& changes) {
            std::vector<double> x = plain.inputs(expressed, shares);
            for (const std::int32_t gene : changes.added) {
              const auto at = static_cast<std::size_t>(gene);
              const bool is_level = !plain.level_scale.empty() && plain.level_scale[at] > 0;
              x[at] = is_level ? plain.level_scale[at] * std::log(2.0) : 1;
            }
            for (const std::int32_t gene : changes.lost)
              x[static_cast<std::size_t>(gene)] *= changes.presence;
            return plain.outputs(expressed, x, {}, shares);
          }};
}

/// Of the observed base: b = p.
void set_observed(PlainChange& plain, const Cell& cell) {
  for (std::size_t at = 0; at < plain.expressed.size(); ++at)
    plain.base[static_cast<std::size_t>(plain.expressed[at])] = static_cast<double>(cell.intact.shares[at]);
}

double difference(const KnockoutScores& a, const KnockoutScores& b) {
  const double worst =
      std::max({std::abs(a.impact - b.impact), std::abs(a.network - b.network), std::abs(a.share - b.share)});
  return std::isnan(worst) ? HUGE_VAL : worst;
}

/// Some knockdowns, activations, and with F = 0 events of both.
template <class Visit>
void for_each_event(const Cell& cell, double presence, Visit visit) {
  const auto n = static_cast<std::int32_t>(cell.intact.expressed.size());
  const auto all = n + static_cast<std::int32_t>(cell.absent.size());
  const std::int32_t end = presence > 0 ? n : all;
  for (std::int32_t a = 0; a < end; ++a) {
    visit(std::vector{a});
    for (std::int32_t b = a + 1; b < end; ++b) {
      if (n > 3) visit(std::vector{a, b});
      if (b + 1 < end && n > 3) visit(std::vector{a, b, b + 1});
    }
  }
}

/// Largest difference of scores and profiles.
template <class Kernel>
double worst_of_cell(Kernel& kernel, const Cell& cell, const PlainChange& plain, double presence) {
  kernel.set_presence(presence);
  kernel.load(cell.intact);
  double worst = 0;
  for_each_event(cell, presence, [&](const std::vector<std::int32_t>& positions) {
    const GeneChanges changes = cell.changes(positions, presence);
    worst = std::max(worst, difference(kernel.scores(positions), plain.scores(changes)));
    const std::vector<double> expected = plain.profile(changes);
    const std::vector<double> profile = kernel.profile_after(positions);
    REQUIRE(profile.size() == cell.intact.expressed.size() + cell.absent.size());
    for (std::size_t at = 0; at < profile.size(); ++at) {
      const std::size_t n = cell.intact.expressed.size();
      const std::int32_t gene = at < n ? cell.intact.expressed[at] : cell.absent[at - n];
      worst = std::max(worst, std::abs(profile[at] - expected[static_cast<std::size_t>(gene)]));
    }
  });
  return worst;
}

/// Largest difference of all pairs at once to the definition.
template <class Kernel>
double worst_of_pairs(Kernel& kernel, const Cell& cell, const PlainChange& plain, double presence) {
  kernel.set_presence(presence);
  kernel.load(cell.intact);
  const testing::PairScores pairs(kernel, static_cast<std::int32_t>(cell.intact.expressed.size()));
  double worst = 0;
  pairs.for_each([&](std::int32_t a, std::int32_t b, std::size_t at) {
    const KnockoutScores found{static_cast<double>(pairs.values.impact[at]),
                               static_cast<double>(pairs.values.network[at])};
    worst = std::max(worst, difference(found, plain.scores(cell.changes({a, b}, presence))));
  });
  return worst;
}

}  // namespace

TEST_CASE("knockdowns, activations and both together agree with the full network") {
  const auto profiles = testing::random_matrix(6, 16, 0.5, 31).relative_profiles();
  const Mapping mapping = testing::random_mapping({16, 9}, 1, 32);
  const CollapsedMapping collapsed(mapping);
  const Base base = GENERATE(Base::fitted, Base::observed);
  const double presence = GENERATE(0.0, 0.3, 0.9);
  DenseCellKernel kernel(collapsed, best_instruction_set(), BaseProfile(base, {}));
  for (std::int64_t number = 0; number < profiles.cells(); ++number) {
    const Cell cell(profiles, number);
    PlainChange plain = plain_of(mapping, cell);
    if (base == Base::observed) set_observed(plain, cell);
    CHECK(worst_of_cell(kernel, cell, plain, presence) < 1e-7);
  }
}

TEST_CASE("all pairs of knockdowns agree with the full network") {
  const auto profiles = testing::random_matrix(4, 33, 0.7, 33).relative_profiles();
  const Mapping mapping = testing::random_mapping({33, 5}, GENERATE(0.3F, 2.0F), 34);
  const CollapsedMapping collapsed(mapping);
  for (const InstructionSet instructions : every_instruction_set) {
    if (!is_available(instructions)) continue;
    DenseCellKernel kernel(collapsed, instructions);
    for (std::int64_t number = 0; number < profiles.cells(); ++number) {
      const Cell cell(profiles, number);
      CHECK(worst_of_pairs(kernel, cell, plain_of(mapping, cell), 0.25) < 2e-6);
    }
  }
}

TEST_CASE("knockdowns, activations and both together agree with whole profiles of the sparse mapping") {
  const auto profiles = testing::random_matrix(6, 18, 0.5, 35).relative_profiles();
  testing::PlainSparse plain_mapping = testing::random_sparse(18, 2, 0.25, 36);
  if (GENERATE(false, true)) plain_mapping.add_levels(37);
  const SparseMapping mapping = plain_mapping.mapping();
  const Base base = GENERATE(Base::fitted, Base::observed);
  const double presence = GENERATE(0.0, 0.4);
  SparseCellKernel kernel(mapping, BaseProfile(base, {}));
  for (std::int64_t number = 0; number < profiles.cells(); ++number) {
    const Cell cell(profiles, number);
    PlainChange plain = plain_of(plain_mapping, cell);
    if (base == Base::observed) set_observed(plain, cell);
    const double exact = base == Base::observed ? 1e-7 : 1e-12;  // observed shares are floats
    CHECK(worst_of_cell(kernel, cell, plain, presence) < exact);
    if (presence > 0) CHECK(worst_of_pairs(kernel, cell, plain, presence) < 2e-6);
  }
}

TEST_CASE("a gene that keeps all of its presence changes nothing, and one that keeps none is lost") {
  const auto profiles = testing::random_matrix(2, 20, 0.8, 38).relative_profiles();
  const SparseMapping sparse = testing::random_sparse(20, 1, 0.3, 39).mapping();
  const CollapsedMapping mappings[] = {CollapsedMapping(testing::random_mapping({20, 4}, 1, 40)),
                                       CollapsedMapping(sparse)};
  for (const CollapsedMapping& mapping : mappings) {
    const auto plain = make_cell_kernel(mapping);
    const auto none = make_cell_kernel(mapping);
    const auto nearly = make_cell_kernel(mapping);
    none->set_presence(0);
    nearly->set_presence(1 - 1e-9);
    for (const auto& kernel : {plain.get(), none.get(), nearly.get()}) kernel->load(intact_cell(profiles, 0));
    const std::vector<std::int32_t> lost{1, 4};
    CHECK(none->scores(lost).impact == plain->scores(lost).impact);
    CHECK(none->scores(lost).network == plain->scores(lost).network);
    CHECK(plain->scores(lost).impact > 1e-3);
    CHECK(nearly->scores(lost).impact < 1e-6);
    CHECK(nearly->scores(lost).network < 1e-6);
  }
}

TEST_CASE("of several members an activation has the mean share") {
  const auto profiles = testing::random_matrix(1, 20, 0.5, 41).relative_profiles();
  const std::vector<CollapsedMapping> members{CollapsedMapping(testing::random_mapping({20, 4}, 1, 42)),
                                              CollapsedMapping(testing::random_mapping({20, 4}, 1, 43))};
  const Cell cell(profiles, 0);
  const std::vector<std::int32_t> added{static_cast<std::int32_t>(cell.intact.expressed.size())};
  EnsembleKernel ensemble(members);
  ensemble.load(cell.intact);
  double sum = 0;
  for (const CollapsedMapping& member : members) {
    const auto kernel = make_cell_kernel(member);
    kernel->load(cell.intact);
    sum += kernel->scores(added).share;
  }
  CHECK(ensemble.scores(added).share == Approx(sum / 2).epsilon(1e-14));
  CHECK(sum > 0);
}
