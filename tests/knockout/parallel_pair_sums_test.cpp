// Sums of pairs over cells against plain loops, and the same bits whatever the ranks and the memory.
#include <catch2/catch.hpp>
#include <cmath>
#include <map>

#include "dko/knockout/events/event_index.hpp"
#include "dko/knockout/screen/pair_sums_screen.hpp"
#include "support/screens.hpp"

using namespace dko;

namespace parallel_pair_sums_test {

/// All numbers of each pair and measure, by the number of the pair.
class MemorySums final : public PairSumsSink {
 public:
  explicit MemorySums(std::size_t measures) : measures_(measures) {}
  void keep(const PairSums&, const PairDivision&, std::int64_t) override {}
  void write(const PairSums& sums, const PairDivision&) override {
    const std::int64_t first = sums.first_pair();
    for (std::int64_t pair = 0; pair < sums.pairs(); ++pair) {
      std::vector<double>& row = rows_[first + pair];
      REQUIRE(row.empty());  // every pair once
      row.push_back(static_cast<double>(sums.cells(pair)));
      for (std::size_t measure = 0; sums.cells(pair) > 0 && measure < measures_; ++measure) {
        const OverCells of = sums.over_cells(measure, pair);
        for (const double value :
             {of.mean, std::isnan(of.sd) ? -1 : static_cast<double>(of.sd), static_cast<double>(of.same_sign),
              static_cast<double>(sums.lowest(measure, pair)),
              static_cast<double>(sums.highest(measure, pair))})
          row.push_back(value);
      }
    }
  }
  const std::map<std::int64_t, std::vector<double>>& rows() const { return rows_; }

  /// Those of all ranks, on all of them.
  void join(const Communicator& ranks) {
    std::vector<double> numbers;
    for (const auto& [pair, row] : rows_) {
      numbers.push_back(static_cast<double>(pair));
      numbers.push_back(static_cast<double>(row.size()));
      numbers.insert(numbers.end(), row.begin(), row.end());
    }
    const std::vector<double> all = ranks.broadcast(ranks.gather(std::span<const double>(numbers)));
    rows_.clear();
    for (std::size_t at = 0; at < all.size();) {
      std::vector<double>& row = rows_[static_cast<std::int64_t>(all[at])];
      REQUIRE(row.empty());  // every pair on one rank
      const auto size = static_cast<std::size_t>(all[at + 1]);
      at += 2;
      for (const std::size_t end = at + size; at < end; ++at) row.push_back(all[at]);
    }
  }

 private:
  std::size_t measures_;
  std::map<std::int64_t, std::vector<double>> rows_;
};

using Values = std::map<std::pair<std::int32_t, std::int32_t>, std::vector<double>>;

/// Of a measure, by pair of genes, cells in order: from a screen that keeps everything.
Values plain_values(const ScreenPlan& plan, const PairIndex& index, const testing::MemorySink& all,
                    const Measure& measure) {
  const auto pairs = all.scores(ScoreArray::pairs, measure.score);
  const auto singles = all.scores(ScoreArray::singles, measure.score);
  Values values;
  for (std::int64_t number = 0; number < index.total(); ++number) {
    const auto [cell, places] = index.locate(number);
    const auto start = plan.targets.starts()[static_cast<std::size_t>(cell)];
    const auto targets = plan.targets.of(cell);
    float value = pairs[static_cast<std::size_t>(number)];
    if (measure.is_interaction) {
      value =
          static_cast<float>(interaction_of(value, singles[static_cast<std::size_t>(start + places.first)],
                                            singles[static_cast<std::size_t>(start + places.second)]));
    }
    values[{targets[static_cast<std::size_t>(places.first)],
            targets[static_cast<std::size_t>(places.second)]}]
        .push_back(static_cast<double>(value));
  }
  return values;
}

std::vector<double> plain_row(const std::vector<double>& values, const Measure& measure) {
  const auto count = static_cast<double>(values.size());
  double mean = 0;
  for (const double x : values) mean += x / count;
  double squares = 0;
  double same = 0;
  for (const double x : values) {
    squares += (x - mean) * (x - mean);
    same += x * mean > 0 ? 1 : 0;
  }
  return {mean,
          is_deviation(measure.score) ? 0
          : values.size() > 1         ? std::sqrt(squares / (count - 1))
                                      : -1,
          measure.is_interaction ? same / count : 0, *std::min_element(values.begin(), values.end()),
          *std::max_element(values.begin(), values.end())};
}

struct Screened {
  RelativeProfiles matrix;
  ScreenPlan plan;
  std::vector<CollapsedMapping> members;
  testing::MemorySink all{};
  PerScore<std::vector<float>> singles{};

  Screened(RelativeProfiles of, ScreenPlan with) : matrix(std::move(of)), plan(std::move(with)) {
    plan.list.reset();
    members = testing::collapsed(testing::random_members(plan.members, {matrix.genes(), 5}, 71));
    screen_shard(plan, matrix, members, 0, 1, all);
    for (const Score score : every_score) singles[score] = all.scores(ScoreArray::singles, score);
    plan.keeping.form = PairKeeping::Form::summary;
  }

