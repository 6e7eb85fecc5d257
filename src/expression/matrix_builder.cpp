#include "dko/expression/matrix_builder.hpp"

#include <numeric>

namespace dko {

ExpressionMatrix MatrixBuilder::finish(Names gene_names, Names cell_names) && {
  gene_starts_.push_back(static_cast<std::int64_t>(values_.size()));
  std::vector<std::int64_t> row_starts(static_cast<std::size_t>(cells_) + 1, 0);
  for (const std::int32_t cell : cell_of_) ++row_starts[static_cast<std::size_t>(cell) + 1];
  std::partial_sum(row_starts.begin(), row_starts.end(), row_starts.begin());

  std::vector<std::int64_t> next(row_starts.begin(), row_starts.end() - 1);
  std::vector<std::int32_t> genes(values_.size());
  std::vector<float> values(values_.size());
  for (std::size_t gene = 0; gene + 1 < gene_starts_.size(); ++gene) {
    for (std::int64_t at = gene_starts_[gene]; at < gene_starts_[gene + 1]; ++at) {
      const auto from = static_cast<std::size_t>(at);
      const auto to = static_cast<std::size_t>(next[static_cast<std::size_t>(cell_of_[from])]++);
      genes[to] = static_cast<std::int32_t>(gene);
      values[to] = values_[from];
    }
  }
  return {std::move(gene_names), std::move(cell_names), NodeArray(std::move(row_starts)),
          NodeArray(std::move(genes)), NodeArray(std::move(values))};
}

}  // namespace dko
