#pragma once
// Shared by this room's sources only.

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "dko/knockout/kernels/ensemble_kernel.hpp"
#include "dko/knockout/screen/pair_division.hpp"
#include "dko/knockout/screen/screen_cells.hpp"
#include "dko/knockout/screen/screen_plan.hpp"
#include "dko/knockout/sharding/cost.hpp"
#include "dko/parallel/communicator.hpp"
#include "pair_rounds.hpp"

namespace dko {

/// Some of a cell's pairs, numbered as in PairIndex.
struct CellPairs {
  std::int64_t cell = 0;
  EventRange pairs;
};

/// Scores a rank's share of a round of pairs, and gives each rank the scores of those that it adds up.
class PairScoring {
 public:
  /// All must outlive this.
  PairScoring(const ScreenPlan& plan, const RelativeProfiles& matrix,
              std::span<const CollapsedMapping> members, const PairGenes& genes,
              std::span<const CellCosts> costs, const Communicator& ranks);

  /// Scores this rank's share. `own` are the round's pairs that it adds up, cell by cell. `go_on` is told now
  /// and then, between pieces of at most half a second, the cost of what was scored since; if it returns
  /// false, all of the round is forgotten. Returns whether it came to its end. Local.
  bool score(const BlockEvents& events, const PairDivision& division, const PairRound& round,
             std::span<const CellPairs> own, const std::function<bool(std::int64_t cost)>& go_on);

  /// What each rank has scored for the others. Collective.
  void exchange();

  /// The scores of all of `own`, one after the other.
  std::span<const float> received(Score score) const { return received_[score]; }

  double loading_seconds() const { return loading_seconds_; }

 private:
  struct Part {
    std::int64_t rank;
    EventRange pairs;
  };
  void make_room(const BlockEvents& events, const PairDivision& division, const PairRound& round,
                 std::span<const CellPairs> own);
  void load(std::int64_t cell);
  void score_piece(const PairDivision& division, std::int64_t cell, EventRange piece);
  std::int64_t end_of_piece(std::int64_t cell, EventRange within) const;
  float* place_of(Score score, std::int64_t rank);
  ScoreSpans spans_of(std::int64_t rank, std::size_t count);
  ScoreSpans aside(std::size_t count);

  const ScreenPlan& plan_;
  const PairGenes& genes_;
  std::span<const CellCosts> costs_;
  const Communicator& ranks_;
  ScreenCells cells_;
  EnsembleKernel kernel_;
  std::vector<std::int32_t> positions_;  // of the loaded cell's targets among its genes
  std::vector<Part> parts_;              // of the piece at hand
  std::vector<std::int64_t> counts_;     // scores for each rank
  std::vector<std::int64_t> from_;       // and from each
  std::vector<std::int64_t> next_;       // where the next for each rank goes: this one's are received at once
  PerScore<std::vector<float>> sent_;
  PerScore<std::vector<float>> received_;
  PerScore<std::vector<float>> aside_;
  double loading_seconds_ = 0;
};

}  // namespace dko
