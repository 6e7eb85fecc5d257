#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "dko/base/aligned_array.hpp"
#include "dko/mapping/collapsed_mapping.hpp"

namespace dko {

/// What all double knockouts of one cell through a dense mapping need of it, in single precision.
///
/// With s_i = r_i/(n−2), w_i = s_i u_i + r_i c_i the rescaled outputs that no knockout but its rescaling has
/// changed, σ their signs and B = Σ|w|, the outputs after the knockout of a and b are, in units of B and with
/// the sign σ taken out,
///
///     y_i = |w_i| − Â_ia − Â_ib,   Â_ig = σ_i s_i A_ig / B.
///
/// The distance BC of two distributions is what the first loses of the second, so with the sum of outputs
/// S' = Σ_{i≠a,b} |y_i|, q the intact profile (of any base), k = 1 − q_a − q_b,
///
///     G(T) = Σ_{i≠a,b} max(0, q_i T − |y_i|),   impact = q_a + q_b + G(S')/S',   network = G(S'/k)/S'.
///
/// Where y_i cannot be negative for any pair, S' is a sum over columns known beforehand. So are, with a
/// number κ_g for each gene that makes T nearly 1 − κ_a − κ_b, differences that are as small as the effects:
/// Q_ig = q_i κ_g − Â_ig and P_ia = q_i − |w_i| − Q_ia, for which
///
///     q_i T − y_i = P_ia − (Q_ib − q_i τ),   τ = T − (1 − κ_a − κ_b),
///     Σ_i max(0, q_i T − y_i) = Σ_i max(P_ia, Q_ib − q_i τ) − Σ_i (Q_ib − q_i τ):
///
/// three operations an element. With κ_g = g_g − q_g, where 1 − g_a − g_b is S' but for what a and b do to
/// each other, τ is of second order for the network score, and −q_a − q_b beside that for the impact. Rows
/// that may change sign under some pair ("crossing" rows) are left out there and get two passes of their own.
///
/// Genes that keep a part F of their presence have (1 − F) Â in place of Â and n − 2(1 − F) of n − 2; with m
/// = F (q_a + q_b) the impact is (1 − F)(q_a + q_b) + (1 − m) G(S'/(1 − m))/S', the network (1 − m)
/// G(S'/k)/S'.
///
/// A shift is linear where no row crosses, and with E_g = v_g (|w_g| − q_g) + Σ_{i≠g} v_i Â_ig costs a pair
/// nothing that grows with n:
///
///     Σ_{i≠a,b} v_i y_i = Σ_i v_i (|w_i| − q_i) − E_a − E_b − v_a q_a − v_b q_b + v_a Â_ab + v_b Â_ba
///                         + 2 Σ_crossing v_i max(0, −y_i),
///     shift = Σ_{i≠a,b} v_i y_i / S' + (v_a q_a + v_b q_b)/k.
struct DenseTile {
  /// Gathers A[S,S] for the expressed genes, and adds its columns to `total` (n numbers). O(n²)
  void load(const CollapsedMapping& mapping, std::span<const std::int32_t> expressed,
            std::span<double> total);

  /// Turns the columns into Q, if that was not yet done for the loaded cell, for the outputs w, the intact
  /// profile q and s. O(n²)
  /// `along` are the weights v of a direction (CellDirection), or none.
  void prepare(std::span<const double> outputs, std::span<const double> profile_before,
               std::span<const double> scales, std::span<const double> along = {});

  const float* column(std::int64_t gene) const { return columns.data() + gene * stride; }
  /// Â of the crossing rows.
  const float* crossing_column(std::int64_t gene) const {
    return crossing_columns.data() + gene * crossing_stride;
  }

  std::int64_t genes = 0;   ///< n
  std::int64_t stride = 0;  ///< rows of a column, and padding that adds nothing
  bool is_usable = false;   ///< once prepared: there are outputs to share, that single precision can hold
  /// A[S,S]; once prepared, Q, with a gene's own row far below any other. A vector of zeros follows, for
  /// loops without ends of their own.
  AlignedArray columns;

  // By row or gene.
  AlignedArray output;      ///< |w| / B
  AlignedArray profile;     ///< q
  AlignedArray share;       ///< q; 0 for crossing rows
  AlignedArray rest;        ///< q − |w|/B; 0 for crossing rows
  AlignedArray centre;      ///< κ
  AlignedArray column_sum;  ///< Σ_{i≠g} Q_ig
  AlignedArray magnitude;   ///< Σ_i |Â_ig|
  float share_sum = 0;      ///< Σ share

  // Along a direction; empty where there is none.
  AlignedArray weight;           ///< v
  AlignedArray bend;             ///< E
  AlignedArray crossing_weight;  ///< v of the crossing rows
  float weight_sum = 0;          ///< Σ_i v_i (|w_i| − q_i)
  float largest_weight = 0;      ///< max |v_i|

  std::vector<std::int32_t> crossing;        ///< rows
  std::vector<std::int32_t> crossing_place;  ///< of a row among these, or -1
  std::int64_t crossing_stride = 0;
  AlignedArray crossing_columns;
  AlignedArray crossing_share;
  AlignedArray crossing_output;

 private:
  float* own_column(std::int64_t gene) { return columns.data() + gene * stride; }
  float* own_crossing_column(std::int64_t gene) { return crossing_columns.data() + gene * crossing_stride; }
  void note_extremes(std::int64_t position, const float* values);
  void find_crossing(std::span<const double> outputs, std::span<const double> scales);
  void take_crossing(std::int64_t position);
  void centre_column(std::int64_t position);
  void prepare_along(std::span<const double> outputs, std::span<const double> profile_before, double total,
                     std::span<const double> along);
  void bend_by_column(std::int64_t position);

  bool is_prepared_ = false;
  std::vector<double> gathered_;
  // The largest and second largest of A and of −A in each row, without its own column.
  std::array<AlignedArray, 2> largest_;
  std::array<AlignedArray, 2> smallest_;
  AlignedArray signed_scale_;  // σ_i s_i / B
  AlignedArray safe_scale_;    // the same; 0 for crossing rows
};

/// Whole vectors, but no multiple of a page, whose columns would all fall on the same cache sets.
std::int64_t padded_rows(std::int64_t rows);

}  // namespace dko
