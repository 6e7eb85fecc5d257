#include "dko/expression/matrix.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "dko/base/checksum.hpp"
#include "dko/expression/matrix_builder.hpp"

namespace dko {

ExpressionMatrix::ExpressionMatrix(Names gene_names, Names cell_names, NodeArray<std::int64_t> row_starts,
                                   NodeArray<std::int32_t> genes, NodeArray<float> values)
    : gene_names_(std::move(gene_names)),
      cell_names_(std::move(cell_names)),
      row_starts_(std::move(row_starts)),
      genes_(std::move(genes)),
      values_(std::move(values)) {}

std::vector<std::int64_t> ExpressionMatrix::cells_per_gene(std::span<const std::int64_t> cells) const {
  std::vector<std::int64_t> counts(static_cast<std::size_t>(genes()), 0);
  for (const std::int64_t cell : cells) {
    for (const std::int32_t gene : expressed(cell)) ++counts[static_cast<std::size_t>(gene)];
  }
  return counts;
}

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

double ExpressionMatrix::sum(std::int64_t cell) const {
  const std::span<const float> x = values(cell);
  return std::accumulate(x.begin(), x.end(), 0.0);
}

RelativeProfiles ExpressionMatrix::relative_profiles() const {
  auto shares = std::make_shared_for_overwrite<float[]>(static_cast<std::size_t>(nonzeros()));
  std::vector<double> totals(static_cast<std::size_t>(cells()));
  for (std::int64_t cell = 0; cell < cells(); ++cell) {
    const double total = sum(cell);
    totals[static_cast<std::size_t>(cell)] = total;
    const auto x = values(cell);
    std::transform(x.begin(), x.end(), shares.get() + row_starts_[cell],
                   [total](float value) { return static_cast<float>(value / total); });
  }
  if (!holds_counts(*this)) totals.clear();
  ExpressionMatrix profiles = *this;
  const std::span<const float> view(shares.get(), static_cast<std::size_t>(nonzeros()));
  profiles.values_ = {std::move(shares), view};
  return {std::move(profiles), NodeArray(std::move(totals))};
}

bool holds_counts(const ExpressionMatrix& data) {
  for (std::int64_t cell = 0; cell < data.cells(); ++cell) {
    const std::span<const float> values = data.values(cell);
    if (std::any_of(values.begin(), values.end(), [](float x) { return x != std::floor(x); })) return false;
  }
  return true;
}

ExpressionMatrix ExpressionMatrix::with_gene_ids(Names gene_ids) const {
  ExpressionMatrix same = *this;
  same.gene_ids_ = gene_ids == gene_names_ ? Names() : std::move(gene_ids);
  return same;
}

ExpressionMatrix ExpressionMatrix::with_written_names(Names genes, Names cells) const {
  ExpressionMatrix same = *this;
  same.written_genes_ = genes == gene_names_ ? Names() : std::move(genes);
  same.written_cells_ = cells == cell_names_ ? Names() : std::move(cells);
  return same;
}

ExpressionMatrix ExpressionMatrix::with_left_out(LeftOut genes, LeftOut cells) const {
  ExpressionMatrix same = *this;
  same.genes_left_out_ = std::make_shared<const LeftOut>(std::move(genes));
  same.cells_left_out_ = std::make_shared<const LeftOut>(std::move(cells));
  return same;
}

ExpressionMatrix ExpressionMatrix::with_covariates(Covariates covariates, std::vector<double> values) const {
  ExpressionMatrix same = *this;
  same.covariate_width_ = dko::covariate_width(covariates);
  same.covariate_kinds_ = std::move(covariates);
  same.covariate_values_ = NodeArray(std::move(values));
  return same;
}

std::string ExpressionMatrix::covariates_checksum() const {
  if (covariate_width_ == 0) return {};
  Checksum sum;
  sum.add(covariate_values_.view());
  return sum.text();
}

const LeftOut& ExpressionMatrix::genes_left_out() const {
  static const LeftOut none;
  return genes_left_out_ ? *genes_left_out_ : none;
}

const LeftOut& ExpressionMatrix::cells_left_out() const {
  static const LeftOut none;
  return cells_left_out_ ? *cells_left_out_ : none;
}

NameIndex ExpressionMatrix::gene_index() const {
  return {"gene", gene_names_, {&written_genes_, &gene_ids(), genes_left_out_.get()}};
}

NameIndex ExpressionMatrix::cell_index() const {
  return {"cell", cell_names_, {&written_cells_, nullptr, cells_left_out_.get()}};
}

namespace {

Names names_of(const Names& all, std::span<const std::int32_t> which) {
  Names names;
  names.reserve(which.size());
  for (const std::int32_t at : which) names.push_back(all[static_cast<std::size_t>(at)]);
  return names;
}

}  // namespace

ExpressionMatrix ExpressionMatrix::subset(std::span<const std::int32_t> cells,
                                          std::span<const std::int32_t> genes) const {
  std::vector<std::int32_t> place(gene_names_.size(), -1);
  for (std::size_t at = 0; at < genes.size(); ++at)
    place[static_cast<std::size_t>(genes[at])] = static_cast<std::int32_t>(at);
  MatrixBuilder builder;
  for (std::size_t at = 0; at < cells.size(); ++at) {
    const auto of_cell = expressed(cells[at]);
    const auto x = values(cells[at]);
    for (std::size_t entry = 0; entry < of_cell.size(); ++entry) {
      const std::int32_t to = place[static_cast<std::size_t>(of_cell[entry])];
      if (to >= 0) builder.add(static_cast<std::int64_t>(at), to, x[entry]);
    }
  }
  ExpressionMatrix part =
      std::move(builder).finish(names_of(gene_names_, genes), names_of(cell_names_, cells));
  if (!gene_ids_.empty()) part.gene_ids_ = names_of(gene_ids_, genes);
  if (!written_genes_.empty()) part.written_genes_ = names_of(written_genes_, genes);
  if (!written_cells_.empty()) part.written_cells_ = names_of(written_cells_, cells);
  part.genes_left_out_ = genes_left_out_;
  part.cells_left_out_ = cells_left_out_;
  if (covariate_width_ == 0) return part;
  std::vector<double> of_cells;
  for (const std::int32_t cell : cells) {
    const std::span<const double> row = covariates(cell);
    of_cells.insert(of_cells.end(), row.begin(), row.end());
  }
  return part.with_covariates(covariate_kinds_, std::move(of_cells));
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

ExpressionMatrix ExpressionMatrix::replicate(const NodeGroup& group, AtRoot<ExpressionMatrix> matrix) {
  ExpressionMatrix everywhere;
  everywhere.gene_names_ = group.all.broadcast(matrix.take(&ExpressionMatrix::gene_names_));
  everywhere.cell_names_ = group.all.broadcast(matrix.take(&ExpressionMatrix::cell_names_));
  everywhere.gene_ids_ = group.all.broadcast(matrix.take(&ExpressionMatrix::gene_ids_));
  everywhere.row_starts_ = share(group, matrix.take(&ExpressionMatrix::row_starts_));
  everywhere.genes_ = share(group, matrix.take(&ExpressionMatrix::genes_));
  everywhere.values_ = share(group, matrix.take(&ExpressionMatrix::values_));
  everywhere.covariate_width_ = group.all.broadcast(matrix.take(&ExpressionMatrix::covariate_width_));
  everywhere.covariate_values_ = share(group, matrix.take(&ExpressionMatrix::covariate_values_));
  if (matrix.is_here()) {  // what names are resolved by, which rank 0 does
    everywhere.written_genes_ = std::move(matrix->written_genes_);
    everywhere.written_cells_ = std::move(matrix->written_cells_);
    everywhere.genes_left_out_ = std::move(matrix->genes_left_out_);
    everywhere.cells_left_out_ = std::move(matrix->cells_left_out_);
    everywhere.covariate_kinds_ = std::move(matrix->covariate_kinds_);
  }
  return everywhere;
}

RelativeProfiles RelativeProfiles::replicate(const NodeGroup& group, AtRoot<RelativeProfiles> profiles) {
  auto totals = share(group, profiles.take(&RelativeProfiles::totals_));
  auto shares =
      ExpressionMatrix::replicate(group, profiles.transform([](const ExpressionMatrix& all) { return all; }));
  return {std::move(shares), std::move(totals)};
}

}  // namespace dko
