#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dko/base/progress.hpp"
#include "dko/expression/matrix.hpp"
#include "dko/knockout/pair_genes.hpp"
#include "dko/knockout/pair_sums.hpp"
#include "dko/knockout/screen.hpp"
#include "dko/knockout/single_scores.hpp"
#include "dko/mapping/collapsed_mapping.hpp"

namespace dko {

/// What a screen that keeps a summary has of its pairs: the wanted scores, of several members their standard
/// deviations, and the interactions for which the same score of single knockouts is wanted; in the order of
/// measure_names.
std::vector<Measure> summed_measures(const ScreenPlan& plan);

/// The genes of the plan's pairs; a pair costs n in a cell of n expressed genes. Local.
PairGenes pair_genes(const ScreenPlan& plan, const ExpressionMatrix& matrix);

/// Takes the sums of pairs over all cells, for each range of first genes once.
class PairSumsSink {
 public:
  virtual ~PairSumsSink() = default;
  /// `first` is the number of the first pair among all pairs of the k genes, row by row. Local.
  virtual void write(std::int64_t first, const PairSums& sums) = 0;
};

/// Bytes of `memory` that a rank needs at least. Local.
double least_sums_memory(const ScreenPlan& plan, const PairGenes& genes);

/// Scores every double knockout of the plan whose first gene is in the share of shard `shard` of `shards`,
/// and adds it up over cells, in ascending order. In blocks of first genes, as many at a time as have sums
/// that fit into `plan.keeping.memory`; for each block every cell is loaded once. What comes out is the same
/// to the bit for any number of shards and any memory. Progress in units of cost, as in screen_shard. Local:
/// shards share nothing.
void screen_pair_sums(const ScreenPlan& plan, const ExpressionMatrix& matrix,
                      std::span<const CollapsedMapping> members, const SingleScores& singles,
                      std::int64_t shard, std::int64_t shards, PairSumsSink& sink,
                      const ProgressCallback& progress = {});

}  // namespace dko
