#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dko/expression/matrix.hpp"

namespace dko {

/// The genes that some cells express, each a pair of a cell and a gene, arranged twice: by cell, as in the
/// matrix, and by gene. "Place" is a pair's number by cell. Arranging anew keeps the memory.
class CellBatch {
 public:
  /// Genes are taken through weights in panels of so many neighbours, whose rows stay in the nearest caches.
  static constexpr std::int64_t panel_genes = 64;

  /// Bytes of a pair, arranged twice.
  static constexpr double bytes_of_pair = 28;

  /// Pairs in each of gene_ranges().
  static constexpr std::int64_t range_pairs = 320;

  /// `cells` are numbers of rows of `matrix`, which must outlive the batch. Local.
  void arrange(const ExpressionMatrix& matrix, std::span<const std::int64_t> cells);

  std::int64_t cells() const { return std::ssize(starts_) - 1; }
  std::int64_t genes() const { return std::ssize(gene_starts_) - 1; }
  std::int64_t pairs() const { return std::ssize(gene_); }

  /// By cell: the places of cell c are [cell_starts()[c], cell_starts()[c + 1]).
  std::span<const std::int64_t> cell_starts() const { return starts_; }
  std::span<const std::int32_t> gene() const { return gene_; }
  /// The values of the matrix, in the order of places.
  std::span<const float> values() const { return values_; }
  /// 1/n_c of each cell.
  std::span<const float> cell_share() const { return cell_share_; }

  /// By gene: pairs of gene g are [gene_starts()[g], gene_starts()[g + 1]), their cells ascending.
  std::span<const std::int64_t> gene_starts() const { return gene_starts_; }
  std::span<const std::int32_t> cell() const { return cell_; }
  std::span<const std::int64_t> place() const { return place_; }
  /// 1/n_c of each pair's cell.
  std::span<const float> share() const { return share_; }

  std::int64_t panels() const { return (genes() + panel_genes - 1) / panel_genes; }
  /// Place of each cell's first gene in this panel or a later one; panels() has the ends.
  const std::int64_t* panel_starts(std::int64_t panel) const {
    return panel_starts_.data() + panel * cells();
  }

  /// What a panel's genes are to the cells when whole rows are summed: lists[starts[c]] to lists[starts[c+1]]
  /// are the genes that cell c expresses, or if is_without[c] those that it does not, whichever are fewer.
  struct PanelPresence {
    const std::int64_t* starts;
    const unsigned char* is_without;
  };
  PanelPresence panel_presence(std::int64_t panel) const {
    return {presence_starts_.data() + panel * cells(), is_without_.data() + panel * cells()};
  }
  std::span<const std::int32_t> presence_lists() const { return presence_lists_; }

  /// Ranges of genes of `range_pairs` pairs or few more, or of a panel's genes, whose outputs are summed at a
  /// time: the first gene of each, and genes() at the end.
  std::span<const std::int64_t> gene_ranges() const { return ranges_; }
  std::int64_t most_pairs_of_range() const;

 private:
  static std::size_t at(std::int64_t place) { return static_cast<std::size_t>(place); }
  void take_cells(const ExpressionMatrix& matrix, std::span<const std::int64_t> cells);
  void arrange_by_gene(std::int64_t genes);
  void find_panels();
  void list_presence();
  void find_ranges();

  std::vector<std::int64_t> starts_{0};
  std::vector<std::int32_t> gene_;
  std::vector<float> values_;
  std::vector<float> cell_share_;
  std::vector<std::int64_t> gene_starts_{0};
  std::vector<std::int32_t> cell_;
  std::vector<std::int64_t> place_;
  std::vector<float> share_;
  std::vector<std::int64_t> panel_starts_;
  std::vector<std::int64_t> presence_starts_;  // [panel][cell], and the end
  std::vector<std::int32_t> presence_lists_;
  std::vector<unsigned char> is_without_;
  std::vector<std::int64_t> ranges_{0};
  std::vector<std::int64_t> next_;  // while arranging
};

}  // namespace dko
