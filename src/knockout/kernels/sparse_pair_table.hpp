#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dko/knockout/events/event_index.hpp"
#include "dko/knockout/score/score.hpp"
#include "overlap_planes.hpp"
#include "pair_precision.hpp"

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
/// columns + genes that both touch) a pair. Formulas are for F = 0; in general the impact is L(ρ/(1 − m) − 1)
/// (1 − m)/ρ + (1 − F)(q_a + q_b), m = F (q_a + q_b), and the network L(ρ/k − 1)(1 − m)/ρ.
///
/// In units of S, q_t = o_t/S, and p_t^g the output of gene t that column g leaves. With ρ = S'/S = 1 + η,
/// k = 1 − q_a − q_b and all genes i ∉ {a, b},
///
///     L(θ) = Σ_i max(0, (1 + θ) q_i − p_i),   impact = q_a + q_b + L(η)/ρ,   network = L(ρ/k − 1)/ρ,
///
/// for of two distributions the distance BC is what the first loses of the second. The genes that only g
/// touches lose in the order of (p_t − q_t)/q_t: with these sorted, their part of L is the sum of a prefix,
/// Σ (q_t − p_t) + θ Σ q_t, found by bisection. Untouched genes are u max(0, θ), u the rest of q. Genes that
/// both columns touch, and a or b where the other column touches it, are put right one by one. So is Σ_t v_t
/// (p_t − q_t), which with G = Σ_t (p_t − q_t) and w, the mean of v over the genes that stay, gives
///
///     shift = (Σ_t v_t (p_t − q_t) − w G)/ρ,   w = −(v_a q_a + v_b q_b)/k.
class SparsePairTable {
 public:
  /// Forgets the last cell. `cell` must stay as it is while pairs are scored. O(1)
  void load(const SparseCell& cell);

  /// As CellKernel::pair_scores.
  void pair_scores(std::span<const std::int32_t> positions, EventRange pairs, const ScoreSpans& scores,
                   const ExactScores& exact);

 private:
  /// Tables of what a lone knockout of a gene does to those that its column touches.
  struct Column {
    std::int64_t count = 0;     // of its turns, filled up to whole vectors
    std::int64_t turns = 0;     // place of the first
    std::int64_t prefixes = 0;  // place of the first; one more than there are entries
  };
  /// Sums over the entries before a place of the table.
  struct Prefix {
    float loss = 0;   // Σ (q_t − p_t)
    float share = 0;  // Σ q_t
  };
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
  float prefix_loss(const Column& column, float theta) const;
  void find_overlaps(std::int32_t first, std::int32_t last);
  void add_overlaps_of(const OverlapPlanes::TouchedRow& touched, std::int32_t first, std::int32_t last);
  void add_losses_of_planes(std::int32_t first, std::int32_t last);
  void add_change(std::int32_t second, const RowGene& gene, float of_first, float of_second, float of_both);
  void add_overlap(std::int32_t second, const RowGene& gene, float of_first, float of_second, float of_both);
  void fill_left(std::int32_t first, std::int32_t last);
  void fill_losses(std::int32_t first, std::int32_t last, Score score);
  void fill_scores(std::int32_t first, std::int32_t last, Score score);
  void fill_shifts(std::int32_t first, std::int32_t last);
  PairTerms terms(std::int32_t first, std::int32_t second) const;
  bool all_precise(std::int32_t first, std::int32_t last) const;

  SparseCell cell_;
  bool is_prepared_ = false;
  // By gene g.
  std::vector<float> share_;      // q_g
  std::vector<float> gain_;       // Σ (p_t − q_t) − q_g
  std::vector<float> concerned_;  // Σ q_t + q_g
  std::vector<float> magnitude_;  // Σ |p_t − q_t|
  std::vector<float> bend_;       // Σ v_t (p_t − q_t), if there is a direction
  float largest_weight_ = 0;      // max |v|
  std::vector<Column> columns_;
  std::vector<float> turns_;  // tables of (p_t − q_t)/q_t, ascending, filled up with infinity
  std::vector<Prefix> prefixes_;
  std::vector<std::int64_t> row_starts_;
  std::vector<RowEntry> row_entries_;
  std::vector<RowGene> row_genes_;
  OverlapPlanes planes_;  // where the cell has few genes

  // The current first gene, by second gene:
  std::vector<Overlap> overlaps_;
  std::vector<OverlapPlanes::TouchedRow> touched_;  // by the first; where planes are used
  std::vector<float> one_more_;                     // 1 + θ, likewise
  std::vector<float> change_;                       // η
  std::vector<float> untouched_;                    // u
  std::vector<float> theta_;
  std::vector<float> losses_;  // L
  std::vector<float> along_;   // Σ v_t (p_t − q_t), if there is a direction
  std::vector<float> scores_;
};

}  // namespace dko
