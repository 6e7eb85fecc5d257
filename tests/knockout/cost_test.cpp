#include "dko/knockout/sharding/cost.hpp"

#include <catch2/catch.hpp>
#include <vector>

#include "dko/knockout/sharding/cost_fit.hpp"
#include "support/testing.hpp"

using namespace dko;

namespace {

constexpr CostModel model{.pair_base = 10e-9,
                          .pair_each = 0.5e-9,
                          .single_base = 20e-9,
                          .single_each = 1e-9,
                          .listed_base = 30e-9,
                          .listed_each = 2e-9,
                          .load_each = 3e-9};

KernelTiming exact_timing(std::int64_t n) {
  const CellWork work = dense_work(n);
  return {n, work, model.load(work), model.single(work), model.pair(work), model.listed(work)};
}

}  // namespace

TEST_CASE("costs are the model's seconds in units of 0.1 ns, and never nothing") {
  const CellCosts costs = cell_costs(model, dense_work(1000));
  CHECK(costs.pair == 5100);
  CHECK(costs.single == 10200);
  CHECK(costs.listed == 20300);
  CHECK(costs.load == 30'000'000);
  CHECK(cell_costs(CostModel{}, dense_work(0)).pair == 1);
}

TEST_CASE("a cell of more genes costs more, by either kernel") {
  for (const CostModel* costs : {&dense_costs, &sparse_costs}) {
    CellCosts less = cell_costs(*costs, dense_work(50));
    for (const std::int64_t n : {200, 1000, 4000, 20000}) {
      const CellCosts more = cell_costs(*costs, dense_work(n));
      CHECK(more.pair > less.pair);
      CHECK(more.single > less.single);
      CHECK(more.listed > less.listed);
      CHECK(more.load > less.load);
      less = more;
    }
  }
}

TEST_CASE("cells of a matrix: dense by their genes, sparse by the effects of these") {
  const ExpressionMatrix matrix = testing::matrix_of({{1, 1, 1, 0}, {0, 1, 1, 0}, {0, 0, 0, 0}});
  const std::vector dense{CollapsedMapping(testing::random_mapping({4, 4}, 1, 1))};
  const auto by_genes = cell_costs(matrix, dense);
  REQUIRE(by_genes.size() == 3);
  CHECK(by_genes[0].single == cell_costs(dense_costs, dense_work(3)).single);
  CHECK(by_genes[0].load >= by_genes[1].load);
  // Gene 0 has effects on all others, the rest none.
  SparseMappingParts parts;
  parts.starts = {0, 3, 3, 3, 3};
  parts.rows = {1, 2, 3};
  parts.effects = {1, 1, 1};
  parts.offset = parts.floor = {1, 1, 1, 1};
  const std::vector sparse{CollapsedMapping(SparseMapping(std::move(parts)))};
  const auto by_effects = cell_costs(matrix, sparse);
  REQUIRE(by_effects.size() == 3);
  CHECK(by_effects[0].pair > by_effects[1].pair);
  CHECK(by_effects[1].pair == cell_costs(sparse_costs, {0, 4}).pair);
}

TEST_CASE("a fit finds the model that made the timings") {
  const std::vector timings{exact_timing(100), exact_timing(500), exact_timing(3000)};
  const CostModel fit = fit_costs(timings);
  CHECK(fit.pair_base == Approx(model.pair_base));
  CHECK(fit.pair_each == Approx(model.pair_each));
  CHECK(fit.single_base == Approx(model.single_base));
  CHECK(fit.single_each == Approx(model.single_each));
  CHECK(fit.listed_base == Approx(model.listed_base));
  CHECK(fit.listed_each == Approx(model.listed_each));
  CHECK(fit.load_each == Approx(model.load_each));
}

TEST_CASE("a fit has no negative coefficient") {
  std::vector timings{exact_timing(100), exact_timing(200), exact_timing(400)};
  timings[0].pair /= 10;  // a line through these falls below 0 at n = 0
  for (std::size_t at = 0; at < 3; ++at)
    timings[at].single = 3e-6 / static_cast<double>(at + 1);  // goes down
  const CostModel fit = fit_costs(timings);
  CHECK(fit.pair_base == 0);
  CHECK(fit.pair_each > 0);
  CHECK(fit.single_base > 0);
  CHECK(fit.single_each == 0);
}

TEST_CASE("a kernel can be timed in cells of several sizes") {
  const CollapsedMapping mapping(testing::random_mapping({12, 12}, 1, 1));
  const std::vector<std::int64_t> counts{3, 10, 12};
  const auto timings = time_cells(mapping, counts, 1, 1, 0);
  REQUIRE(timings.size() == 3);
  for (std::size_t at = 0; at < 3; ++at) {
    const KernelTiming& timing = timings[at];
    CHECK(timing.expressed == counts[at]);
    CHECK(timing.work.of_event == static_cast<double>(counts[at]));
    for (const double seconds : {timing.load, timing.single, timing.pair, timing.listed}) CHECK(seconds > 0);
  }
}
