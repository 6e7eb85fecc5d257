#include "dko/mapping/sparse_mapping.hpp"

#include <algorithm>
#include <utility>

#include "dko/base/checksum.hpp"

namespace dko {

SparseMapping::SparseMapping(SparseMappingParts parts)
    : factors_(parts.offset.empty() ? 0 : std::ssize(parts.loadings) / std::ssize(parts.offset)),
      covariates_(parts.offset.empty() ? 0
                                       : std::ssize(parts.covariate_responses) / std::ssize(parts.offset)),
      starts_(std::move(parts.starts)),
      rows_(std::move(parts.rows)),
      effects_(std::move(parts.effects)),
      offset_(std::move(parts.offset)),
      floor_(std::move(parts.floor)),
      loadings_(std::move(parts.loadings)),
      responses_(std::move(parts.responses)),
      covariate_responses_(std::move(parts.covariate_responses)) {}

double SparseMapping::bytes(std::int64_t genes, double effects, std::int64_t factors,
                            std::int64_t covariates) {
  constexpr double of_effect = sizeof(std::int32_t) + sizeof(double);
  const auto of_gene = static_cast<double>(sizeof(std::int64_t) + 2 * sizeof(double)) +
                       sizeof(double) * static_cast<double>(2 * factors + covariates);
  return of_effect * effects + of_gene * static_cast<double>(genes);
}

std::vector<double> SparseMapping::raw_outputs(std::span<const std::int32_t> expressed,
                                               std::span<const double> covariates) const {
  const auto r = static_cast<std::size_t>(factors_);
  const auto m = covariates.empty() ? 0 : static_cast<std::size_t>(covariates_);
  std::vector<double> state(r, 0.0);
  std::vector<double> of_genes(static_cast<std::size_t>(genes()), 0.0);
  for (const std::int32_t gene : expressed) {
    const SparseColumn from = column(gene);
    for (std::size_t at = 0; at < from.genes.size(); ++at)
      of_genes[static_cast<std::size_t>(from.genes[at])] += from.effects[at];
    for (std::size_t k = 0; k < r; ++k) state[k] += loadings_.view()[static_cast<std::size_t>(gene) * r + k];
  }
  std::vector<double> outputs;
  outputs.reserve(expressed.size());
  for (const std::int32_t gene : expressed) {
    const auto at = static_cast<std::size_t>(gene);
    double output = of_genes[at] + offset()[at];
    for (std::size_t k = 0; k < r; ++k) output += responses()[at * r + k] * state[k];
    for (std::size_t l = 0; l < m; ++l) output += covariate_responses()[at * m + l] * covariates[l];
    outputs.push_back(output);
  }
  return outputs;
}

std::vector<double> SparseMapping::profile(std::span<const std::int32_t> expressed,
                                           std::span<const double> covariates) const {
  std::vector<double> outputs = raw_outputs(expressed, covariates);
  double total = 0;
  for (std::size_t at = 0; at < outputs.size(); ++at) {
    outputs[at] = std::max(outputs[at], floor()[static_cast<std::size_t>(expressed[at])]);
    total += outputs[at];
  }
  for (double& output : outputs) output /= total;
  return outputs;
}

std::string SparseMapping::checksum(const Names& genes) const {
  Checksum sum;
  for (const std::string& gene : genes) sum.add(gene);
  sum.add(starts());
  sum.add(rows());
  // The last is empty without covariates, and adds nothing then.
  for (const auto& values : {effects(), offset(), floor(), loadings(), responses(), covariate_responses()})
    sum.add(values);
  return sum.text();
}

SparseMapping SparseMapping::replicate(const NodeGroup& group, AtRoot<SparseMapping> mapping) {
  SparseMapping everywhere;
  everywhere.factors_ = group.all.broadcast(mapping.take(&SparseMapping::factors_));
  everywhere.covariates_ = group.all.broadcast(mapping.take(&SparseMapping::covariates_));
  everywhere.starts_ = share(group, mapping.take(&SparseMapping::starts_));
  everywhere.rows_ = share(group, mapping.take(&SparseMapping::rows_));
  everywhere.effects_ = share(group, mapping.take(&SparseMapping::effects_));
  everywhere.offset_ = share(group, mapping.take(&SparseMapping::offset_));
  everywhere.floor_ = share(group, mapping.take(&SparseMapping::floor_));
  everywhere.loadings_ = share(group, mapping.take(&SparseMapping::loadings_));
  everywhere.responses_ = share(group, mapping.take(&SparseMapping::responses_));
  everywhere.covariate_responses_ = share(group, mapping.take(&SparseMapping::covariate_responses_));
  return everywhere;
}

SparseMapping SparseMapping::to_root(const Communicator& communicator, const SparseMapping& mapping,
                                     int from) {
  const auto moved = [&](auto values) { return communicator.to_root(values, from).or_empty(); };
  SparseMapping on_root(SparseMappingParts{moved(mapping.starts()), moved(mapping.rows()),
                                           moved(mapping.effects()), moved(mapping.offset()),
                                           moved(mapping.floor()), moved(mapping.loadings()),
                                           moved(mapping.responses()), moved(mapping.covariate_responses())});
  return on_root;
}

}  // namespace dko
