#include "cell_batch.hpp"

#include <algorithm>
#include <bit>

namespace dko {

void CellBatch::arrange(const ExpressionMatrix& matrix, std::span<const std::int64_t> cells) {
  take_cells(matrix, cells);
  arrange_by_gene(matrix.genes());
  find_panels();
  list_presence();
  find_ranges();
}

void CellBatch::take_cells(const ExpressionMatrix& matrix, std::span<const std::int64_t> cells) {
  starts_.assign(1, 0);
  gene_.clear();
  values_.clear();
  cell_share_.clear();
  for (const std::int64_t cell : cells) {
    const auto expressed = matrix.expressed(cell);
    const auto values = matrix.values(cell);
    gene_.insert(gene_.end(), expressed.begin(), expressed.end());
    values_.insert(values_.end(), values.begin(), values.end());
    starts_.push_back(std::ssize(gene_));
    cell_share_.push_back(1.0F / static_cast<float>(expressed.size()));
  }
}

/// Counting sort: cell after cell, so that the cells of a gene ascend.
void CellBatch::arrange_by_gene(std::int64_t genes) {
  gene_starts_.assign(at(genes + 1), 0);
  for (const std::int32_t gene : gene_) ++gene_starts_[at(gene) + 1];
  for (std::int64_t gene = 0; gene < genes; ++gene) gene_starts_[at(gene) + 1] += gene_starts_[at(gene)];
  next_.assign(gene_starts_.begin(), gene_starts_.end());
  cell_.resize(gene_.size());
  place_.resize(gene_.size());
  share_.resize(gene_.size());
  for (std::int64_t cell = 0; cell < cells(); ++cell) {
    for (std::int64_t place = starts_[at(cell)]; place < starts_[at(cell) + 1]; ++place) {
      const std::int64_t to = next_[at(gene_[at(place)])]++;
      cell_[at(to)] = static_cast<std::int32_t>(cell);
      place_[at(to)] = place;
      share_[at(to)] = cell_share_[at(cell)];
    }
  }
}

void CellBatch::find_panels() {
  panel_starts_.resize(at((panels() + 1) * cells()));
  for (std::int64_t cell = 0; cell < cells(); ++cell) {
    std::int64_t place = starts_[at(cell)];
    for (std::int64_t panel = 0; panel <= panels(); ++panel) {
      while (place < starts_[at(cell) + 1] && gene_[at(place)] < panel * panel_genes) ++place;
      panel_starts_[at(panel * cells() + cell)] = place;
    }
  }
}

namespace {

static_assert(CellBatch::panel_genes == 64, "a panel is a word of bits");

/// The numbers, from `first`, of the bits that are set.
void list_bits(std::uint64_t bits, std::int64_t first, std::vector<std::int32_t>& list) {
  for (; bits != 0; bits &= bits - 1)
    list.push_back(static_cast<std::int32_t>(first + std::countr_zero(bits)));
}

}  // namespace

void CellBatch::list_presence() {
  presence_starts_.assign(1, 0);
  presence_lists_.clear();
  is_without_.clear();
  for (std::int64_t panel = 0; panel < panels(); ++panel) {
    const std::int64_t first = panel * panel_genes;
    const std::int64_t count = std::min(panel_genes, genes() - first);
    const std::uint64_t all = ~std::uint64_t{0} >> (panel_genes - count);
    for (std::int64_t cell = 0; cell < cells(); ++cell) {
      std::uint64_t present = 0;
      const std::int64_t end = panel_starts(panel + 1)[cell];
      for (std::int64_t place = panel_starts(panel)[cell]; place < end; ++place)
        present |= std::uint64_t{1} << (gene_[at(place)] - first);
      const bool is_without = 2 * std::popcount(present) > count;
      is_without_.push_back(is_without ? 1 : 0);
      list_bits(is_without ? all & ~present : present, first, presence_lists_);
      presence_starts_.push_back(std::ssize(presence_lists_));
    }
  }
}

void CellBatch::find_ranges() {
  ranges_.assign(1, 0);
  for (std::int64_t gene = 1; gene < genes(); ++gene) {
    const std::int64_t pairs = gene_starts_[at(gene)] - gene_starts_[at(ranges_.back())];
    if (pairs >= range_pairs || gene - ranges_.back() == panel_genes) ranges_.push_back(gene);
  }
  ranges_.push_back(genes());
}

std::int64_t CellBatch::most_pairs_of_range() const {
  std::int64_t most = 0;
  for (std::size_t range = 0; range + 1 < ranges_.size(); ++range)
    most = std::max(most, gene_starts_[at(ranges_[range + 1])] - gene_starts_[at(ranges_[range])]);
  return most;
}

}  // namespace dko
