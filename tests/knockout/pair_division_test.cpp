// How pairs are divided among ranks, against plain loops over pairs.
#include "dko/knockout/screen/pair_division.hpp"

#include <catch2/catch.hpp>

#include "dko/knockout/screen/pair_sums_screen.hpp"
#include "knockout/screen/pair_rounds.hpp"
#include "support/screens.hpp"

using namespace dko;

namespace {

struct Data {
  RelativeProfiles matrix = testing::random_matrix(40, 23, 0.4, 211).relative_profiles();
  ScreenPlan plan = testing::full_plan(matrix);
  PairGenes genes = pair_genes(plan, matrix);
  PairIndex index{matrix, plan.targets};
  SumsCosts of_pair = sums_costs(std::ssize(summed_measures(plan)));
};

/// The number of one of a cell's pairs among all pairs.
std::int64_t place_of(const Data& data, std::int64_t cell, std::int64_t within) {
  const auto targets = data.plan.targets.of(cell);
  const TargetPair pair = PairIndex::pair_of(std::ssize(targets), within);
  const std::int64_t first = data.genes.place(targets[static_cast<std::size_t>(pair.first)]);
  const std::int64_t second = data.genes.place(targets[static_cast<std::size_t>(pair.second)]);
  return PairIndex::row_start(data.genes.count(), first) + second - first - 1;
}

}  // namespace

TEST_CASE("every pair of a block is one rank's, and of each cell they are where a plain loop finds them") {
  const Data data;
  const std::int64_t k = data.genes.count();
  const EventRange firsts =
      GENERATE(EventRange{0, 23}, EventRange{0, 1}, EventRange{4, 17}, EventRange{22, 23});
  REQUIRE(k == 23);
  for (const std::int64_t ranks : {1, 2, 3, 7, 50, 400}) {
    const PairDivision division(data.genes, firsts, ranks, data.of_pair);
    CHECK(division.pairs().first == PairIndex::row_start(k, firsts.first));
    CHECK(division.pairs().last == PairIndex::row_start(k, firsts.last));
    std::vector<std::int64_t> owner;
    std::int64_t largest = 0;
    for (std::int64_t rank = 0; rank < ranks; ++rank) {
      const EventRange own = division.of(rank);
      CHECK(own.first == division.pairs().first + std::ssize(owner));
      owner.insert(owner.end(), static_cast<std::size_t>(own.size()), rank);
      largest = std::max(largest, own.size());
    }
    CHECK(std::ssize(owner) == division.pairs().size());
    CHECK(division.largest() == largest);
    const auto rank_of = [&](std::int64_t pair) {
      return owner[static_cast<std::size_t>(pair - division.pairs().first)];
    };
    for (std::int64_t pair = division.pairs().first; pair < division.pairs().last; ++pair)
      CHECK(division.rank_of(pair) == rank_of(pair));
    for (std::int64_t cell = 0; cell < data.matrix.cells(); ++cell) {
      if (!has_pairs(data.index.starts(), cell)) continue;
      const auto targets = data.plan.targets.of(cell);
      const EventRange within = PairsInCells(data.genes, division.pairs()).within(targets);
      // Also of parts that begin and end anywhere.
      const EventRange part{within.first + within.size() / 3, within.last - within.size() / 5};
      for (const EventRange& of : {within, part}) {
        std::vector<std::int64_t> found;
        std::int64_t last_rank = -1;
        division.for_each_part(data.genes, targets, of, [&](std::int64_t rank, EventRange pairs) {
          CHECK((ranks == 1 || rank > last_rank));
          last_rank = rank;
          CHECK(pairs.first == of.first + std::ssize(found));
          found.insert(found.end(), static_cast<std::size_t>(pairs.size()), rank);
        });
        REQUIRE(std::ssize(found) == of.size());
        for (std::int64_t at = 0; at < of.size(); ++at)
          CHECK(found[static_cast<std::size_t>(at)] == rank_of(place_of(data, cell, of.first + at)));
      }
    }
  }
}

