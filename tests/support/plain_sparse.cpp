#include "plain_sparse.hpp"

#include <algorithm>
#include <cmath>

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
  parts.levels = {level_scale, level_mean, level_certainty};
  if (!passed.empty()) parts.passed_starts.push_back(0);
  for (std::size_t j = 0; j < passed.size(); ++j) {
    for (std::size_t i = 0; i < n; ++i) {
      if (passed[i][j] == 0) continue;
      parts.passed_rows.push_back(static_cast<std::int32_t>(i));
      parts.passed_effects.push_back(passed[i][j]);
    }
    parts.passed_starts.push_back(std::ssize(parts.passed_rows));
  }
  return SparseMapping(std::move(parts));
}

std::vector<double> PlainSparse::inputs(std::span<const std::int32_t> expressed,
                                        std::span<const float> shares) const {
  const auto is_level = [&](std::int32_t gene) {
    return !level_scale.empty() && level_scale[static_cast<std::size_t>(gene)] > 0;
  };
  std::vector<double> ratios;
  for (std::size_t at = 0; at < expressed.size(); ++at) {
    if (is_level(expressed[at]))
      ratios.push_back(static_cast<double>(shares[at]) / level_mean[static_cast<std::size_t>(expressed[at])]);
  }
  std::sort(ratios.begin(), ratios.end());
  const std::size_t half = ratios.size() / 2;
  const double middle = ratios.empty()           ? 1
                        : ratios.size() % 2 == 1 ? ratios[half]
                                                 : (ratios[half - 1] + ratios[half]) / 2;
  const double factor = std::exp(level_certainty * std::log(middle));
  std::vector<double> x(static_cast<std::size_t>(genes), 0.0);
  for (std::size_t at = 0; at < expressed.size(); ++at) {
    const auto gene = static_cast<std::size_t>(expressed[at]);
    x[gene] =
        is_level(expressed[at])
            ? level_scale[gene] * std::log(1 + static_cast<double>(shares[at]) / (level_mean[gene] * factor))
            : 1;
  }
  return x;
}

std::vector<double> PlainSparse::profile(std::span<const std::int32_t> expressed,
                                         std::span<const std::int32_t> removed,
                                         std::span<const double> covariates,
                                         std::span<const float> shares) const {
  std::vector<double> present = inputs(expressed, shares);
  std::vector<char> is_there(present.size(), 0);
  for (const std::int32_t gene : expressed) is_there[static_cast<std::size_t>(gene)] = 1;
  for (const std::int32_t gene : removed) {
    present[static_cast<std::size_t>(gene)] = 0;
    is_there[static_cast<std::size_t>(gene)] = 0;
  }
  std::vector<double> shares_after = outputs(expressed, present, covariates, shares);
  double total = 0;
  for (std::size_t i = 0; i < shares_after.size(); ++i) {
    if (is_there[i] == 0) shares_after[i] = 0;
    total += shares_after[i];
  }
  for (double& share : shares_after) share /= total;
  return shares_after;
}

std::vector<double> PlainSparse::outputs(std::span<const std::int32_t> expressed,
                                         std::span<const double> present, std::span<const double> covariates,
                                         std::span<const float> shares) const {
  const auto n = static_cast<std::size_t>(genes);
  const std::vector<double> intact = inputs(expressed, shares);
  std::vector<double> outputs(n, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    double output = offset[i];
    const auto& of_loss = passed.empty() ? a : passed;
    for (std::size_t j = 0; j < n; ++j)
      output += a[i][j] * intact[j] - of_loss[i][j] * (intact[j] - present[j]);
    for (std::size_t k = 0; k < static_cast<std::size_t>(factors); ++k) {
      double state = 0;
      for (const std::int32_t j : expressed) state += loadings[static_cast<std::size_t>(j)][k];
      output += responses[i][k] * state;
    }
    for (std::size_t l = 0; l < covariates.size(); ++l) output += of_covariates[i][l] * covariates[l];
    outputs[i] = std::max(output, floor[i]);
  }
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

void PlainSparse::add_levels(std::uint64_t seed) {
  RandomStream random(seed, "levels of a sparse mapping");
  level_scale.assign(static_cast<std::size_t>(genes), 0.0);
  level_mean.assign(static_cast<std::size_t>(genes), 1.0);
  for (std::size_t gene = 0; gene < level_scale.size(); gene += 3) {
    level_scale[gene] = random.uniform(0.5, 3);
    level_mean[gene] = random.uniform(0.01, 0.2);
  }
  level_certainty = 0.7;
  passed = a;
  for (std::vector<double>& row : passed) {
    for (double& effect : row) effect = random.uniform(0, 1) < 0.2 ? random.uniform(-0.5, 0.5) : effect;
  }
  for (std::size_t gene = 0; gene < passed.size(); ++gene) passed[gene][gene] = 0;
}

}  // namespace dko::testing
