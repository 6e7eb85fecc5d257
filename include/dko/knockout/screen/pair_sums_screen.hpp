#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "dko/base/pause.hpp"
#include "dko/base/progress.hpp"
#include "dko/expression/matrix.hpp"
#include "dko/knockout/screen/pair_division.hpp"
#include "dko/knockout/screen/pair_genes.hpp"
#include "dko/knockout/screen/pair_sums.hpp"
#include "dko/knockout/screen/pending_events.hpp"
#include "dko/knockout/screen/screen.hpp"
#include "dko/knockout/sharding/cost.hpp"
#include "dko/mapping/collapsed_mapping.hpp"
#include "dko/parallel/communicator.hpp"

namespace dko {

/// What a screen that keeps a summary has of its pairs: the wanted scores, of several members their standard
/// deviations, and the interactions for which the same score of single knockouts is wanted; in the order of
/// measure_names.
std::vector<Measure> summed_measures(const ScreenPlan& plan);

/// The genes of the plan's pairs; a pair costs 1 in any cell. Collective; local by default.
PairGenes pair_genes(const ScreenPlan& plan, const ExpressionMatrix& matrix,
                     const Communicator& ranks = Communicator::one_rank());

/// Takes the sums of pairs over cells.
class PairSumsSink {
 public:
  virtual ~PairSumsSink() = default;
  /// This rank's sums over all cells, once for each block. Collective.
  virtual void write(const PairSums& sums, const PairDivision& division) = 0;
  /// Those over the cells before `next_cell`: the computation was asked to save its state. Collective.
  virtual void keep(const PairSums& sums, const PairDivision& division, std::int64_t next_cell) = 0;
};

/// Sums over the cells before `next_cell` of all pairs of a range of first genes.
struct BegunSums {
  EventRange firsts;
  std::int64_t next_cell = 0;
  /// Fills sums of any of these pairs. Local.
  std::function<void(PairSums& sums)> restore;
};

/// What of the pairs is to be added up.
struct PairSumsWork {
  std::vector<EventRange> firsts;  ///< places of first genes, ascending, apart
  std::vector<BegunSums> begun;    ///< of others, to be completed
};

/// All pairs of these genes.
inline PairSumsWork whole_sums(const PairGenes& genes) {
  return {{{0, genes.count()}}, {}};
}

/// Cost of all that is to be added up, by the genes' costs; of those at cost 1 a pair how many pairs these
/// are.
std::int64_t cost_of(const PairSumsWork& work, const PairGenes& genes);

struct PairSumsOptions {
  /// In units of cost, as in screen_shard; 0 is reported when the scoring of pairs begins.
  ProgressCallback progress = {};
  double* loading_seconds = nullptr;  ///< as in ShardOptions
  double* waiting_seconds =
      nullptr;  ///< likewise, of waiting for other ranks, and exchanging scores with them
};

/// What as many ranks need for all pairs in PairSumsScreen, in units of CellCosts.
struct PairSumsForecast {
  std::vector<std::int64_t> of_ranks;  ///< loads included, and not what a rank has to do before
  double of_sums = 0;                  ///< of them all, what adding up and finishing takes
  std::int64_t slowest = 0;            ///< until the last is done, what ranks have to do before included
  std::int64_t longest = 0;            ///< of the times between two chances to stop
  double bytes_sent = 0;               ///< by all ranks, to others
  std::int64_t genes = 0;              ///< of the pairs
};

/// By what the events and loads of each cell cost; `before` is what each rank has to do before, one number
/// each. Ranks wait for each other at each exchange. How often each pair of genes is in cells is not counted,
/// but expected (PairDivision). Local.
PairSumsForecast forecast_pair_sums(const ScreenPlan& plan, const ExpressionMatrix& matrix,
                                    std::span<const CellCosts> cells, std::span<const std::int64_t> before);

/// Bytes of `memory` that a rank needs at least. Local.
double least_sums_memory(const ScreenPlan& plan, const PairGenes& genes);
/// Bytes of `memory` that one of as many ranks can use at most: those of its part of all sums, and of the
/// scores of its part of `pairs` knockouts that wait to be added. Local.
double most_sums_memory(const ScreenPlan& plan, const PairGenes& genes, std::int64_t pairs,
                        std::int64_t ranks = 1);

/// Scores every double knockout of the plan, and adds it up over cells, in ascending order. In blocks of
/// first genes, as many at a time as have sums that fit into `plan.keeping.memory` of all ranks. In each
/// block every rank adds up consecutive pairs (PairDivision). The ranks score the knockouts cell by cell, in
/// rounds of as many as that memory holds, each a share that takes as long as any other, and then give the
/// scores to those that add them up: so a cell is loaded once a block, however many ranks there are, but
/// where two share it. What comes out is the same to the bit for any number of ranks and any memory, and
/// whether it went on from what was begun.
class PairSumsScreen {
 public:
  /// `genes` are those of the plan (pair_genes). All but `work` must outlive this. Collective.
  PairSumsScreen(const ScreenPlan& plan, const RelativeProfiles& profiles,
                 std::span<const CollapsedMapping> members, const PairGenes& genes, PairSumsWork work,
                 const Communicator& ranks, const PairSumsOptions& options = {});
  ~PairSumsScreen();

  /// Scores this rank's share of the first round; ranks that have more to do before, in singles and lists of
  /// `before`, have less of it: to be called when that is done, which others need not be. Without, run() does
  /// so. Local.
  void score_ahead(const PendingEvents& before, const PauseCallback& pause);

  /// `singles` are the scores of all single knockouts that interactions are found by. Returns whether it came
  /// to its end; if `pause` asked any rank to stop, all of them stop, and the round at hand is lost.
  /// Collective.
  bool run(const ScoreViews& singles, PairSumsSink& sink, const PauseCallback& pause = {});

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace dko
