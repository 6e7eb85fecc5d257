#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "dko/expression/matrix.hpp"

namespace dko {

/// How well some cells show the absence of a gene. A mapping learns what a gene does to others from the cells
/// that lack it: where no cell lacks it, or where cells seem to lack it only because few of their molecules
/// were counted, its effects are unknown, not zero.
struct GeneVisibility {
  std::int64_t cells_with = 0;     ///< cells that express the gene
  std::int64_t cells_without = 0;  ///< cells that do not
  /// Absences among cells_without that counting does not explain; a cautious estimate, see gene_visibility().
  double unexplained = 0;
  /// min(unexplained, cells_with) · unexplained / cells_without: the cells of the rarer class, times the
  /// probability that an absence is real. In cells.
  double information = 0;
  /// Whether a mapping has effects of the gene's level (GeneLevels), which tell what presence does not.
  bool by_level = false;
};

/// Information below which a gene counts as not visible.
constexpr double least_information = 5;

constexpr bool is_visible(const GeneVisibility& gene) {
  return gene.information >= least_information || gene.by_level;
}

/// Why a gene is not visible, in words: "99.4 % of the cells express it". Empty for a visible one.
std::string why_not_visible(const GeneVisibility& gene);

/// The genes that are not visible, ascending. Local.
std::vector<std::int32_t> invisible_genes(std::span<const GeneVisibility> visibility);

/// Visibility of every gene in these cells of `data` (expression, not shares).
///
/// Where the data holds counts, a gene that is switched on in a fraction π of the cells is taken to have
/// x ~ NB(mean T_c μ, variance T_c μ + φ (T_c μ)²) in them, T_c the cell's total, and x = 0 in all others
/// (a zero-inflated negative binomial). π, μ ≥ 0 and φ ≥ 0 are found by the method of moments:
///
///   Σx / ΣT = πμ,   Σx(x−1) / ΣT² = πμ²(1+φ),   share of zeros = 1 − π + π · mean over c of (1 + φ T_c
///   μ)^(−1/φ)
///
/// and unexplained = (1 − π) C − √(Z (C − Z) / C), at least 0, Z of the C cells without the gene: the
/// estimate less the standard error of the number of zeros. The T_c are put into 32 classes of equal size.
/// Where values are not counts nothing is known of counting, and every absence is taken as real. Local.
std::vector<GeneVisibility> gene_visibility(const ExpressionMatrix& data,
                                            std::span<const std::int64_t> cells);

}  // namespace dko
