#include "dko/evaluation/perturbed/perturbation_verdict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "dko/base/text.hpp"
#include "dko/metrics/metric_text.hpp"

namespace dko {

namespace {

constexpr double convincing_p = 0.01;
constexpr std::int64_t fewest_losses = 100;  // for that p to be possible

bool convinces(const MethodOnTarget& method) {
  return method.specificity && *method.agreement.spearman > 0 && method.specificity->p <= convincing_p;
}

/// "Spearman 0.365, rank 1 of 152 losses, p = 0.007"
std::string figures_of(const MethodOnTarget& method, std::string_view losses) {
  std::string text = fmt::format("Spearman {}", figure_text(method.agreement.spearman));
  if (method.specificity)
    text += fmt::format(", rank {} of {} {}, p = {:.3f}", method.specificity->rank,
                        method.specificity->losses, losses, method.specificity->p);
  return text;
}

std::string nothing_text(const TargetEvaluation& target) {
  return fmt::format(
      "nothing to find: {} of {} change at a false discovery rate of {:g}, and halves of the cells agree at "
      "Spearman {}.",
      target.truth.changes,
      counted(std::count(target.truth.compared.begin(), target.truth.compared.end(), true), "gene"),
      most_false_discovery, figure_text(target.truth.replicate));
}

/// What rests on something else than presence, and finds the target; the best of it.
std::optional<std::size_t> finds_it(const TargetEvaluation& target) {
  std::optional<std::size_t> best;
  for (std::size_t method = mapping_methods; method < target.methods.size(); ++method) {
    const MethodOnTarget& found = target.methods[method];
    if (found.judgement != Judgement::judged || !convinces(found)) continue;
    if (!best || *found.agreement.spearman > *target.methods[*best].agreement.spearman) best = method;
  }
  return best;
}

/// Whether what rests on something else than presence could have found the target, by the number of other
/// losses.
bool can_be_told(const TargetEvaluation& target) {
  return std::any_of(target.methods.begin() + mapping_methods, target.methods.end(),
                     [](const MethodOnTarget& method) {
                       return method.judgement == Judgement::judged && method.specificity &&
                              method.specificity->losses >= fewest_losses;
                     });
}

std::string not_visible_text(const PerturbationEvaluation& evaluation, const TargetEvaluation& target) {
  const PerturbationWords& words = words_of(evaluation.kind);
  const std::string text = fmt::format("not visible, {}: what {} does cannot be predicted from presence.",
                                       target.not_visible, words.its_loss);
  const auto best = finds_it(target);
  if (!best && !can_be_told(target))
    return text +
           fmt::format(" Whether anything else finds it cannot be told: too few other {}.", words.losses);
  if (!best) return text + fmt::format(" Nothing else that tells {} apart finds it either.", words.losses);
  return text + fmt::format(" Without presence, {} finds it: {}.", evaluation.methods[*best],
                            figures_of(target.methods[*best], words.losses));
}

/// "ridge knockouts"; of what learns from other perturbations that, too.
std::string name_of(const PerturbationEvaluation& evaluation, std::size_t method) {
  const std::string& name = evaluation.methods[method];
  return name == mean_response ? name + " of the other targets" : name;
}

/// Nothing also where the method cannot be judged.
std::optional<double> spearman_of(const MethodOnTarget& method) {
  return method.judgement == Judgement::judged ? method.agreement.spearman : std::nullopt;
}

std::int64_t count_targets(const PerturbationEvaluation& evaluation, Judgement judgement) {
  return std::count_if(
      evaluation.targets.begin(), evaluation.targets.end(),
      [&](const TargetEvaluation& target) { return target.methods.front().judgement == judgement; });
}

}  // namespace

std::string method_verdict(const MethodOnTarget& method, const PerturbationKind& kind) {
  if (method.judgement == Judgement::nothing_to_find) return "nothing to find";
  if (method.judgement == Judgement::not_visible) return "not visible";
  if (method.judgement == Judgement::no_prediction) return "no prediction";
  if (!method.specificity)
    return method.agreement.spearman ? "the same for every gene" : "predicts no direction";
  if (method.specificity->losses < fewest_losses)
    return fmt::format("too few other {} to tell", words_of(kind).losses);
  return convinces(method) ? "finds it" : "does not find it";
}

std::optional<std::size_t> best_baseline(const TargetEvaluation& target) {
  std::optional<std::size_t> best;
  for (std::size_t method = mapping_methods; method < target.methods.size(); ++method) {
    const auto spearman = spearman_of(target.methods[method]);
    if (spearman && (!best || *spearman > *spearman_of(target.methods[*best]))) best = method;
  }
  return best;
}

/// Beside the baseline that is best against the mapping, of those that predict a direction of at least half
/// as many targets as any does.
std::optional<PairedMeans> paired_means(const PerturbationEvaluation& evaluation) {
  std::vector<PairedMeans> all;
  for (std::size_t baseline = mapping_methods; baseline < evaluation.methods.size(); ++baseline) {
    PairedMeans means{baseline};
    for (const TargetEvaluation& target : evaluation.targets) {
      const auto of_mapping = spearman_of(target.methods.front());
      const auto of_other = spearman_of(target.methods[baseline]);
      if (!of_mapping || !of_other) continue;
      ++means.targets;
      means.mapping += *of_mapping;
      means.other += *of_other;
    }
    if (means.targets == 0) continue;
    means.mapping /= static_cast<double>(means.targets);
    means.other /= static_cast<double>(means.targets);
    all.push_back(means);
  }
  std::int64_t most = 0;
  for (const PairedMeans& means : all) most = std::max(most, means.targets);
  std::optional<PairedMeans> best;
  for (const PairedMeans& means : all) {
    const bool is_of_few = 2 * means.targets < most;
    if (!is_of_few && (!best || means.other - means.mapping > best->other - best->mapping)) best = means;
  }
  return best;
}

std::string target_verdict(const PerturbationEvaluation& evaluation, const TargetEvaluation& target) {
  const std::string start = target.label + ": ";
  const std::string_view losses = words_of(evaluation.kind).losses;
  const auto told = [&](const MethodOnTarget& method) { return method_verdict(method, evaluation.kind); };
  const MethodOnTarget& mapping = target.methods.front();
  const auto best = best_baseline(target);
  if (mapping.judgement == Judgement::nothing_to_find) return start + nothing_text(target);
  if (mapping.judgement == Judgement::not_visible) return start + not_visible_text(evaluation, target);
  std::string text =
      start + (mapping.judgement == Judgement::judged
                   ? fmt::format("mapping: {} ({}; {} beyond rescaling)", told(mapping),
                                 figures_of(mapping, losses), counted(target.direct_effects, "direct effect"))
                   : std::string("mapping: no prediction"));
  if (best)
    text += fmt::format("; best baseline, {}: {} ({})", name_of(evaluation, *best),
                        told(target.methods[*best]), figures_of(target.methods[*best], losses));
  return text + fmt::format("; halves of the cells agree at {}.", figure_text(target.truth.replicate));
}

std::string direction_note(const PerturbationEvaluation& evaluation) {
  if (evaluation.kind.is_knockout()) return {};
  Names wrong;
  for (const TargetEvaluation& target : evaluation.targets) {
    const double change = target.truth.log2_change[static_cast<std::size_t>(target.truth.gene)];
    if (!(evaluation.kind.activates ? change > 0 : change < 0)) wrong.push_back(target.label);
  }
  if (wrong.empty()) return {};
  return fmt::format("of {} the gene itself does not {} in the cells of {}, and these may not be {}: {}",
                     counted(std::ssize(evaluation.targets), "target"),
                     evaluation.kind.activates ? "rise" : "fall", std::ssize(wrong),
                     words_of(evaluation.kind).losses, some_names(wrong));
}

std::string perturbation_verdict(const PerturbationEvaluation& evaluation) {
  const std::int64_t nothing = count_targets(evaluation, Judgement::nothing_to_find);
  const std::int64_t hidden = count_targets(evaluation, Judgement::not_visible);
  const auto all = std::ssize(evaluation.targets);
  std::string text =
      fmt::format("real perturbations: of {} there is nothing to find in {}, and {} not visible",
                  counted(all, "target"), nothing, hidden == 1 ? "1 is" : fmt::format("{} are", hidden));
  const auto best = paired_means(evaluation);
  if (!best) return text + "; the others do not tell how good the mapping is.";
  const std::int64_t visible = evaluation.means.front().targets;
  const std::string over =
      best->targets == visible
          ? counted(visible, "target") + " that can be judged"
          : fmt::format("{} of {} that can be judged, of which both predict a direction,", best->targets,
                        counted(visible, "target"));
  return text + fmt::format("; over {} the mapping is {} the best baseline, {}: mean Spearman {} against {}.",
                            over, best->mapping > best->other ? "above" : "not above",
                            evaluation.methods[best->baseline], figure_text(best->mapping),
                            figure_text(best->other));
}

}  // namespace dko