  MemorySums sums_on(const Communicator& ranks, double memory, bool ahead = false) {
    plan.keeping.memory = memory;
    ScoreViews spans;
    for (const Score score : every_score) spans[score] = singles[score];
    MemorySums sums(summed_measures(plan).size());
    std::int64_t left = 0;
    std::int64_t most = 0;
    PairSumsOptions options;
    options.progress = [&](std::int64_t done, std::int64_t total) {
      CHECK(done >= most);
      most = done;
      left = total - done;
    };
    const PairGenes genes = pair_genes(plan, matrix);
    PairSumsScreen screen(plan, matrix, members, genes, whole_sums(genes), ranks, options);
    std::int64_t asked = 0;
    const auto pause = [&] {
      ++asked;
      return Pause::go_on;
    };
    if (ahead) screen.score_ahead(whole_work(plan, matrix, ranks.size()), pause);
    CHECK(screen.run(spans, sums, pause));
    CHECK(left == 0);
    CHECK(asked > 0);  // on ranks without a share, too
    sums.join(ranks);
    return sums;
  }
};

void check_sums(Screened& screened) {
  const PairIndex index(screened.matrix, screened.plan.targets);
  const PairGenes genes = pair_genes(screened.plan, screened.matrix);
  const auto measures = summed_measures(screened.plan);
  const MemorySums whole = screened.sums_on(Communicator::one_rank(), 1 << 20);
  REQUIRE(std::ssize(whole.rows()) == genes.all_pairs());
  for (std::size_t measure = 0; measure < measures.size(); ++measure) {
    const Values values = plain_values(screened.plan, index, screened.all, measures[measure]);
    for (const auto& [number, row] : whole.rows()) {
      const TargetPair pair = PairIndex::pair_of(genes.count(), number);
      const auto found = values.find({genes.genes()[static_cast<std::size_t>(pair.first)],
                                      genes.genes()[static_cast<std::size_t>(pair.second)]});
      if (found == values.end()) {
        CHECK(row == std::vector<double>{0});
        continue;
      }
      CHECK(row.at(0) == static_cast<double>(found->second.size()));
      const std::vector<double> plain = plain_row(found->second, measures[measure]);
      CHECK(row.at(1 + 5 * measure) == Approx(plain[0]).epsilon(1e-12).margin(1e-15));
      CHECK(row.at(2 + 5 * measure) == Approx(plain[1]).epsilon(1e-6).margin(1e-12));
      CHECK(row.at(3 + 5 * measure) == Approx(plain[2]).epsilon(1e-6));
      CHECK(row.at(4 + 5 * measure) == plain[3]);
      CHECK(row.at(5 + 5 * measure) == plain[4]);
    }
  }
  const double least = least_sums_memory(screened.plan, genes);
  for (const bool ahead : {false, true}) {
    for (const double memory : {least, 1.5 * least, 4 * least, 1048576.0}) {
      CHECK(screened.sums_on(Communicator::one_rank(), memory, ahead).rows() == whole.rows());
      CHECK(screened.sums_on(testing::world(), memory, ahead).rows() == whole.rows());
    }
  }
}

TEST_CASE("sums over cells are what plain loops over a full screen find, whatever the ranks and the memory") {
  const auto matrix = testing::random_matrix(13, 12, 0.6, 70).relative_profiles();
  Screened screened(matrix, testing::full_plan(matrix, GENERATE(1, 3)));
  CHECK(summed_measures(screened.plan).size() == (screened.plan.members == 1 ? 4 : 6));
  check_sums(screened);
}

TEST_CASE("only some genes of some cells are summed, and only what is wanted of them") {
  const auto matrix = testing::random_matrix(9, 20, 0.6, 72).relative_profiles();
  ScreenPlan plan = testing::full_plan(matrix);
  plan.targets = select_targets(matrix, std::vector<std::int32_t>{2, 3, 11, 17, 19},
                                std::vector<std::int32_t>{1, 2, 4, 8});
  plan.doubles = {{.network = true}};
  Screened screened(matrix, plan);
  CHECK(summed_measures(screened.plan) ==
        std::vector<Measure>{{Score::network, false}, {Score::network, true}});
  check_sums(screened);
  plan.singles = {{.impact = true}};
  Screened without(matrix, plan);
  CHECK(summed_measures(without.plan) == std::vector<Measure>{{Score::network, false}});
  check_sums(without);
}

TEST_CASE("cells without pairs have no part in sums") {
  const auto matrix = testing::matrix_of({{1, 1, 1, 0}, {0, 0, 1, 1}, {0, 0, 0, 1}}).relative_profiles();
  Screened screened(matrix, testing::full_plan(matrix));
  CHECK(pair_genes(screened.plan, matrix).genes() == std::vector<std::int32_t>{0, 1, 2});
  check_sums(screened);
}

}  // namespace parallel_pair_sums_test