TEST_CASE("where a range of pairs is in a cell is what a plain loop counts") {
  const Data data;
  const std::int64_t all = data.genes.all_pairs();
  for (std::int64_t first = 0; first <= all; first += 7) {
    const EventRange range{first, std::min(all, first + 31)};
    const PairsInCells in_cells(data.genes, range);
    for (std::int64_t cell = 0; cell < data.matrix.cells(); ++cell) {
      if (!has_pairs(data.index.starts(), cell)) continue;
      const EventRange within = in_cells.within(data.plan.targets.of(cell));
      const std::int64_t m = data.plan.targets.count(cell);
      for (std::int64_t pair = 0; pair < m * (m - 1) / 2; ++pair) {
        const std::int64_t place = place_of(data, cell, pair);
        CHECK((pair >= within.first && pair < within.last) == (place >= range.first && place < range.last));
      }
    }
  }
}

TEST_CASE("ranks have about as much to add up and to finish") {
  // Genes that are on in ever more cells.
  std::vector<std::vector<float>> cells;
  for (int cell = 0; cell < 60; ++cell) {
    cells.emplace_back();
    for (int gene = 0; gene < 90; ++gene) cells.back().push_back((cell * 37 + gene * 11) % 90 < gene ? 1 : 0);
  }
  const auto matrix = testing::matrix_of(cells).relative_profiles();
  const ScreenPlan plan = testing::full_plan(matrix);
  const PairGenes genes = pair_genes(plan, matrix);
  const auto [ranks, measures] = GENERATE(table<std::int64_t, std::int64_t>({{3, 4}, {20, 4}, {20, 1}}));
  const SumsCosts of_pair = sums_costs(measures);
  const PairDivision division(genes, {0, genes.count()}, ranks, of_pair);
  std::vector<double> costs;
  double all = 0;
  for (std::int64_t rank = 0; rank < ranks; ++rank) {
    const EventRange own = division.of(rank);
    const PairsInCells in_cells(genes, own);
    double cost = static_cast<double>(of_pair.finishing * own.size());
    for (std::int64_t cell = 0; cell < matrix.cells(); ++cell) {
      if (matrix.expressed_count(cell) > 2)
        cost += static_cast<double>(of_pair.adding * in_cells.within(plan.targets.of(cell)).size());
    }
    costs.push_back(cost);
    all += cost;
  }
  const double mean = all / static_cast<double>(ranks);
  CHECK(*std::max_element(costs.begin(), costs.end()) < 1.25 * mean);
}

TEST_CASE("a round ends after its cost, or what ranks can hold, or one cell") {
  const Data data;
  const BlockEvents events(data.plan, data.index.starts(), data.genes, {0, data.genes.count()});
  const std::vector<CellCosts> light(static_cast<std::size_t>(data.matrix.cells()),
                                     {.pair = 1, .single = 1, .listed = 1, .load = 5});
  std::vector<CellCosts> heavy = light;
  for (CellCosts& cell : heavy) cell.pair = cost_of_round / 40;
  const std::int64_t adding = data.of_pair.adding;
  const PairSumsLimits few{20, 1, data.of_pair};
  const PairSumsLimits many{1 << 20, 1, data.of_pair};
  for (const std::int64_t ranks : {1, 3}) {
    for (const std::int64_t members : {1, 10}) {
      for (const std::int64_t from : {std::int64_t{0}, events.starts()[7], events.starts()[7] + 1}) {
        // Light cells are limited by what is held, heavy ones by their cost.
        CHECK(latest_end(events, light, from, few, ranks, members) ==
              std::min(events.total(), from + 20 * ranks));
        const std::int64_t end = latest_end(events, heavy, from, many, ranks, members);
        REQUIRE(end > from);
        const std::int64_t last = events.cell_of(end - 1);
        const std::int64_t before = std::max(from, events.starts()[static_cast<std::size_t>(last)]);
        CHECK((before - from) * (cost_of_round / 40) * members < cost_of_round * ranks);
        CHECK((end == events.total() ||
               (end - from) * (cost_of_round / 40 + adding + 5) * members >= cost_of_round * ranks));
      }
    }
  }
}
