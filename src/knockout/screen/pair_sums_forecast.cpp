#include <algorithm>

#include "dko/knockout/screen/pair_sums_screen.hpp"
#include "knockout/sharding/screen_costs.hpp"
#include "pair_rounds.hpp"
#include "pair_sums_memory.hpp"

namespace dko {

namespace {

/// Goes through the blocks and rounds of a summary as PairSumsScreen does.
class Rounds {
 public:
  Rounds(const ScreenPlan& plan, const ExpressionMatrix& matrix, std::span<const CellCosts> cells,
         std::span<const std::int64_t> before)
      : plan_(plan),
        cells_(cells),
        ranks_(std::ssize(before)),
        index_(matrix, plan.targets),
        genes_(pair_genes(plan, matrix)),
        limits_(pair_sums_limits(plan, genes_)),
        before_(before.begin(), before.end()) {
    forecast_.of_ranks.assign(before_.size(), 0);
    forecast_.genes = genes_.count();
  }

  PairSumsForecast run() {
    for (EventRange left{0, genes_.count()}; left.size() > 0;) {
      const PairDivision division = next_division(genes_, left, limits_, ranks_);
      run_block(division);
      left.first = division.firsts().last;
    }
    return forecast_;
  }

 private:
  void run_block(const PairDivision& division) {
    const BlockEvents events(plan_, index_.starts(), genes_, division.firsts());
    const std::vector<std::int64_t> of_sums = division.costs(genes_);
    std::vector<std::int64_t> adding;  // by rank, of all cells
    for (std::int64_t rank = 0; rank < ranks_; ++rank)
      adding.push_back(of_sums[static_cast<std::size_t>(rank)] / plan_.members - finishing(division, rank));
    for (std::int64_t from = 0; from < events.total();) {
      const std::int64_t end = latest_end(events, cells_, from, limits_, ranks_, plan_.members);
      const PairRound round = plan_round(events, cells_, {from, end}, before_, limits_.scores, ranks_);
      run_round(events, round, adding);
      from = round.events.last;
    }
    for (std::int64_t rank = 0; rank < ranks_; ++rank) {
      before_[static_cast<std::size_t>(rank)] += finishing(division, rank);
      forecast_.of_ranks[static_cast<std::size_t>(rank)] += finishing(division, rank);
    }
    forecast_.of_sums +=
        static_cast<double>(limits_.of_pair.finishing * division.pairs().size() / plan_.members);
    forecast_.slowest += *std::ranges::max_element(before_);
    std::ranges::fill(before_, 0);
  }

  /// Scoring, which ranks begin when they have done what was before, and what is to be added up then.
  void run_round(const BlockEvents& events, const PairRound& round, std::span<const std::int64_t> adding) {
    std::vector<std::int64_t> costs(before_.size(), 0);
    add_round_costs(events, cells_, round, costs);
    std::int64_t slowest = 0;
    const double part = static_cast<double>(round.events.size()) / static_cast<double>(events.total());
    for (std::size_t rank = 0; rank < before_.size(); ++rank) {
      slowest = std::max(slowest, before_[rank] + costs[rank]);
      before_[rank] = static_cast<std::int64_t>(part * static_cast<double>(adding[rank]));
      forecast_.of_ranks[rank] += costs[rank] + before_[rank];
      forecast_.of_sums += static_cast<double>(before_[rank]);
      forecast_.longest = std::max(forecast_.longest, before_[rank]);
    }
    forecast_.slowest += slowest;
    forecast_.bytes_sent += sizeof(float) * static_cast<double>(plan_.doubles.count() * round.events.size()) *
                            static_cast<double>(ranks_ - 1) / static_cast<double>(ranks_);
  }

  /// Cost of completing a rank's sums, in units of CellCosts, which are of one member.
  std::int64_t finishing(const PairDivision& division, std::int64_t rank) const {
    return limits_.of_pair.finishing * division.of(rank).size() / plan_.members;
  }

  const ScreenPlan& plan_;
  std::span<const CellCosts> cells_;
  std::int64_t ranks_;
  PairIndex index_;
  PairGenes genes_;
  PairSumsLimits limits_;
  std::vector<std::int64_t> before_;
  PairSumsForecast forecast_;
};

}  // namespace

PairSumsForecast forecast_pair_sums(const ScreenPlan& plan, const ExpressionMatrix& matrix,
                                    std::span<const CellCosts> cells, std::span<const std::int64_t> before) {
  return Rounds(plan, matrix, cells, before).run();
}

}  // namespace dko
