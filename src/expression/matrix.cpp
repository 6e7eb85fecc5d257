#include "dko/expression/matrix.hpp"

#include <algorithm>
#include <numeric>

#include "dko/base/checksum.hpp"

namespace dko {

ExpressionMatrix::ExpressionMatrix(Names gene_names, Names cell_names, NodeArray<std::int64_t> row_starts,
                                   NodeArray<std::int32_t> genes, NodeArray<float> values)
    : gene_names_(std::move(gene_names)),
      cell_names_(std::move(cell_names)),
      row_starts_(std::move(row_starts)),
      genes_(std::move(genes)),
      values_(std::move(values)) {}

bool ExpressionMatrix::expresses(std::int64_t cell, std::int32_t gene) const {
  const auto genes = expressed(cell);
  return std::binary_search(genes.begin(), genes.end(), gene);
}

float ExpressionMatrix::value(std::int64_t cell, std::int32_t gene) const {
  const auto genes = expressed(cell);
  const auto found = std::lower_bound(genes.begin(), genes.end(), gene);
  if (found == genes.end() || *found != gene) return 0.0F;
  return values(cell)[static_cast<std::size_t>(found - genes.begin())];
}

ExpressionMatrix ExpressionMatrix::relative_profiles() const {
  std::vector<float> shares;
  shares.reserve(static_cast<std::size_t>(nonzeros()));
  for (std::int64_t cell = 0; cell < cells(); ++cell) {
    const std::span<const float> x = values(cell);
    const double total = std::accumulate(x.begin(), x.end(), 0.0);
    for (const float value : x) shares.push_back(static_cast<float>(value / total));
  }
  return {gene_names_, cell_names_, row_starts_, genes_, NodeArray(std::move(shares))};
}

std::string ExpressionMatrix::checksum() const {
  Checksum sum;
  for (const std::string& name : gene_names_) sum.add(name);
  for (const std::string& name : cell_names_) sum.add(name);
  sum.add(row_starts_.view());
  sum.add(genes_.view());
  sum.add(values_.view());
  return sum.text();
}

ExpressionMatrix ExpressionMatrix::replicate(const NodeGroup& group, ExpressionMatrix on_root) {
  group.all.broadcast(on_root.gene_names_);
  group.all.broadcast(on_root.cell_names_);
  auto row_starts = share(group, std::move(on_root.row_starts_));
  auto genes = share(group, std::move(on_root.genes_));
  auto values = share(group, std::move(on_root.values_));
  return {std::move(on_root.gene_names_), std::move(on_root.cell_names_), std::move(row_starts),
          std::move(genes), std::move(values)};
}

}  // namespace dko
