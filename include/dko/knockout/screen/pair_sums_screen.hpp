#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dko/base/pause.hpp"
#include "dko/base/progress.hpp"
#include "dko/expression/matrix.hpp"
#include "dko/knockout/screen/pair_genes.hpp"
#include "dko/knockout/screen/pair_sums.hpp"
#include "dko/knockout/screen/screen.hpp"
#include "dko/knockout/sharding/cost.hpp"
#include "dko/mapping/collapsed_mapping.hpp"

namespace dko {

/// What a screen that keeps a summary has of its pairs: the wanted scores, of several members their standard
/// deviations, and the interactions for which the same score of single knockouts is wanted; in the order of
/// measure_names.
std::vector<Measure> summed_measures(const ScreenPlan& plan);

/// The genes of the plan's pairs; a pair costs n in a cell of n expressed genes. Local.
PairGenes pair_genes(const ScreenPlan& plan, const ExpressionMatrix& matrix);

/// Takes the sums of pairs over cells.
class PairSumsSink {
 public:
  virtual ~PairSumsSink() = default;
  /// Over all cells, for each range of first genes once. Local.
  virtual void write(const PairSums& sums) = 0;
  /// Over the cells before `next_cell`: the computation was asked to save its state. Local.
  virtual void keep(const PairSums& sums, std::int64_t next_cell) = 0;
};

/// Sums over the cells before `next_cell`.
struct BegunSums {
  PairSums sums;
  std::int64_t next_cell = 0;
};

/// What of the pairs is to be added up.
struct PairSumsWork {
  std::vector<EventRange> firsts;  ///< places of first genes, ascending, apart: to be shared among the shards
  std::vector<BegunSums> begun;    ///< of others, this shard's to complete
};

/// All pairs of these genes.
inline PairSumsWork whole_sums(const PairGenes& genes) {
  return {{{0, genes.count()}}, {}};
}

struct PairSumsOptions {
  ProgressCallback progress = {};     ///< in units of cost, as in screen_shard
  PauseCallback pause = {};           ///< asked between cells
  double* loading_seconds = nullptr;  ///< as in ShardOptions
};

/// In units of CellCosts: of adding a pair up, which takes as long in any cell (13 ns).
inline constexpr std::int64_t cost_of_adding = 130;

/// What each of as many shards of all pairs costs in screen_pair_sums, in units of `cells`, the loading of
/// cells for each of its blocks included; a cell is counted at most once for each first gene of a block that
/// it expresses. Local.
std::vector<std::int64_t> pair_sums_costs(const ScreenPlan& plan, const ExpressionMatrix& matrix,
                                          std::span<const CellCosts> cells, std::int64_t shards);

/// Bytes of `memory` that a rank needs at least. Local.
double least_sums_memory(const ScreenPlan& plan, const PairGenes& genes);
/// Bytes of `memory` that a rank can use at most: those of all sums, and of the scores of `pairs` knockouts
/// that wait to be added. Local.
double most_sums_memory(const ScreenPlan& plan, const PairGenes& genes, std::int64_t pairs);

/// Scores every double knockout of the plan whose first gene is in this shard's part of the work, and adds it
/// up over cells, in ascending order. In blocks of first genes, as many at a time as have sums that fit into
/// `plan.keeping.memory`; for each block every cell is loaded once. What comes out is the same to the bit for
/// any number of shards and any memory, and whether it went on from what was begun. Returns whether it came
/// to its end. Local: shards share nothing.
bool screen_pair_sums(const ScreenPlan& plan, const RelativeProfiles& profiles,
                      std::span<const CollapsedMapping> members, const ScoreViews& singles, PairSumsWork work,
                      std::int64_t shard, std::int64_t shards, PairSumsSink& sink,
                      const PairSumsOptions& options = {});

}  // namespace dko
