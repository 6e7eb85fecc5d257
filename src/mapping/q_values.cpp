#include "dko/mapping/q_values.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

#include "dko/mapping/direct_q_values.hpp"
#include "dko/mapping/model.hpp"

namespace dko {

namespace {

std::vector<const FittedMapping*> members_with_q_values(const Model& model) {
  std::vector<const FittedMapping*> members;
  for (const Member& member : model.members) {
    const auto* fitted = std::get_if<FittedMapping>(&member);
    if (fitted == nullptr || fitted->q_values.empty()) return {};
    members.push_back(fitted);
  }
  return members;
}

/// Calls `use(gene, q)` for each effect of `regulator`.
void for_each_effect(const FittedMapping& member, std::int32_t regulator,
                     const std::function<void(std::size_t gene, double q)>& use) {
  const SparseColumn column = member.mapping.column(regulator);
  const auto first = static_cast<std::size_t>(member.mapping.starts()[static_cast<std::size_t>(regulator)]);
  for (std::size_t at = 0; at < column.genes.size(); ++at)
    use(static_cast<std::size_t>(column.genes[at]), member.q_values.effects[first + at]);
}

}  // namespace

double upper_median(std::vector<double> values) {
  const auto middle = values.begin() + std::ssize(values) / 2;
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

SparseMapping with_effects(const SparseMapping& mapping, const DecoyEffects& decoys) {
  const auto copy = [](const auto& values) { return std::vector(values.begin(), values.end()); };
  return SparseMapping({decoys.starts, decoys.rows, decoys.effects, copy(mapping.offset()),
                        copy(mapping.floor()), copy(mapping.loadings()), copy(mapping.responses()),
                        copy(mapping.covariate_responses())});
}

std::vector<double> gene_q_values(const SparseMapping& mapping, std::span<const double> of_effects) {
  std::vector<double> genes(static_cast<std::size_t>(mapping.genes()), 1.0);
  for (std::size_t gene = 0; gene < genes.size(); ++gene) {
    for (std::int64_t at = mapping.starts()[gene]; at < mapping.starts()[gene + 1]; ++at)
      genes[gene] = std::min(genes[gene], of_effects[static_cast<std::size_t>(at)]);
  }
  return genes;
}

std::vector<double> gene_q_values(const Model& model) {
  const std::vector<const FittedMapping*> members = members_with_q_values(model);
  if (members.empty()) return {};
  std::vector<double> genes(model.genes.size());
  for (std::size_t gene = 0; gene < genes.size(); ++gene) {
    std::vector<double> of_members;
    for (const FittedMapping* member : members) of_members.push_back(member->q_values.genes[gene]);
    genes[gene] = upper_median(std::move(of_members));
  }
  return genes;
}

std::vector<std::optional<double>> direct_q_values(const Model& model, std::span<const std::int32_t> lost) {
  const std::vector<const FittedMapping*> members = members_with_q_values(model);
  if (members.empty()) return {};
  const std::size_t genes = model.genes.size();
  std::vector<std::vector<double>> of_members(genes, std::vector<double>(members.size(), 1.0));
  std::vector<bool> has_any(genes, false);
  for (std::size_t at = 0; at < members.size(); ++at) {
    for (const std::int32_t regulator : lost) {
      for_each_effect(*members[at], regulator, [&](std::size_t gene, double q) {
        has_any[gene] = true;
        of_members[gene][at] = std::min(of_members[gene][at], q);
      });
    }
  }
  std::vector<std::optional<double>> direct(genes);
  for (std::size_t gene = 0; gene < genes; ++gene) {
    if (has_any[gene]) direct[gene] = upper_median(std::move(of_members[gene]));
  }
  return direct;
}

std::vector<EffectQ> direct_effect_q_values(const Model& model, std::int32_t lost) {
  const std::vector<const FittedMapping*> members = members_with_q_values(model);
  std::map<std::size_t, std::vector<double>> of_genes;
  for (const FittedMapping* member : members)
    for_each_effect(*member, lost, [&](std::size_t gene, double q) { of_genes[gene].push_back(q); });
  std::vector<EffectQ> effects;
  for (auto& [gene, q] : of_genes) {
    q.resize(members.size(), 1.0);
    effects.push_back({static_cast<std::int32_t>(gene), upper_median(std::move(q))});
  }
  return effects;
}

DecoyEffects times_weights(const DecoyEffects& all, std::span<const double> weights) {
  DecoyEffects left;
  left.starts.assign(1, 0);
  left.rows.reserve(all.rows.size());
  left.effects.reserve(all.rows.size());
  for (std::size_t gene = 0; gene + 1 < all.starts.size(); ++gene) {
    for (auto at = static_cast<std::size_t>(all.starts[gene]);
         at < static_cast<std::size_t>(all.starts[gene + 1]); ++at) {
      if (!(weights[at] > 0)) continue;
      left.rows.push_back(all.rows[at]);
      left.effects.push_back(weights[at] * all.effects[at]);
    }
    left.starts.push_back(std::ssize(left.rows));
  }
  return left;
}

SparseMapping weigh_effects(const SparseMapping& mapping, QValues& q, std::span<const double> inputs,
                            std::span<const double> weights) {
  SparseMappingParts parts = mapping.parts();
  std::vector<double> kept;
  for (std::size_t at = 0; at < weights.size(); ++at) {
    parts.offset[static_cast<std::size_t>(parts.rows[at])] +=
        (1 - weights[at]) * parts.effects[at] * inputs[at];
    if (weights[at] > 0) kept.push_back(q.effects[at]);
  }
  DecoyEffects left =
      times_weights({std::move(parts.starts), std::move(parts.rows), std::move(parts.effects)}, weights);
  parts.starts = std::move(left.starts);
  parts.rows = std::move(left.rows);
  parts.effects = std::move(left.effects);
  parts.passed_starts.clear();
  parts.passed_rows.clear();
  parts.passed_effects.clear();
  SparseMapping reduced(std::move(parts));
  q.genes = gene_q_values(reduced, kept);
  q.effects = std::move(kept);
  return reduced;
}

}  // namespace dko
