#include "dko/expression/matrix_builder.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "dko/base/give_back.hpp"

namespace dko {

void MatrixBuilder::reserve(std::int64_t entries) {
  genes_.reserve(static_cast<std::size_t>(entries));
  values_.reserve(static_cast<std::size_t>(entries));
}

void MatrixBuilder::add_row(std::int64_t cell, std::span<const std::int32_t> genes,
                            std::span<const float> values) {
  if (genes.empty()) return;
  const bool follows = cell > last_cell_ || (cell == last_cell_ && genes.front() > last_gene_);
  if (!in_order_ || !follows) {
    for (std::size_t at = 0; at < genes.size(); ++at) add(cell, genes[at], values[at]);
    return;
  }
  last_cell_ = cell;
  last_gene_ = genes.back();
  count_of(cell) += std::ssize(genes);
  genes_.insert(genes_.end(), genes.begin(), genes.end());
  values_.insert(values_.end(), values.begin(), values.end());
}

/// From here on the cell of every entry is noted; those so far follow from the counts.
void MatrixBuilder::keep_cells() {
  cell_of_.reserve(genes_.capacity());
  for (std::size_t cell = 0; cell + 1 < row_starts_.size(); ++cell)
    cell_of_.insert(cell_of_.end(), static_cast<std::size_t>(row_starts_[cell + 1]),
                    static_cast<std::int32_t>(cell));
  in_order_ = false;
}

/// Expects row_starts_ to be the final starts. Entries of a cell keep the order in which they came.
void MatrixBuilder::sort_by_cell() {
  std::vector<std::int64_t> next(row_starts_.begin(), row_starts_.end() - 1);
  std::vector<std::int32_t> genes(genes_.size());
  std::vector<float> values(values_.size());
  for (std::size_t from = 0; from < genes_.size(); ++from) {
    const auto to = static_cast<std::size_t>(next[static_cast<std::size_t>(cell_of_[from])]++);
    genes[to] = genes_[from];
    values[to] = values_[from];
  }
  give_back(cell_of_);
  genes_ = std::move(genes);
  values_ = std::move(values);
}

/// Puts the genes of each cell in order and adds up what is there several times.
void MatrixBuilder::sort_within_cells() {
  std::vector<std::pair<std::int32_t, float>> row;
  std::size_t to = 0;
  std::size_t start = 0;
  for (std::size_t cell = 0; cell + 1 < row_starts_.size(); ++cell) {
    const auto end = static_cast<std::size_t>(row_starts_[cell + 1]);
    row.clear();
    for (std::size_t at = start; at < end; ++at) row.emplace_back(genes_[at], values_[at]);
    start = end;
    const auto by_gene = [](const auto& x, const auto& y) { return x.first < y.first; };
    if (!std::is_sorted(row.begin(), row.end(), by_gene)) std::stable_sort(row.begin(), row.end(), by_gene);
    for (std::size_t at = 0; at < row.size();) {
      const std::int32_t gene = row[at].first;
      double sum = 0;
      for (; at < row.size() && row[at].first == gene; ++at) sum += static_cast<double>(row[at].second);
      genes_[to] = gene;
      values_[to++] = static_cast<float>(sum);
    }
    row_starts_[cell + 1] = static_cast<std::int64_t>(to);
  }
  genes_.resize(to);
  values_.resize(to);
}

ExpressionMatrix MatrixBuilder::finish(Names gene_names, Names cell_names) && {
  row_starts_.resize(cell_names.size() + 1, 0);
  std::partial_sum(row_starts_.begin(), row_starts_.end(), row_starts_.begin());
  if (!in_order_) {
    sort_by_cell();
    sort_within_cells();
  }
  genes_.shrink_to_fit();
  values_.shrink_to_fit();
  return {std::move(gene_names), std::move(cell_names), NodeArray(std::move(row_starts_)),
          NodeArray(std::move(genes_)), NodeArray(std::move(values_))};
}

}  // namespace dko
