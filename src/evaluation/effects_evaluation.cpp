#include "dko/evaluation/effects_evaluation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <utility>

#include "dko/base/delimited.hpp"
#include "dko/base/error.hpp"
#include "dko/base/text.hpp"
#include "dko/evaluation/gene_effects.hpp"
#include "dko/metrics/metrics.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/system/available_memory.hpp"
#include "gene_of_row.hpp"

namespace dko {

namespace {

/// Where the columns of the table stand.
struct Columns {
  std::size_t lost;
  std::size_t gene;
  std::size_t change;
};

Columns columns_of(const DelimitedReader& header) {
  const auto column = [&](std::string_view title) {
    const auto fields = header.fields();
    const auto found = std::find(fields.begin(), fields.end(), title);
    if (found == fields.end()) {
      throw InputError(fmt::format("{}: has no column {}; needs gene_lost, gene and relative_change",
                                   header.place(), title));
    }
    return static_cast<std::size_t>(found - fields.begin());
  };
  return {column("gene_lost"), column("gene"), column("relative_change")};
}

double change_in(const DelimitedReader& row, std::size_t column) {
  const auto value = parse_number(row.fields()[column]);
  if (value && std::isfinite(*value)) return *value;
  throw InputError(fmt::format("{}: '{}' is not a relative change", row.place(), row.fields()[column]));
}

EffectsAgreement agreement_of(std::string name, const GenePairs& values, const EffectsTruth& truth,
                              const std::vector<bool>& has_effect) {
  std::vector<double> sizes;
  double same = 0;
  double signs = 0;
  for (std::size_t at = 0; at < truth.change.size(); ++at) {
    const double value = values.at(truth.lost[at], truth.gene[at]);
    sizes.push_back(std::abs(value));
    if (!has_effect[at] || !(std::abs(value) > 0)) continue;
    signs += 1;
    if ((value > 0) == (truth.change[at] > 0)) same += 1;
  }
  const RankedValues ranked(std::move(sizes));
  EffectsAgreement agreement{std::move(name), average_precision(ranked, has_effect),
                             precision_of_first(ranked, has_effect, first_pairs).value_or(0), std::nullopt};
  if (signs > 0) agreement.sign_agreement = same / signs;
  return agreement;
}

/// A correlation that is positive means that a gene falls when the other is lost.
GenePairs falling(GenePairs correlation) {
  for (double& value : correlation.values()) value = -value;
  return correlation;
}

EffectsEvaluation compare_effects(const GenePairs& predicted, const RelativeProfiles& profiles,
                                  const EffectsTruth& truth) {
  std::vector<bool> has_effect;
  for (const double change : truth.change) has_effect.push_back(std::abs(change) > least_change);
  EffectsEvaluation found{
      std::ssize(truth.change), truth.unknown, std::count(has_effect.begin(), has_effect.end(), true), {}};
  const auto add = [&](const char* name, const GenePairs& values) {
    found.methods.push_back(agreement_of(name, values, truth, has_effect));
  };
  add("mapping", predicted);
  add("correlation", falling(correlations(profiles)));
  add("partial correlation", falling(partial_correlations(profiles)));
  add("cells lacking it anyway", contrasts(profiles));
  return found;
}

}  // namespace

EffectsTruth read_effects_truth(const std::string& path, const ExpressionMatrix& matrix) {
  DelimitedReader file(path);
  if (!file.next()) throw InputError(fmt::format("{}: is empty", path));
  const Columns columns = columns_of(file);
  const std::size_t width = std::max({columns.lost, columns.gene, columns.change}) + 1;
  const NameIndex index = matrix.gene_index();
  std::set<std::pair<std::int32_t, std::int32_t>> seen;
  EffectsTruth truth;
  while (file.next()) {
    if (file.fields().size() < width)
      throw InputError(fmt::format("{}: has {} fields, needs {}", file.place(), file.fields().size(), width));
    const double change = change_in(file, columns.change);
    const auto lost = gene_in(file, columns.lost, false, index);
    const auto gene = gene_in(file, columns.gene, false, index);
    if (!lost || !gene) {
      ++truth.unknown;
      continue;
    }
    if (*lost == *gene) throw InputError(fmt::format("{}: a gene that loses itself", file.place()));
    if (!seen.emplace(*lost, *gene).second)
      throw InputError(fmt::format("{}: this pair of genes appears twice", file.place()));
    truth.lost.push_back(*lost);
    truth.gene.push_back(*gene);
    truth.change.push_back(change);
  }
  if (truth.change.empty()) throw InputError(fmt::format("{}: has no pair of genes of these data", path));
  return truth;
}

AtRoot<EffectsEvaluation> evaluate_effects(const std::string& path, const Evaluation& evaluation) {
  const Communicator& ranks = evaluation.ranks();
  const RelativeProfiles& profiles = evaluation.profiles;
  const AtRoot<EffectsTruth> truth = on_root(ranks, [&] {
    constexpr double copies = 4;  // sums in MPI, and what the other methods need
    require_memory(copies * gene_effects_bytes(profiles.genes()) * evaluation.nodes.node.size(),
                   "the effects of all genes on all others");
    return read_effects_truth(path, profiles);
  });
  const GenePairs predicted = predicted_effects(profiles, evaluation.members, ranks);
  return on_root(ranks, [&] { return compare_effects(predicted, profiles, *truth); });
}

}  // namespace dko
