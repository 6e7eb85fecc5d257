#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

#include "app/table.hpp"
#include "dko/base/text.hpp"
#include "dko/evaluation/perturbed/perturbation_verdict.hpp"
#include "report_part.hpp"

namespace dko::app {

namespace {

using Json = nlohmann::ordered_json;

std::string sign_text(const LossAgreement& agreement) {
  if (agreement.signs == 0) return "–";
  return fmt::format("{:.3f} of {}",
                     static_cast<double>(agreement.same_sign) / static_cast<double>(agreement.signs),
                     agreement.signs);
}

std::string rank_text(const std::optional<Specificity>& specificity) {
  return specificity ? fmt::format("{} of {}", specificity->rank, specificity->losses) : "–";
}

std::vector<std::string> row_of(const std::string& name, const MethodOnTarget& method,
                                const PerturbationKind& kind) {
  if (method.judgement != Judgement::judged)
    return {name, method_verdict(method, kind), "–", "–", "–", "–", "–", "–", "–", "–"};
  const LossAgreement& agreement = method.agreement;
  return {name,
          method_verdict(method, kind),
          fmt::format("{}", agreement.genes),
          figure_text(agreement.spearman),
          rank_text(method.specificity),
          method.specificity ? fmt::format("{:.3f}", method.specificity->p) : "–",
          sign_text(agreement),
          figure_text(agreement.balanced),
          fmt::format("{} {}", figure_text(agreement.recall), figure_text(agreement.auprc)),
          figure_text(agreement.error)};
}

std::int64_t compared(const TargetEvaluation& target) {
  return std::count(target.truth.compared.begin(), target.truth.compared.end(), true);
}

double fraction(std::int64_t part, std::int64_t all) {
  return all > 0 ? static_cast<double>(part) / static_cast<double>(all) : 0;
}

/// What is left of the target, or has become of it, in units of its share in the controls; nothing where
/// these do not express it.
std::optional<double> own_ratio(const TargetEvaluation& target) {
  const double before = target.truth.control_share[static_cast<std::size_t>(target.truth.gene)];
  return before > 0 ? std::optional(target.truth.own_share / before) : std::nullopt;
}

std::string own_text(const TargetEvaluation& target) {
  const std::optional<double> ratio = own_ratio(target);
  return ratio ? fmt::format("; the gene itself is at {:.3g} of its share in the controls", *ratio)
               : fmt::format("; no control expresses the gene itself: its share is {:.3g} here",
                             target.truth.own_share);
}

std::string title_of(const TargetEvaluation& target, const PerturbationKind& kind) {
  const PerturbationTruth& truth = target.truth;
  std::string text = fmt::format("\n{}: {}, {} of {} change", target.label, counted(target.cells, "cell"),
                                 truth.changes, counted(compared(target), "gene"));
  if (truth.changes > 0)
    text += fmt::format("; always saying \"up\" is right of {:.3f} of them, and chance finds {:.3f}",
                        fraction(truth.up, truth.changes), fraction(truth.changes, compared(target)));
  if (!kind.is_knockout()) text += own_text(target);
  return text + fmt::format("; halves of the cells agree at Spearman {}\n", figure_text(truth.replicate));
}

std::string target_text(const PerturbationEvaluation& evaluation, const TargetEvaluation& target) {
  const PerturbationKind& kind = evaluation.kind;
  if (!has_effect(target.truth)) return title_of(target, kind) + "  every method: nothing to find\n";
  Table table({"predicted by", "verdict", "genes", "Spearman",
               fmt::format("rank among {}", words_of(kind).losses), "p", "same sign", "balanced",
               "recall, AUPRC", "error *"});
  for (std::size_t method = 0; method < target.methods.size(); ++method)
    table.add(row_of(evaluation.methods[method], target.methods[method], kind));
  return title_of(target, kind) + table.text();
}

std::string means_text(const PerturbationEvaluation& evaluation) {
  const std::int64_t targets = evaluation.means.front().targets;
  if (targets == 0) return {};
  Table table({"predicted by", "targets", "Spearman", "specificity", "same sign", "balanced", "recall",
               "AUPRC", "error *"});
  for (std::size_t method = 0; method < evaluation.methods.size(); ++method) {
    const MethodMeans& means = evaluation.means[method];
    table.add({evaluation.methods[method], std::to_string(means.with_direction), figure_text(means.spearman),
               figure_text(means.specificity), figure_text(means.same_sign), figure_text(means.balanced),
               figure_text(means.recall), figure_text(means.auprc), figure_text(means.error)});
  }
  return fmt::format(
             "\nmeans over {}: those that are visible and change something, of which each method predicts a "
             "direction for so many\n",
             counted(targets, "target")) +
         table.text();
}

Json json_of(const MethodOnTarget& method, const PerturbationKind& kind) {
  Json json{{"verdict", method_verdict(method, kind)}};
  if (method.judgement != Judgement::judged) return json;
  const LossAgreement& agreement = method.agreement;
  json["genes"] = agreement.genes;
  json["spearman"] = to_json(agreement.spearman);
  if (method.specificity) {
    json["rank"] = method.specificity->rank;
    json[std::string(words_of(kind).losses)] = method.specificity->losses;
    json["p"] = method.specificity->p;
  }
  json["signs"] = agreement.signs;
  json["same_sign"] = agreement.same_sign;
  json["balanced_accuracy"] = to_json(agreement.balanced);
  json["recall"] = to_json(agreement.recall);
  json["auprc"] = to_json(agreement.auprc);
  json["error"] = to_json(agreement.error);
  return json;
}

Json json_of(const PerturbationEvaluation& evaluation, const TargetEvaluation& target) {
  Json json{{"cells", target.cells},
            {"genes", compared(target)},
            {"changed", target.truth.changes},
            {"up", target.truth.up},
            {"replicate", to_json(target.truth.replicate)},
            {"has_effect", has_effect(target.truth)},
            {"not_visible", target.not_visible}};
  if (!evaluation.kind.is_knockout()) json["own_ratio"] = to_json(own_ratio(target));
  if (target.methods.front().judgement == Judgement::judged) json["direct_effects"] = target.direct_effects;
  for (std::size_t method = 0; method < target.methods.size(); ++method)
    json["methods"][evaluation.methods[method]] = json_of(target.methods[method], evaluation.kind);
  return json;
}

Json json_of(const MethodMeans& means) {
  return {{"targets", means.with_direction},
          {"spearman", to_json(means.spearman)},
          {"specificity", to_json(means.specificity)},
          {"same_sign", to_json(means.same_sign)},
          {"balanced_accuracy", to_json(means.balanced)},
          {"recall", to_json(means.recall)},
          {"auprc", to_json(means.auprc)},
          {"error", to_json(means.error)}};
}

std::string left_out_text(const PerturbationEvaluation& evaluation) {
  std::string text;
  const auto add = [&](std::int64_t count, std::string_view noun, const std::string& why) {
    if (count > 0) text += fmt::format("  left out: {} {}\n", counted(count, noun), why);
  };
  add(evaluation.unlabelled, "cell", "without a label");
  add(evaluation.empty, "cell", "that express none of the genes");
  add(std::ssize(evaluation.no_genes), "label", "that name no gene of the model");
  add(std::ssize(evaluation.too_few), "target",
      fmt::format("of fewer than {} cells", fewest_cells_of_target));
  for (const std::string& method : evaluation.without) text += fmt::format("  not compared: {}\n", method);
  return text;
}

}  // namespace

ReportPart perturbed_report(const std::string& path, const PerturbedSource& source,
                            const PerturbationEvaluation& evaluation) {
  ReportPart part;
  part.text =
      fmt::format("real {} ({}): {} by {}, against {} of {}\n{}",
                  evaluation.kind.is_knockout() ? "perturbations" : event_text(evaluation.kind, true), path,
                  counted(std::ssize(evaluation.targets), "target"), source.by,
                  counted(evaluation.control_cells, "cell"), source.control, left_out_text(evaluation));
  part.json = {{"truth", path},
               {"by", source.by},
               {"control", source.control},
               {"control_cells", evaluation.control_cells},
               {"no_genes", evaluation.no_genes},
               {"too_few_cells", evaluation.too_few}};
  add_event(evaluation.kind, part.json);
  if (!evaluation.without.empty()) part.json["not_compared"] = evaluation.without;
  for (const TargetEvaluation& target : evaluation.targets) {
    part.text += target_text(evaluation, target);
    part.json["targets"][target.label] = json_of(evaluation, target);
    part.verdicts.push_back(target_verdict(evaluation, target));
  }
  part.text +=
      means_text(evaluation) +
      "* sum of |predicted − real| log2 changes over that of the real ones: lower is better, 1 for no "
      "change\n";
  part.json["over_targets"]["targets"] = evaluation.means.front().targets;
  for (std::size_t method = 0; method < evaluation.methods.size(); ++method)
    part.json["over_targets"]["methods"][evaluation.methods[method]] = json_of(evaluation.means[method]);
  if (const std::string note = direction_note(evaluation); !note.empty()) part.verdicts.push_back(note + ".");
  part.verdicts.push_back(perturbation_verdict(evaluation));
  return part;
}

}  // namespace dko::app
