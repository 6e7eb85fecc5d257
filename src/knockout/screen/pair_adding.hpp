#pragma once
// Shared by this room's sources only.

#include <cstdint>
#include <span>
#include <vector>

#include "dko/knockout/screen/pair_genes.hpp"
#include "dko/knockout/screen/pair_sums.hpp"
#include "dko/knockout/screen/screen_plan.hpp"
#include "pair_scoring.hpp"

namespace dko {

/// Adds the scores of a round's pairs to their sums. Local.
class PairAdding {
 public:
  /// Both must outlive this.
  PairAdding(const ScreenPlan& plan, const PairGenes& genes);

  /// Adds the scores of `own`, cell by cell: a pair sees its cells in their order. `singles` are the scores
  /// of all single knockouts, by which interactions are found.
  void add(std::span<const CellPairs> own, const PairScoring& scores, const ScoreViews& singles,
           PairSums& sums);

 private:
  /// One stored score, its place among the measures, and whether its interaction is one of them.
  struct Column {
    Score score;
    std::size_t measure = 0;
    bool has_interaction = false;
  };
  /// What of a cell is still to be added: pairs of a row from a second on, and those of the rows after it.
  struct Waiting {
    std::int64_t cell;
    std::int64_t row;
    std::int64_t second;
    std::int64_t pairs;
    std::int64_t start;  // of their scores
  };
  void add_row(Waiting& waiting, const PairScoring& scores, const ScoreViews& singles, PairSums& sums);

  const ScreenPlan& plan_;
  const PairGenes& genes_;
  std::vector<Column> columns_;
  std::vector<Waiting> waiting_;
  std::vector<float> interactions_;  // of one row
};

}  // namespace dko
