#include "plain_sparse.hpp"

#include <algorithm>

#include "dko/base/random.hpp"

namespace dko::testing {

SparseMapping PlainSparse::mapping() const {
  SparseMappingParts parts;
  parts.starts.push_back(0);
  const auto n = static_cast<std::size_t>(genes);
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t i = 0; i < n; ++i) {
      if (a[i][j] == 0) continue;
      parts.rows.push_back(static_cast<std::int32_t>(i));
      parts.effects.push_back(a[i][j]);
    }
    parts.starts.push_back(std::ssize(parts.rows));
  }
  parts.offset = offset;
  parts.floor = floor;
  for (std::size_t i = 0; i < n; ++i) {
    parts.loadings.insert(parts.loadings.end(), loadings[i].begin(), loadings[i].end());
    parts.responses.insert(parts.responses.end(), responses[i].begin(), responses[i].end());
    if (!of_covariates.empty())
      parts.covariate_responses.insert(parts.covariate_responses.end(), of_covariates[i].begin(),
                                       of_covariates[i].end());
  }
  return SparseMapping(std::move(parts));
}

std::vector<double> PlainSparse::profile(std::span<const std::int32_t> expressed,
                                         std::span<const std::int32_t> removed,
                                         std::span<const double> covariates) const {
  const auto n = static_cast<std::size_t>(genes);
  std::vector<double> intact(n, 0.0);
  for (const std::int32_t gene : expressed) intact[static_cast<std::size_t>(gene)] = 1;
  std::vector<double> present = intact;
  for (const std::int32_t gene : removed) present[static_cast<std::size_t>(gene)] = 0;
  std::vector<double> outputs(n, 0.0);
  double total = 0;
  for (std::size_t i = 0; i < n; ++i) {
    if (present[i] == 0) continue;
    double output = offset[i];
    for (std::size_t j = 0; j < n; ++j) output += a[i][j] * present[j];
    for (std::size_t k = 0; k < static_cast<std::size_t>(factors); ++k) {
      double state = 0;
      for (std::size_t j = 0; j < n; ++j) state += loadings[j][k] * intact[j];
      output += responses[i][k] * state;
    }
    for (std::size_t l = 0; l < covariates.size(); ++l) output += of_covariates[i][l] * covariates[l];
    outputs[i] = std::max(output, floor[i]);
    total += outputs[i];
  }
  for (double& output : outputs) output /= total;
  return outputs;
}

PlainSparse random_sparse(std::int64_t genes, std::int64_t factors, double density, std::uint64_t seed,
                          std::int64_t covariates) {
  RandomStream random(seed, "random sparse mapping");
  PlainSparse plain;
  plain.genes = genes;
  plain.factors = factors;
  const auto n = static_cast<std::size_t>(genes);
  for (std::size_t i = 0; i < n; ++i) {
    plain.a.emplace_back(n, 0.0);
    for (std::size_t j = 0; j < n; ++j) {
      if (i != j && random.uniform(0, 1) < density) plain.a[i][j] = random.uniform(-1, 1);
    }
    plain.offset.push_back(random.uniform(-0.5, 2));
    plain.floor.push_back(random.uniform(0.01, 0.2));
    plain.loadings.emplace_back();
    plain.responses.emplace_back();
    for (std::int64_t k = 0; k < factors; ++k) {
      plain.loadings.back().push_back(random.uniform(-0.3, 0.3));
      plain.responses.back().push_back(random.uniform(-0.5, 0.5));
    }
  }
  for (std::size_t i = 0; covariates > 0 && i < n; ++i) {
    plain.of_covariates.emplace_back();
    for (std::int64_t l = 0; l < covariates; ++l)
      plain.of_covariates.back().push_back(random.uniform(-0.7, 0.7));
  }
  return plain;
}

}  // namespace dko::testing
