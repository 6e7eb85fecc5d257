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
      covariate_responses_(std::move(parts.covariate_responses)),
      level_scale_(std::move(parts.levels.scale)),
      level_mean_(std::move(parts.levels.mean)),
      level_certainty_(parts.levels.certainty),
      passed_starts_(std::move(parts.passed_starts)),
      passed_rows_(std::move(parts.passed_rows)),
      passed_effects_(std::move(parts.passed_effects)) {}

double SparseMapping::bytes(std::int64_t genes, double effects, std::int64_t factors,
                            std::int64_t covariates) {
  constexpr double of_effect = sizeof(std::int32_t) + sizeof(double);
  const auto of_gene = static_cast<double>(2 * sizeof(std::int64_t) + 4 * sizeof(double)) +
                       sizeof(double) * static_cast<double>(2 * factors + covariates);
  return of_effect * effects + of_gene * static_cast<double>(genes);
}

std::vector<double> SparseMapping::inputs(const IntactCell& cell) const {
  std::vector<double> inputs(cell.expressed.size(), 1.0);
  if (!has_levels()) return inputs;
  const double f = level_factor(level_scale(), level_mean(), level_certainty_, cell);
  for (std::size_t at = 0; at < inputs.size(); ++at) {
    const std::int64_t gene = cell.expressed[at];
    const double mean = level_mean_[gene];
    const double share = cell.shares.empty() ? mean : static_cast<double>(cell.shares[at]);
    if (level_scale_[gene] > 0) inputs[at] = level_input(level_scale_[gene], mean, share / f);
  }
  return inputs;
}

double SparseMapping::input_of_added(std::int32_t gene) const {
  if (!has_levels() || !(level_scale_[gene] > 0)) return 1;
  return level_input(level_scale_[gene], level_mean_[gene], level_mean_[gene]);
}

std::vector<double> SparseMapping::raw_outputs(const IntactCell& cell,
                                               std::span<const std::int32_t> absent) const {
  const auto r = static_cast<std::size_t>(factors_);
  const auto m = cell.covariates.empty() ? 0 : static_cast<std::size_t>(covariates_);
  const std::vector<double> x = inputs(cell);
  std::vector<double> state(r, 0.0);
  std::vector<double> of_genes(static_cast<std::size_t>(genes()), 0.0);
  for (std::size_t from = 0; from < x.size(); ++from) {
    const std::int32_t gene = cell.expressed[from];
    const SparseColumn effects = column(gene);
    for (std::size_t at = 0; at < effects.genes.size(); ++at)
      of_genes[static_cast<std::size_t>(effects.genes[at])] += effects.effects[at] * x[from];
    for (std::size_t k = 0; k < r; ++k) state[k] += loadings_.view()[static_cast<std::size_t>(gene) * r + k];
  }
  std::vector<double> outputs;
  outputs.reserve(x.size() + absent.size());
  for (const auto& genes : {cell.expressed, absent}) {
    for (const std::int32_t gene : genes) {
      const auto at = static_cast<std::size_t>(gene);
      double output = of_genes[at] + offset()[at];
      for (std::size_t k = 0; k < r; ++k) output += responses()[at * r + k] * state[k];
      for (std::size_t l = 0; l < m; ++l) output += covariate_responses()[at * m + l] * cell.covariates[l];
      outputs.push_back(output);
    }
  }
  return outputs;
}

std::vector<double> SparseMapping::profile(const IntactCell& cell) const {
  std::vector<double> outputs = raw_outputs(cell);
  double total = 0;
  for (std::size_t at = 0; at < outputs.size(); ++at) {
    outputs[at] = std::max(outputs[at], floor()[static_cast<std::size_t>(cell.expressed[at])]);
    total += outputs[at];
  }
  for (double& output : outputs) output /= total;
  return outputs;
}

SparseMappingParts SparseMapping::parts() const {
  const auto copy = [](const auto& values) { return std::vector(values.begin(), values.end()); };
  return {copy(starts()), copy(rows()),          copy(effects()),     copy(offset()),
          copy(floor()),  copy(loadings()),      copy(responses()),   copy(covariate_responses()),
          levels(),       copy(passed_starts()), copy(passed_rows()), copy(passed_effects())};
}

std::string SparseMapping::checksum(const Names& genes) const {
  Checksum sum;
  for (const std::string& gene : genes) sum.add(gene);
  sum.add(starts());
  sum.add(rows());
  // The last are empty without covariates and levels, and add nothing then.
  for (const auto& values : {effects(), offset(), floor(), loadings(), responses(), covariate_responses(),
                             level_scale(), level_mean()})
    sum.add(values);
  if (has_levels()) sum.add(std::span(&level_certainty_, 1));
  sum.add(passed_starts());
  sum.add(passed_rows());
  sum.add(passed_effects());
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
  everywhere.level_scale_ = share(group, mapping.take(&SparseMapping::level_scale_));
  everywhere.level_certainty_ = group.all.broadcast(mapping.take(&SparseMapping::level_certainty_));
  everywhere.level_mean_ = share(group, mapping.take(&SparseMapping::level_mean_));
  everywhere.passed_starts_ = share(group, mapping.take(&SparseMapping::passed_starts_));
  everywhere.passed_rows_ = share(group, mapping.take(&SparseMapping::passed_rows_));
  everywhere.passed_effects_ = share(group, mapping.take(&SparseMapping::passed_effects_));
  return everywhere;
}

SparseMapping SparseMapping::to_root(const Communicator& communicator, const SparseMapping& mapping,
                                     int from) {
  SparseMappingParts parts = mapping.parts();
  const std::vector<double> certainty{parts.levels.certainty};
  if (const auto moved = communicator.to_root(std::span(certainty), from).or_empty(); !moved.empty())
    parts.levels.certainty = moved.front();
  const auto move = [&](auto& values) {
    values = communicator.to_root(std::span(std::as_const(values)), from).or_empty();
  };
  for (auto* values : {&parts.starts, &parts.passed_starts}) move(*values);
  for (auto* values : {&parts.rows, &parts.passed_rows}) move(*values);
  for (auto* values :
       {&parts.effects, &parts.offset, &parts.floor, &parts.loadings, &parts.responses,
        &parts.covariate_responses, &parts.levels.scale, &parts.levels.mean, &parts.passed_effects})
    move(*values);
  return SparseMapping(std::move(parts));
}

}  // namespace dko
