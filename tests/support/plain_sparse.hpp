#pragma once
// The oracle of the sparse mapping: its formula over all genes with plain loops, from arrays of its own.
// Shares nothing with the program's own outputs or kernel.

#include <cstdint>
#include <span>
#include <vector>

#include "dko/mapping/sparse_mapping.hpp"

namespace dko::testing {

struct PlainSparse {
  std::int64_t genes = 0;
  std::int64_t factors = 0;
  std::vector<std::vector<double>> a;  // a[i][j]: what gene j does to gene i
  std::vector<double> offset;
  std::vector<double> floor;
  std::vector<std::vector<double>> loadings;       // by gene and factor
  std::vector<std::vector<double>> responses;      // by gene and factor
  std::vector<std::vector<double>> of_covariates;  // by gene and covariate; empty: none
  std::vector<double> level_scale;                 // by gene, 0: presence; empty: presence of all
  std::vector<double> level_mean;
  double level_certainty = 1;
  std::vector<std::vector<double>> passed;  // passed[i][j]: what the loss of j takes from i; empty: a

  SparseMapping mapping() const;

  /// q after the knockout of `removed` from a cell that expresses `expressed`, over all genes; the state is
  /// that of the intact cell, whose covariates no knockout changes.
  std::vector<double> profile(std::span<const std::int32_t> expressed, std::span<const std::int32_t> removed,
                              std::span<const double> covariates = {},
                              std::span<const float> shares = {}) const;

  /// Outputs of all genes, those that are not expressed as well, of a cell that expresses `expressed` once
  /// what genes enter by is `present` in place of inputs(), of all genes.
  std::vector<double> outputs(std::span<const std::int32_t> expressed, std::span<const double> present,
                              std::span<const double> covariates = {},
                              std::span<const float> shares = {}) const;

  /// x of all genes; 0 of those that are not expressed.
  std::vector<double> inputs(std::span<const std::int32_t> expressed, std::span<const float> shares) const;

  /// Every third gene enters by its level, and losses have effects of their own.
  void add_levels(std::uint64_t seed);
};

/// Each effect is there with probability `density`; about a quarter of the outputs fall to their floors.
PlainSparse random_sparse(std::int64_t genes, std::int64_t factors, double density, std::uint64_t seed,
                          std::int64_t covariates = 0);

}  // namespace dko::testing
