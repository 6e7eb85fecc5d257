#include "dko/evaluation/perturbed/perturbation_evaluation.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "constant_losses.hpp"
#include "dko/base/parameter.hpp"
#include "dko/evaluation/knockout_evaluation.hpp"
#include "dko/evaluation/perturbed/predicted_losses.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/system/available_memory.hpp"

namespace dko {

namespace {

using Truths = std::vector<PerturbationTruth>;

Judgement judgement_of(const PredictedLosses& losses, const TargetEvaluation& target, std::size_t at) {
  if (!has_effect(target.truth)) return Judgement::nothing_to_find;
  if (losses.by_presence && !target.not_visible.empty()) return Judgement::not_visible;
  return losses.changes[at].empty() ? Judgement::no_prediction : Judgement::judged;
}

/// Spearman of the losses of other genes with one truth; 0 where a loss is predicted to do nothing.
std::vector<double> spearman_of_others(const PredictedLosses& losses, const PerturbationTruth& truth,
                                       std::size_t target) {
  std::vector<double> others;
  for (std::size_t other = 0; other < losses.changes.size(); ++other) {
    if (other == target || losses.changes[other].empty()) continue;
    others.push_back(loss_spearman(truth, losses.changes[other]).value_or(0));
  }
  return others;
}

MethodOnTarget judge(const PredictedLosses& losses, const TargetEvaluation& target, std::size_t at,
                     bool is_constant) {
  MethodOnTarget method{judgement_of(losses, target, at), {}, {}};
  if (method.judgement != Judgement::judged) return method;
  method.agreement = compare_loss(target.truth, losses.changes[at], losses.is_signed);
  if (is_constant || !method.agreement.spearman) return method;
  const std::vector<double> others = spearman_of_others(losses, target.truth, at);
  if (!others.empty()) method.specificity = specificity_of(*method.agreement.spearman, others);
  return method;
}

/// Adds a method, at root. `is_constant`: it says the same, whatever gene is lost.
void add_method(PerturbationEvaluation& evaluation, const PredictedLosses& losses, bool is_constant) {
  evaluation.methods.push_back(losses.name);
  for (std::size_t at = 0; at < evaluation.targets.size(); ++at) {
    TargetEvaluation& target = evaluation.targets[at];
    target.methods.push_back(judge(losses, target, at, is_constant));
  }
}

std::int64_t count_changes(const PredictedChange& change) {
  return std::count_if(change.begin(), change.end(), [](double value) { return std::abs(value) > 0; });
}

void count_direct_effects(PerturbationEvaluation& evaluation, const PredictedLosses& direct) {
  for (std::size_t at = 0; at < evaluation.targets.size(); ++at) {
    TargetEvaluation& target = evaluation.targets[at];
    if (target.not_visible.empty()) target.direct_effects = count_changes(direct.changes[at]);
  }
}

PerturbationEvaluation start(const PerturbationInput& input, std::uint64_t seed,
                             const PerturbationKind& kind) {
  const PerturbedCells& cells = input.cells;
  PerturbationEvaluation evaluation;
  evaluation.kind = kind;
  if (kind.activates)
    evaluation.without.push_back(
        "rescaling alone: a gene that is switched on lowers all others alike, and how much is not known");
  evaluation.control_cells = std::ssize(cells.control);
  evaluation.unlabelled = cells.unlabelled;
  evaluation.empty = cells.empty;
  evaluation.no_genes = cells.no_genes;
  evaluation.too_few = cells.too_few;
  evaluation.genes = cells.data.genes();
  Truths truths = find_truths(cells, seed);
  for (std::size_t at = 0; at < truths.size(); ++at) {
    TargetEvaluation target;
    target.label = cells.targets[at].label;
    target.cells = std::ssize(cells.targets[at].cells);
    target.not_visible = why_not_visible(input.visibility[static_cast<std::size_t>(truths[at].gene)]);
    target.truth = std::move(truths[at]);
    evaluation.targets.push_back(std::move(target));
  }
  return evaluation;
}

bool is_common(const TargetEvaluation& target) {
  return has_effect(target.truth) && target.not_visible.empty();
}

/// The mean of a figure over targets, where it exists.
template <class Figure>
std::optional<double> mean_over(const PerturbationEvaluation& evaluation, std::size_t method, Figure figure) {
  double sum = 0;
  std::int64_t count = 0;
  for (const TargetEvaluation& target : evaluation.targets) {
    const MethodOnTarget& on_target = target.methods[method];
    if (!is_common(target) || on_target.judgement != Judgement::judged) continue;
    const std::optional<double> value = figure(on_target);
    if (!value) continue;
    sum += *value;
    ++count;
  }
  return count > 0 ? std::optional(sum / static_cast<double>(count)) : std::nullopt;
}

std::optional<double> sign_fraction(const MethodOnTarget& method) {
  const LossAgreement& agreement = method.agreement;
  if (agreement.signs == 0) return std::nullopt;
  return static_cast<double>(agreement.same_sign) / static_cast<double>(agreement.signs);
}

std::optional<double> percentile(const MethodOnTarget& method) {
  if (!method.specificity || method.specificity->losses < 2) return std::nullopt;
  return 1 - static_cast<double>(method.specificity->rank - 1) /
                 static_cast<double>(method.specificity->losses - 1);
}

MethodMeans means_of(const PerturbationEvaluation& evaluation, std::size_t method) {
  const auto of = [&](std::optional<double> LossAgreement::*figure) {
    return mean_over(evaluation, method, [&](const MethodOnTarget& on) { return on.agreement.*figure; });
  };
  MethodMeans means;
  means.targets = std::count_if(evaluation.targets.begin(), evaluation.targets.end(), is_common);
  means.with_direction = std::count_if(
      evaluation.targets.begin(), evaluation.targets.end(), [&](const TargetEvaluation& target) {
        const MethodOnTarget& on = target.methods[method];
        return is_common(target) && on.judgement == Judgement::judged && on.agreement.spearman;
      });
  means.spearman = of(&LossAgreement::spearman);
  means.same_sign = mean_over(evaluation, method, sign_fraction);
  means.balanced = of(&LossAgreement::balanced);
  means.recall = of(&LossAgreement::recall);
  means.auprc = of(&LossAgreement::auprc);
  means.error = of(&LossAgreement::error);
  means.specificity = mean_over(evaluation, method, percentile);
  return means;
}

void require_memory_for(std::int64_t lost, const Evaluation& evaluation) {
  require_memory(losses_bytes(lost, evaluation.profiles.genes()) * evaluation.nodes.node.size(),
                 "what the mapping predicts of all genes; fewer with " + parameter("null"));
}

}  // namespace

AtRoot<PerturbationEvaluation> evaluate_perturbations(const AtRoot<PerturbationInput>& input,
                                                      std::int64_t null_genes, const Evaluation& evaluation,
                                                      const PerturbationKind& kind) {
  const Communicator& ranks = evaluation.ranks();
  AtRoot<PerturbationEvaluation> found = on_root(ranks, [&] { return start(*input, evaluation.seed, kind); });
  const std::vector<std::int32_t> lost = ranks.broadcast(on_root(ranks, [&] {
    std::vector<std::int32_t> targets;
    for (const TargetEvaluation& target : found->targets) targets.push_back(target.truth.gene);
    auto genes = genes_to_perturb(std::move(targets), null_genes, evaluation.profiles, evaluation.seed, kind);
    require_memory_for(std::ssize(genes), evaluation);
    return genes;
  }));
  const std::vector<double> depths =
      ranks.broadcast(on_root(ranks, [&] { return std::vector<double>(input->depths); }));
  const LossQuestion question{
      evaluation.profiles, evaluation.members, depths, lost, evaluation.seed, ranks, evaluation.base, kind};
  const auto add = [&](PredictedLosses (*predict)(const LossQuestion&)) {
    const PredictedLosses losses = predict(question);
    on_root(ranks, [&] {
      add_method(*found, losses, false);
      if (predict == direct_losses) count_direct_effects(*found, losses);
    });
  };
  add(losses_by_mapping);
  add(direct_losses);
  on_root(ranks, [&] {
    for (const PredictedLosses& losses : constant_losses(*found)) add_method(*found, losses, true);
  });
  if (!kind.activates) add(losses_by_rescaling);
  for (const auto predict :
       {losses_by_coexpression, losses_by_contrast, losses_by_neighbours, losses_by_ridge})
    add(predict);
  on_root(ranks, [&] {
    for (std::size_t method = 0; method < found->methods.size(); ++method)
      found->means.push_back(means_of(*found, method));
  });
  return found;
}

}  // namespace dko
