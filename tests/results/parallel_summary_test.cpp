// On every number of ranks: summaries over cells are what plain loops over the events find, to the same bits
// whatever the ranks and the memory.
#include <catch2/catch.hpp>
#include <cmath>
#include <map>

#include "dko/base/error.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/results/aggregate/pair_summary.hpp"
#include "dko/results/aggregate/summary.hpp"
#include "dko/results/score_reader.hpp"
#include "support/screens.hpp"

using namespace dko;

namespace parallel_summary_test {

constexpr double ample = 1 << 28;

/// A screen of these events, made by rank 0 alone.
void make_screen(const std::filesystem::path& path, const RelativeProfiles& matrix, const ScreenPlan& plan) {
  dko::on_root(testing::world(), [&] {
    const auto mappings = testing::collapsed(testing::random_members(plan.members, {matrix.genes(), 7}, 52));
    create_screen_file(path, matrix, plan, start_provenance("dko screen", 1));
    ScreenWriter writer(path, Communicator::one_rank(), plan);
    screen_shard(plan, matrix, mappings, 0, 1, writer);
    writer.close();
    complete_screen_file(path, {});
  });
}

using Genes = std::vector<std::int32_t>;
using ValuesOver = std::map<Genes, std::map<std::int64_t, double>>;  // by genes and cell

/// All values of a measure, one read at a time.
ValuesOver plain_values(const ScreenReader& screen, ScoreArray array, const Measure& measure) {
  ValuesOver values;
  ScoreReader reader(screen, array, measure);
  std::int64_t number = 0;
  screen.for_each_event(array, [&](const Event& event) {
    Genes genes = event.genes;
    std::sort(genes.begin(), genes.end());
    values[genes][event.cell] = static_cast<double>(reader.at(number++));
  });
  return values;
}

double mean_of(const std::map<std::int64_t, double>& values) {
  double sum = 0;
  for (const auto& [cell, value] : values) sum += value;
  return sum / static_cast<double>(values.size());
}

void check_values(const OverCells& of, const Measure& measure, const std::map<std::int64_t, double>& values) {
  const auto count = static_cast<double>(values.size());
  const double mean = mean_of(values);
  double squares = 0;
  double same = 0;
  for (const auto& [cell, value] : values) {
    squares += (value - mean) * (value - mean);
    same += value * mean > 0 ? 1 : 0;
  }
  CHECK(of.mean == Approx(mean).epsilon(1e-12).margin(1e-15));
  if (!is_deviation(measure.score)) {
    if (values.size() == 1)
      CHECK(std::isnan(of.sd));
    else
      CHECK(static_cast<double>(of.sd) ==
            Approx(std::sqrt(squares / (count - 1))).epsilon(1e-6).margin(1e-12));
  }
  CHECK(static_cast<double>(of.same_sign) == Approx(measure.is_interaction ? same / count : 0).epsilon(1e-6));
}

/// Whether every row is what plain loops find, and the rows are all there are, in order. `plain` has the
/// values of each of these measures.
void check_table(const SummaryTable& table, const std::vector<Measure>& measures,
                 const std::vector<ValuesOver>& plain, const Measure& by) {
  REQUIRE(table.measures == measures);
  REQUIRE(table.measures.at(table.by) == by);
  CHECK(table.total == std::ssize(plain.at(table.by)));
  REQUIRE(table.rows.size() == (testing::world().is_root() ? plain.at(table.by).size() : 0));
  for (std::size_t measure = 0; measure < table.measures.size(); ++measure) {
    const ValuesOver& values = plain.at(measure);
    for (const KnockoutSummary& row : table.rows) {
      const auto& genes = row.genes;
      const Genes key = genes[1] < 0 ? Genes{genes[0]} : Genes{genes[0], genes[1]};
      REQUIRE(values.count(key) == 1);
      CHECK(row.cells == std::ssize(values.at(key)));
      check_values(row.of[measure], table.measures[measure], values.at(key));
    }
  }
  for (std::size_t at = 1; at < table.rows.size(); ++at) {
    const auto size = [&](const KnockoutSummary& row) {
      return by.is_interaction ? std::abs(row.of[table.by].mean) : row.of[table.by].mean;
    };
    const KnockoutSummary& before = table.rows[at - 1];
    const KnockoutSummary& row = table.rows[at];
    REQUIRE((size(before) > size(row) || (size(before) == size(row) && before.genes < row.genes)));
  }
}

bool same_bits(const OverCells& a, const OverCells& b) {
  return a.mean == b.mean && (a.sd == b.sd || (std::isnan(a.sd) && std::isnan(b.sd))) &&
         a.same_sign == b.same_sign;
}

/// Whether `rows` are the first of `all`.
bool are_first(const std::vector<KnockoutSummary>& rows, const std::vector<KnockoutSummary>& all) {
  return std::equal(rows.begin(), rows.end(), all.begin(),
                    all.begin() + static_cast<std::ptrdiff_t>(std::min(rows.size(), all.size())),
                    [](const KnockoutSummary& a, const KnockoutSummary& b) {
                      return a.genes == b.genes && a.cells == b.cells &&
                             std::equal(a.of.begin(), a.of.end(), b.of.begin(), same_bits);
                    });
}

/// The same by this rank alone.
SummaryTable alone(const std::filesystem::path& path, ScoreArray array, const Measure& by) {
  const ScreenReader screen(path);
  const Communicator one = Communicator::one_rank();
  return array == ScoreArray::singles ? summarize_genes(screen, by, all_rows, one)
                                      : summarize_pairs(screen, by, all_rows, ample, one);
}

/// Of any number of rows, and any memory that `memories` says to be enough.
void check_summaries(const std::filesystem::path& path, ScoreArray array, std::vector<double> memories) {
  const Communicator& ranks = testing::world();
  const NodeGroup nodes(ranks);
  const ScreenReader screen(path, nodes);
  const std::vector<Measure> measures = summarized_measures(screen, array);
  std::vector<ValuesOver> plain;
  for (const Measure& measure : measures) plain.push_back(plain_values(screen, array, measure));
  for (const Measure& by : measures) {
    const SummaryTable expected = alone(path, array, by);
    const auto summarize = [&](std::int64_t count, double memory) {
      return array == ScoreArray::singles ? summarize_genes(screen, by, count, ranks)
                                          : summarize_pairs(screen, by, count, memory, ranks);
    };
    for (const double memory : memories) {
      const SummaryTable table = summarize(all_rows, memory);
      check_table(table, measures, plain, by);
      if (ranks.is_root()) CHECK(are_first(table.rows, expected.rows));
      for (const std::int64_t count : {1, 2, 7, 30}) {
        const SummaryTable top = summarize(count, memory);
        CHECK(top.total == expected.total);
        const auto kept = std::min(count, expected.total);
        REQUIRE(std::ssize(top.rows) == (ranks.is_root() ? kept : 0));
        CHECK((!ranks.is_root() || are_first(top.rows, expected.rows)));
      }
    }
  }
  ranks.barrier();
}

/// The least memory that `screen` can be summarised in, to 5 %.
double least_memory(const ScreenReader& screen, const Measure& by) {
  double memory = 64;
  while (true) {
    try {
      summarize_pairs(screen, by, all_rows, memory, Communicator::one_rank());
      return memory;
    } catch (const CollectiveFailure&) {
      memory *= 1.05;
    }
  }
}

TEST_CASE("genes over cells are what plain loops find, on any number of ranks") {
  const testing::SharedFolder folder;
  const std::int64_t members = GENERATE(1, 3);
  const auto matrix = testing::random_matrix(17, 12, 0.5, 50).relative_profiles();
  make_screen(folder / "screen.h5", matrix, testing::full_plan(matrix, members));
  check_summaries(folder / "screen.h5", ScoreArray::singles, {ample});
}

TEST_CASE("pairs over cells are what plain loops find, on any number of ranks and in little memory") {
  const testing::SharedFolder folder;
  const std::int64_t members = GENERATE(1, 3);
  const auto matrix = testing::random_matrix(17, 12, 0.5, 50).relative_profiles();
  make_screen(folder / "screen.h5", matrix, testing::full_plan(matrix, members));
  const ScreenReader screen(folder / "screen.h5");
  const double least = least_memory(screen, {});
  CHECK(least < 50000);
  check_summaries(folder / "screen.h5", ScoreArray::pairs, {ample, least, 1.3 * least});
}

TEST_CASE("only some genes of some cells are knocked out, and only one score is there") {
  const testing::SharedFolder folder;
  const auto matrix = testing::random_matrix(9, 20, 0.6, 51).relative_profiles();
  ScreenPlan plan = testing::full_plan(matrix);
  plan.targets = select_targets(matrix, std::vector<std::int32_t>{2, 3, 11, 17, 19},
                                std::vector<std::int32_t>{1, 2, 4, 8});
  plan.list.reset();
  plan.singles = {{.network = true}};
  plan.doubles = {{.network = true}};
  make_screen(folder / "network.h5", matrix, plan);
  check_summaries(folder / "network.h5", ScoreArray::singles, {ample});
  check_summaries(folder / "network.h5", ScoreArray::pairs, {ample});
  plan.doubles = {{.impact = true}};  // without its singles: no interaction
  make_screen(folder / "other.h5", matrix, plan);
  const ScreenReader other(folder / "other.h5");
  CHECK(summarized_measures(other, ScoreArray::pairs) == std::vector<Measure>{Measure{}});
  check_summaries(folder / "other.h5", ScoreArray::pairs, {ample});
}

TEST_CASE("ranks without pairs do no harm") {
  const testing::SharedFolder folder;
  const auto matrix = testing::matrix_of({{1, 1, 1, 0}, {0, 0, 1, 1}})
                          .relative_profiles();  // two genes leave nothing as a pair
  ScreenPlan plan = testing::full_plan(matrix);
  make_screen(folder / "few.h5", matrix, plan);
  check_summaries(folder / "few.h5", ScoreArray::singles, {ample});
  check_summaries(folder / "few.h5", ScoreArray::pairs, {ample});
}

TEST_CASE("listed pairs are summarised where not all are there, each cell once") {
  const testing::SharedFolder folder;
  const auto matrix = testing::random_matrix(11, 6, 0.9, 53).relative_profiles();
  ScreenPlan plan = testing::full_plan(matrix);
  const EventList sample = sample_pairs(plan.targets, PairIndex(matrix, plan.targets), 90, 2);
  // Backwards, and the first once more with its genes exchanged.
  std::vector<std::int32_t> genes;
  std::vector<std::int32_t> cells;
  for (std::int64_t event = sample.size() - 1; event >= 0; --event) {
    genes.insert(genes.end(), sample.genes(event).begin(), sample.genes(event).end());
    cells.push_back(sample.cell(event));
  }
  genes.insert(genes.end(), {genes[1], genes[0]});
  cells.push_back(cells[0]);
  plan.list = EventList(2, NodeArray(std::move(genes)), NodeArray(std::move(cells)));
  plan.doubles = {};
  make_screen(folder / "list.h5", matrix, plan);
  const ScreenReader screen(folder / "list.h5");
  CHECK(pairs_of(screen) == ScoreArray::list);
  CHECK(summarized_measures(screen, ScoreArray::list).size() == 4);
  check_summaries(folder / "list.h5", ScoreArray::list, {ample});
  CHECK_THROWS_WITH(summarize_pairs(screen, {}, 1, 1000, Communicator::one_rank()),
                    Catch::Contains("listed pairs needs"));
}

TEST_CASE("interactions of 0 have no sign, and equal values no deviation") {
  const testing::SharedFolder folder;
  // Where c = 0 and A is of equal entries the mapping only renormalises equal shares: no interaction.
  const auto matrix = testing::matrix_of({{1, 1, 1, 1}, {2, 1, 1, 1}, {1, 2, 3, 1}}).relative_profiles();
  const ScreenPlan plan = testing::full_plan(matrix);
  dko::on_root(testing::world(), [&] {
    const std::vector<CollapsedMapping> even{
        CollapsedMapping(4, NodeArray(std::vector<double>(16, 1)), NodeArray(std::vector<double>(4, 0)))};
    create_screen_file(folder / "even.h5", matrix, plan, start_provenance("dko screen", 1));
    ScreenWriter writer(folder / "even.h5", Communicator::one_rank(), plan);
    screen_shard(plan, matrix, even, 0, 1, writer);
    writer.close();
    complete_screen_file(folder / "even.h5", {});
  });
  const ScreenReader screen(folder / "even.h5", NodeGroup(testing::world()));
  const SummaryTable table =
      summarize_pairs(screen, Measure{Score::impact, true}, all_rows, ample, testing::world());
  CHECK(table.total == 6);
  for (const KnockoutSummary& row : table.rows) {
    CHECK(row.of[table.by].mean == 0);
    CHECK(row.of[table.by].same_sign == 0);
    CHECK(row.of[0].mean == 0.5);
    CHECK(row.of[0].sd == 0);
  }
  testing::world().barrier();
}

TEST_CASE("what does not fit is refused with what would, on all ranks") {
  const testing::SharedFolder folder;
  const auto matrix = testing::random_matrix(6, 40, 0.9, 54).relative_profiles();
  make_screen(folder / "screen.h5", matrix, testing::full_plan(matrix));
  const ScreenReader screen(folder / "screen.h5", NodeGroup(testing::world()));
  const double memory = 400000;
  CHECK_THROWS_WITH(summarize_pairs(screen, {}, all_rows, memory, testing::world()),
                    Catch::Contains("up to 780 pairs needs") && Catch::Contains("fits"));
  // The number that it says fits, fits, and one that is a little larger does not.
  std::int64_t fits = 0;
  try {
    summarize_pairs(screen, {}, all_rows, memory, testing::world());
  } catch (const CollectiveFailure& error) {
    const std::string words = error.what();
    fits = std::stoll(words.substr(words.find("-n ") + 3));
  }
  REQUIRE(fits > 0);
  REQUIRE(fits < 380);
  CHECK_NOTHROW(summarize_pairs(screen, {}, fits, memory, testing::world()));
  CHECK_THROWS_AS(summarize_pairs(screen, {}, fits + 2, memory, testing::world()), CollectiveFailure);
  CHECK_THROWS_WITH(summarize_pairs(screen, {}, 1, 100, testing::world()),
                    Catch::Contains("give it more") && !Catch::Contains("fits"));
  testing::world().barrier();
}

TEST_CASE("a screen that cannot be read is a failure that all ranks know") {
  CHECK_THROWS_AS(ScreenReader("missing.h5", NodeGroup(testing::world())), CollectiveFailure);
}

}  // namespace parallel_summary_test
