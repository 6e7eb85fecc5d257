#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "dko/base/name_index.hpp"
#include "dko/base/names.hpp"
#include "dko/expression/covariate.hpp"
#include "dko/parallel/node_array.hpp"

namespace dko {

class RelativeProfiles;

/// Expression of C cells × N genes, sparse by rows (CSR): only the expressed genes of each cell are held,
/// ascending, with values > 0. Read-only; copies share the arrays.
class ExpressionMatrix {
 public:
  ExpressionMatrix() = default;
  /// `row_starts` has C+1 entries; `genes` and `values` have row_starts[C].
  ExpressionMatrix(Names gene_names, Names cell_names, NodeArray<std::int64_t> row_starts,
                   NodeArray<std::int32_t> genes, NodeArray<float> values);

  std::int64_t cells() const { return static_cast<std::int64_t>(cell_names_.size()); }
  std::int64_t genes() const { return static_cast<std::int64_t>(gene_names_.size()); }
  std::int64_t nonzeros() const { return genes_.size(); }

  /// S_c, the genes that cell c expresses.
  std::span<const std::int32_t> expressed(std::int64_t cell) const { return row(genes_.view(), cell); }
  /// X[c, i] for i in S_c.
  std::span<const float> values(std::int64_t cell) const { return row(values_.view(), cell); }
  /// Σ of the cell's values: its total where they are counts.
  double sum(std::int64_t cell) const;
  /// n_c = |S_c|.
  std::int64_t expressed_count(std::int64_t cell) const { return row_starts_[cell + 1] - row_starts_[cell]; }
  /// Number of these cells that express each gene. Local.
  std::vector<std::int64_t> cells_per_gene(std::span<const std::int64_t> cells) const;
  bool expresses(std::int64_t cell, std::int32_t gene) const;
  /// X[c, i]; 0 where the cell does not express the gene.
  float value(std::int64_t cell, std::int32_t gene) const;
  /// The same cells with their relative profiles p = x / Σx as values: what the mapping learns from.
  RelativeProfiles relative_profiles() const;

  /// The same values under other names, as many as before.
  ExpressionMatrix with_names(Names gene_names, Names cell_names) const {
    return {std::move(gene_names), std::move(cell_names), row_starts_, genes_, values_};
  }
  /// The same with an accession for each gene, beside its name.
  ExpressionMatrix with_gene_ids(Names gene_ids) const;
  /// The same with the names that the file has, where those of the matrix were made unique; else empty.
  ExpressionMatrix with_written_names(Names genes, Names cells) const;
  /// The same with what was left out of the file, for messages.
  ExpressionMatrix with_left_out(LeftOut genes, LeftOut cells) const;

  /// The same with covariates of its cells: `values` are cells × covariate_width(covariates) by rows.
  ExpressionMatrix with_covariates(Covariates covariates, std::vector<double> values) const;
  /// The covariates of a cell as numbers; empty where there are none.
  std::span<const double> covariates(std::int64_t cell) const {
    const auto width = static_cast<std::size_t>(covariate_width_);
    return covariate_values_.view().subspan(static_cast<std::size_t>(cell) * width, width);
  }
  std::int64_t covariate_width() const { return covariate_width_; }
  /// What these numbers are of. Of a matrix that was replicated, at root only.
  const Covariates& covariate_kinds() const { return covariate_kinds_; }
  /// Checksum of the numbers; empty where there are none.
  std::string covariates_checksum() const;

  /// X[cells, genes], in the order given; each a number of this matrix, none twice.
  ExpressionMatrix subset(std::span<const std::int32_t> cells, std::span<const std::int32_t> genes) const;

  const Names& gene_names() const { return gene_names_; }
  const Names& cell_names() const { return cell_names_; }
  /// Accessions, such as ENSMUSG00000023992; the names where the data has none.
  const Names& gene_ids() const { return gene_ids_.empty() ? gene_names_ : gene_ids_; }

  /// Find genes and cells by what users write for them. Of a matrix that was replicated, at root only. They
  /// hold on to this matrix, which must outlive them.
  NameIndex gene_index() const;
  NameIndex cell_index() const;
  /// What was left out so far.
  const LeftOut& genes_left_out() const;
  const LeftOut& cells_left_out() const;

  /// Checksum of names, presence and values: the same through every file format. Accessions do not count, for
  /// not every format has them.
  std::string checksum() const;

  /// The matrix, held once per node. Collective.
  static ExpressionMatrix replicate(const NodeGroup& group, AtRoot<ExpressionMatrix> matrix);

 private:
  template <class T>
  std::span<const T> row(std::span<const T> all, std::int64_t cell) const {
    return all.subspan(static_cast<std::size_t>(row_starts_[cell]),
                       static_cast<std::size_t>(expressed_count(cell)));
  }

  Names gene_names_;
  Names cell_names_;
  Names gene_ids_;  // empty: the names
  // At root only:
  Names written_genes_;  // as the file has them; empty: the names
  Names written_cells_;
  std::shared_ptr<const LeftOut> genes_left_out_;  // null: none
  std::shared_ptr<const LeftOut> cells_left_out_;
  Covariates covariate_kinds_;
  // On all ranks:
  NodeArray<std::int64_t> row_starts_;
  NodeArray<std::int32_t> genes_;
  NodeArray<float> values_;
  std::int64_t covariate_width_ = 0;
  NodeArray<double> covariate_values_;  // cells × covariate_width_ by rows
};

/// A matrix whose values are relative profiles, p_i = x_i / Σx in each cell. Only
/// ExpressionMatrix::relative_profiles() makes one, so that no level or count is taken for a share.
class RelativeProfiles : public ExpressionMatrix {
 public:
  RelativeProfiles() = default;  ///< of no cell

  /// T_c, the sum of the counts of cell c that the profiles were made of; infinite where these were no
  /// counts.
  double total(std::int64_t cell) const {
    return totals_.size() == 0 ? std::numeric_limits<double>::infinity() : totals_[cell];
  }

  /// The profiles, held once per node. Collective.
  static RelativeProfiles replicate(const NodeGroup& group, AtRoot<RelativeProfiles> profiles);

 private:
  friend class ExpressionMatrix;
  RelativeProfiles(ExpressionMatrix shares, NodeArray<double> totals)
      : ExpressionMatrix(std::move(shares)), totals_(std::move(totals)) {}

  NodeArray<double> totals_;  // empty: no counts
};

/// Whether all values are whole numbers.
bool holds_counts(const ExpressionMatrix& data);

}  // namespace dko
