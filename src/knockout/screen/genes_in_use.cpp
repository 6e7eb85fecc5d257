#include "dko/knockout/screen/genes_in_use.hpp"

#include <span>

namespace dko {

namespace {

/// Genes that are found one after the other.
class FoundGenes {
 public:
  explicit FoundGenes(const ExpressionMatrix& matrix)
      : matrix_(matrix),
        cells_(static_cast<std::size_t>(matrix.cells()), 0),
        genes_(static_cast<std::size_t>(matrix.genes()), 0) {}

  void add(std::span<const std::int32_t> genes) {
    for (const std::int32_t gene : genes) genes_[static_cast<std::size_t>(gene)] = 1;
  }
  void add_cell(std::int64_t cell) {
    char& is_known = cells_[static_cast<std::size_t>(cell)];
    if (is_known == 0) add(matrix_.expressed(cell));
    is_known = 1;
  }
  void add_cells(std::span<const std::int32_t> cells) {
    for (const std::int32_t cell : cells) add_cell(cell);
  }

  std::vector<std::int32_t> ascending() const {
    std::vector<std::int32_t> found;
    for (std::size_t gene = 0; gene < genes_.size(); ++gene)
      if (genes_[gene] != 0) found.push_back(static_cast<std::int32_t>(gene));
    return found;
  }

 private:
  const ExpressionMatrix& matrix_;
  std::vector<char> cells_;  // whether their genes are in
  std::vector<char> genes_;
};

}  // namespace

std::vector<std::int32_t> genes_in_use(const ScreenPlan& plan, const ExpressionMatrix& matrix) {
  FoundGenes found(matrix);
  for (std::int64_t cell = 0; cell < plan.targets.cells(); ++cell)
    if (plan.targets.count(cell) > 0) found.add_cell(cell);
  if (plan.activates) found.add(plan.targets.genes());
  if (plan.list) {
    found.add_cells(plan.list->all_cells());
    found.add(plan.list->genes_added());
  }
  if (plan.from_to) {
    found.add_cells(plan.from_to->from_cells);
    found.add_cells(plan.from_to->toward_cells);
  }
  return found.ascending();
}

}  // namespace dko
