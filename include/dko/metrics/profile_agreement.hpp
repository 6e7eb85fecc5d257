#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace dko {

/// How the correlations between genes over the cells, of true and of predicted profiles, are distributed:
/// Pearson's of the shares, over pairs of genes that vary in both.
struct GeneCorrelations {
  std::int64_t pairs = 0;
  std::optional<double> median_true;
  std::optional<double> median_predicted;
  std::optional<double> spearman;  ///< over pairs, of true with predicted correlation
  std::optional<double> distance;  ///< Kolmogorov-Smirnov: largest gap between the two distributions
};

/// How predicted profiles agree with true ones.
struct ProfileAgreement {
  double bray_curtis = 0;                      ///< mean over cells
  std::optional<double> spearman_all;          ///< over all entries, those of unexpressed genes included
  std::optional<double> spearman_expressed;    ///< over the entries of expressed genes
  std::optional<double> spearman_within_gene;  ///< median over genes, each over the cells that express it
  std::optional<double> spearman_within_cell;  ///< median over cells, each over its expressed genes
  std::int64_t genes_scored = 0;               ///< genes with at least three such cells and no constant
};

/// `truth` and `predicted` are cells × genes by rows, relative profiles. At least one cell.
ProfileAgreement compare_profiles(std::span<const float> truth, std::span<const float> predicted,
                                  std::int64_t genes);

/// Spearman of each gene over the cells that express it; nothing for fewer than three such cells or a
/// constant. The same arrays.
std::vector<std::optional<double>> spearman_of_genes(std::span<const float> truth,
                                                     std::span<const float> predicted, std::int64_t genes);

/// Over all pairs of genes that vary in both, or 200,000 random ones. The same arrays; each pair costs the
/// cells.
GeneCorrelations correlate_genes(std::span<const float> truth, std::span<const float> predicted,
                                 std::int64_t genes);

/// Bray-Curtis distance of each cell. The same arrays.
std::vector<double> distances_of_cells(std::span<const float> truth, std::span<const float> predicted,
                                       std::int64_t genes);

}  // namespace dko
