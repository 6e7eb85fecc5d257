#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dko/base/aligned_array.hpp"
#include "dko/knockout/events/event_index.hpp"
#include "dko/knockout/score/score.hpp"
#include "dko/system/instruction_set.hpp"
#include "overlap_planes.hpp"
#include "pair_precision.hpp"
#include "sparse_block.hpp"
#include "turn_tables.hpp"

namespace dko {

/// What a sparse mapping says of one cell, by the position of its n expressed genes.
struct SparseCell {
  std::span<const double> raw;           ///< outputs before the floor
  std::span<const double> floor;         ///< least outputs
  std::span<const double> output;        ///< o = max(raw, floor)
  double total = 0;                      ///< S = Σ o
  std::span<const std::int64_t> starts;  ///< n+1: column g of A[S,S] is entries [starts[g], starts[g+1])
  std::span<const std::int32_t> rows;
  std::span<const double> effects;
  std::span<const double> along = {};  ///< weights v of a direction (CellDirection), or none
  double presence = 0;                 ///< F, which lost genes keep; effects are times 1 − F
};

/// All double knockouts of one cell through a sparse mapping, in single precision: O(log non-zeros of the two
/// columns + genes that both touch) a pair (their non-zeros where they are at most 128), or where columns are
/// short vectors over all that they touch. The bits are those of any instruction set. Formulas are for F = 0;
/// in general the impact is L(ρ/(1 − m) − 1) (1 − m)/ρ + (1 − F)(q_a + q_b), m = F (q_a + q_b), and the
/// network L(ρ/k − 1)(1 − m)/ρ.
///
/// In units of S, q_t = o_t/S, and p_t^g the output of gene t that column g leaves. With ρ = S'/S = 1 + η,
/// k = 1 − q_a − q_b and all genes i ∉ {a, b},
///
///     L(θ) = Σ_i max(0, (1 + θ) q_i − p_i),   impact = q_a + q_b + L(η)/ρ,   network = L(ρ/k − 1)/ρ,
///
/// for of two distributions the distance BC is what the first loses of the second. The genes that only g
/// touches lose in the order of (p_t − q_t)/q_t: with these sorted, their part of L is the sum of a prefix
/// (TurnTables). Untouched genes are u max(0, θ), u the rest of q. Genes that
/// both columns touch, and a or b where the other column touches it, are put right one by one. So is Σ_t v_t
/// (p_t − q_t), which with G = Σ_t (p_t − q_t) and w, the mean of v over the genes that stay, gives
///
///     shift = (Σ_t v_t (p_t − q_t) − w G)/ρ,   w = −(v_a q_a + v_b q_b)/k.
class SparsePairTable {
 public:
  explicit SparsePairTable(InstructionSet instructions);

  /// Forgets the last cell. `cell` must stay as it is while pairs are scored. O(1)
  void load(const SparseCell& cell);

  /// As CellKernel::pair_scores.
  void pair_scores(std::span<const std::int32_t> positions, EventRange pairs, const ScoreSpans& scores,
                   const ExactScores& exact);

 private:
  /// An entry of A by rows.
  struct RowEntry {
    std::int32_t column;
    float effect;  // A_tg / S
    float after;   // p_t^g
  };
  struct RowGene {
    float raw;
    float floor;
    float share;
    float weight;  // v; 0 without a direction
  };
  /// A gene counted twice, or though it is lost, in a pair of the first gene at hand.
  struct Overlap {
    std::int32_t second;
    float share;      // q_t
    float of_first;   // p_t^a; beyond any where it does not count
    float of_second;  // p_t^b
    float of_both;    // p_t^ab
  };

  void prepare();
  void add_column(std::int32_t gene);
  void fill_rows();
  void fill_planes();
  void find_overlaps(std::int32_t first, std::int32_t last);
  OverlapBlock overlaps_of_planes(std::int32_t first, std::int32_t last);
  void add_losses_of_overlaps(std::int32_t first, std::int32_t last);
  void add_change(std::int32_t second, const RowGene& gene, float of_first, float of_second, float of_both);
  void add_overlap(std::int32_t second, const RowGene& gene, float of_first, float of_second, float of_both);
  void fill_left(std::int32_t first, std::int32_t last);
  void fill_losses(std::int32_t first, std::int32_t last, Score score);
  void fill_scores(std::int32_t first, std::int32_t last, Score score);
  void fill_shifts(std::int32_t first, std::int32_t last);
  PairTerms terms(std::int32_t first, std::int32_t second) const;
  bool all_precise(std::int32_t first, std::int32_t last) const;

  const SparseBlockFunctions* functions_;
  SparseCell cell_;
  bool is_prepared_ = false;
  // By gene g.
  std::vector<float> share_;      // q_g
  std::vector<float> gain_;       // Σ (p_t − q_t) − q_g
  std::vector<float> concerned_;  // Σ q_t + q_g
  std::vector<float> magnitude_;  // Σ |p_t − q_t|
  std::vector<float> bend_;       // Σ v_t (p_t − q_t), if there is a direction
  float largest_weight_ = 0;      // max |v|
  TurnTables tables_;
  std::vector<TurnTables::Touched> touched_;  // by the gene whose table is made
  std::vector<std::int64_t> row_starts_;
  std::vector<RowEntry> row_entries_;
  std::vector<RowGene> row_genes_;
  OverlapPlanes planes_;  // where the cell has few genes

  // The current first gene, by second gene:
  std::vector<Overlap> overlaps_;
  std::vector<TouchedRow> touched_rows_;  // by the first; where planes are used
  AlignedArray numbers_;                  // 0, 1, 2 and so on
  AlignedArray one_more_;                 // 1 + θ
  AlignedArray change_;                   // η
  AlignedArray untouched_;                // u
  AlignedArray theta_;
  AlignedArray losses_;  // L
  AlignedArray along_;   // Σ v_t (p_t − q_t), if there is a direction
  AlignedArray scores_;
};

}  // namespace dko
