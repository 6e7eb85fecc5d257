#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "dko/expression/matrix.hpp"

namespace dko {

/// Builds a matrix from genes given one after the other, as genes × cells files hold them. Keeps the
/// non-zeros only.
class MatrixBuilder {
 public:
  explicit MatrixBuilder(std::int64_t cells) : cells_(cells) {}

  /// Starts the next gene.
  void begin_gene() { gene_starts_.push_back(static_cast<std::int64_t>(values_.size())); }
  /// X[cell, this gene] = value > 0; cells ascending.
  void add(std::int32_t cell, float value) {
    cell_of_.push_back(cell);
    values_.push_back(value);
  }
  std::int64_t genes() const { return static_cast<std::int64_t>(gene_starts_.size()); }

  /// Transposes into cells × genes. `gene_names` has genes() entries, `cell_names` one per cell.
  ExpressionMatrix finish(Names gene_names, Names cell_names) &&;

 private:
  std::int64_t cells_;
  std::vector<std::int64_t> gene_starts_;
  std::vector<std::int32_t> cell_of_;
  std::vector<float> values_;
};

}  // namespace dko
