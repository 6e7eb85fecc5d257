#include "dko/evaluation/knockout_evaluation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "dko/base/error.hpp"
#include "dko/base/names.hpp"
#include "dko/base/parameter.hpp"
#include "dko/base/random.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/system/available_memory.hpp"

namespace dko {

namespace {

std::vector<std::int64_t> cells_of_at_least(std::int64_t genes, const RelativeProfiles& profiles) {
  std::vector<std::int64_t> cells;
  for (std::int64_t cell = 0; cell < profiles.cells(); ++cell) {
    if (profiles.expressed_count(cell) >= genes) cells.push_back(cell);
  }
  return cells;
}

/// Counts the cells that express each gene beside another.
std::vector<std::int64_t> cells_expressing(const RelativeProfiles& profiles) {
  return profiles.cells_per_gene(cells_of_at_least(2, profiles));
}

/// Counts the cells that lack each gene and express another.
std::vector<std::int64_t> cells_lacking(const RelativeProfiles& profiles) {
  const std::vector<std::int64_t> cells = cells_of_at_least(1, profiles);
  std::vector<std::int64_t> counts = profiles.cells_per_gene(cells);
  for (std::int64_t& count : counts) count = std::ssize(cells) - count;
  return counts;
}

/// @throws InputError if what becomes of the gene's loss, or of switching it on, cannot be predicted
void require_cells(std::int32_t gene, const RelativeProfiles& profiles, const PerturbationKind& kind) {
  const auto at = static_cast<std::size_t>(gene);
  if ((kind.activates ? cells_lacking(profiles) : cells_expressing(profiles))[at] > 0) return;
  const std::string& name = profiles.gene_names()[at];
  throw InputError(kind.activates
                       ? fmt::format("every cell expresses {}: there is none in which it could be switched "
                                     "on; give more cells, or "
                                     "--knockdown where it was lowered",
                                     name)
                       : fmt::format("no cell expresses {} beside another gene: {} cannot be predicted", name,
                                     words_of(kind).its_loss));
}

KnockoutAgreement agreement_of(std::string name, const RealKnockout& truth,
                               const std::vector<MeanChange>& changes, std::int32_t gene) {
  const MeanChange& change = changes.front();
  KnockoutAgreement answer{std::move(name), change.cells, change.cells_after, {}, {}, {}};
  if (std::min(change.cells, change.cells_after) < fewest_cells_compared) return answer;
  answer.agreement = compare_changes(truth, change, gene);
  for (auto other = changes.begin() + 1; other != changes.end(); ++other) {
    if (std::min(other->cells, other->cells_after) < fewest_cells_compared) continue;
    const ChangeAgreement agreement = compare_changes(truth, *other, gene);
    if (agreement.spearman) answer.null.push_back(*agreement.spearman);
  }
  if (answer.agreement.spearman && !answer.null.empty())
    answer.p = permutation_p(*answer.agreement.spearman, answer.null);
  return answer;
}

}  // namespace

std::vector<std::int32_t> genes_to_perturb(std::vector<std::int32_t> first, std::int64_t null_genes,
                                           const RelativeProfiles& profiles, std::uint64_t seed,
                                           const PerturbationKind& kind) {
  std::vector<std::int64_t> cells = cells_expressing(profiles);
  if (kind.activates) {
    const std::vector<std::int64_t> lacking = cells_lacking(profiles);
    for (std::size_t gene = 0; gene < cells.size(); ++gene)
      cells[gene] = std::min(cells[gene], lacking[gene]);
  }
  std::vector<std::int32_t> others;
  for (std::int32_t other = 0; other < profiles.genes(); ++other) {
    const bool is_first = std::find(first.begin(), first.end(), other) != first.end();
    if (!is_first && cells[static_cast<std::size_t>(other)] >= fewest_cells_compared) others.push_back(other);
  }
  RandomStream stream(seed, "null genes");
  for (const std::int64_t at : stream.distinct(std::min(null_genes, std::ssize(others)), std::ssize(others)))
    first.push_back(others[static_cast<std::size_t>(at)]);
  return first;
}

AtRoot<KnockoutEvaluation> evaluate_real_knockout(const std::string& path, const std::string& gene,
                                                  std::int64_t null_genes, const Evaluation& evaluation,
                                                  const PerturbationKind& kind) {
  const Communicator& ranks = evaluation.ranks();
  const RelativeProfiles& profiles = evaluation.profiles;
  const AtRoot<RealKnockout> truth = on_root(ranks, [&] { return read_real_knockout(path, profiles); });
  const std::vector<std::int32_t> genes = ranks.broadcast(on_root(ranks, [&] {
    Names notes;
    const std::int32_t knocked_out = profiles.gene_index().single(gene, parameter("gene"), notes);
    for (const std::string& note : notes) evaluation.log.info("{}: {}", parameter("gene"), note);
    require_cells(knocked_out, profiles, kind);
    return genes_to_perturb({knocked_out}, null_genes, profiles, evaluation.seed, kind);
  }));
  on_root(ranks, [&] {
    // Two profiles a gene, on every rank, and once more while they are summed.
    constexpr double arrays = 4 * 8;
    require_memory(arrays * static_cast<double>(genes.size()) * static_cast<double>(profiles.genes()) *
                       evaluation.nodes.node.size(),
                   "the changes of all genes; fewer with " + parameter("null"));
  });
  const auto predicted = predicted_changes(profiles, evaluation.members, genes, ranks, evaluation.base, kind);
  const auto observed = observed_contrasts(profiles, genes, ranks, kind);
  return truth.transform([&](const RealKnockout& known) {
    return KnockoutEvaluation{
        kind, known.unknown, known.undefined, agreement_of("mapping", known, predicted, genes.front()),
        agreement_of(kind.activates ? "cells having it anyway" : "cells lacking it anyway", known, observed,
                     genes.front())};
  });
}

}  // namespace dko
