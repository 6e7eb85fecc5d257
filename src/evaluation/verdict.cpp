#include "dko/evaluation/verdict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "dko/base/parameter.hpp"
#include "dko/base/text.hpp"
#include "dko/metrics/metric_text.hpp"

namespace dko {

namespace {

constexpr double convincing_p = 0.01;
constexpr double doubtful_p = 0.1;              // between the two another training may turn the verdict
constexpr std::int64_t fewest_null_genes = 19;  // for a p of 0.05 to be possible
constexpr double weak = 0.2;                    // of a rank correlation
constexpr double plentiful = 0.5;               // of events with an effect

std::string no_interval() {
  return "no verdict without intervals: too few cells, or " + parameter("bootstrap", "0");
}

/// One figure of a score beside the best baseline's.
struct Contest {
  double value;
  double baseline;
  std::string baseline_name;
  Interval over;

  std::string figures() const { return fmt::format("{:.3f} against {:.3f}", value, baseline); }
};

const ComparedScore* find(const ScoreComparison& comparison, const std::string& name) {
  const auto found = std::find_if(comparison.scores.begin(), comparison.scores.end(),
                                  [&](const ComparedScore& score) { return score.name == name; });
  return found == comparison.scores.end() ? nullptr : &*found;
}

/// Nothing where the figure, the baseline's or the interval of their difference does not exist.
std::optional<Contest> contest(const ScoreComparison& comparison, const ComparedScore& score,
                               EventFigure which) {
  const auto figure = static_cast<std::size_t>(which);
  const auto best = comparison.best_baseline[figure];
  if (!best || !score.figures[figure] || !score.over_baseline[figure]) return std::nullopt;
  const ComparedScore& baseline = comparison.scores[*best];
  return Contest{*score.figures[figure], *baseline.figures[figure], baseline.name,
                 *score.over_baseline[figure]};
}

/// Where another figure of the same comparison points the other way.
std::string otherwise(const ScoreComparison& comparison, const ComparedScore& score, const Contest& overall,
                      EventFigure which, const std::string& where) {
  const auto within = contest(comparison, score, which);
  if (!within) return {};
  const std::string word = comparison_word(within->over);
  if (word == comparison_word(overall.over) || word == "does no better than") return {};
  return fmt::format(" {} it {} {} ({}).", where, word, within->baseline_name, within->figures());
}

std::string without_baseline(const ComparedScore& score, std::size_t figure, const char* name) {
  if (!score.figures[figure]) return "cannot be judged, the truth or the score does not vary.";
  if (!score.intervals[figure])
    return fmt::format("{} {:.3f}; {}.", name, *score.figures[figure], no_interval());
  return fmt::format("{} {:.3f}; no baseline varies.", name, *score.figures[figure]);
}

}  // namespace

const char* comparison_word(const Interval& difference, int sign) {
  const double low = sign > 0 ? difference.low : -difference.high;
  const double high = sign > 0 ? difference.high : -difference.low;
  if (low > 0) return "beats";
  return high < 0 ? "falls behind" : "does no better than";
}

std::string not_stored(const std::string& name) {
  return fmt::format("{} is not stored in this screen ({}).", name, parameter("score"));
}

std::string ranking_verdict(const ScoreComparison& comparison, const std::string& name,
                            const std::string& unit, bool effects) {
  const ComparedScore* score = find(comparison, name);
  if (score == nullptr) return not_stored(name);
  const auto overall = contest(comparison, *score, EventFigure::over_events);
  if (!overall) {
    const auto figure = static_cast<std::size_t>(EventFigure::over_events);
    return fmt::format("{}: {}", name, without_baseline(*score, figure, "Spearman"));
  }
  return fmt::format("{} {} {}: Spearman {}, difference {:+.3f}, 95 % interval {:+.3f} to {:+.3f}.", name,
                     comparison_word(overall->over), overall->baseline_name, overall->figures(),
                     overall->value - overall->baseline, overall->over.low, overall->over.high) +
         (std::max(overall->value, overall->baseline) < weak ? " Both are weak." : "") +
         otherwise(comparison, *score, *overall, EventFigure::within_unit, fmt::format("Within {}s", unit)) +
         otherwise(comparison, *score, *overall, EventFigure::within_cell, "Within cells") +
         (effects ? otherwise(comparison, *score, *overall, EventFigure::auroc, "In AUROC") : "");
}

std::string finding_verdict(const ScoreComparison& comparison, const std::string& name) {
  if (!(comparison.base_rate > 0 && comparison.base_rate < 1)) {
    return fmt::format("cannot be judged, {} of them has one.",
                       comparison.base_rate > 0 ? "every one" : "none");
  }
  const ComparedScore* score = find(comparison, name);
  if (score == nullptr) return not_stored(name);
  const auto figure = static_cast<std::size_t>(EventFigure::auprc);
  const auto over_baseline = contest(comparison, *score, EventFigure::auprc);
  const auto& interval = score->intervals[figure];
  if (!over_baseline || !interval)
    return fmt::format("{}: {}", name, without_baseline(*score, figure, "AUPRC"));
  const double chance = comparison.base_rate;
  const std::string against_chance = comparison_word({interval->low - chance, interval->high - chance});
  const std::string against_baseline = comparison_word(over_baseline->over);
  const bool found = against_chance == "beats" && against_baseline == "beats";
  return fmt::format("{} {}: AUPRC {:.3f} [{:.3f}, {:.3f}]; it {} chance, {:.3f}, and {} {}, {:.3f}.", name,
                     found ? "finds them" : "does not find them", over_baseline->value, interval->low,
                     interval->high, against_chance, chance, against_baseline, over_baseline->baseline_name,
                     over_baseline->baseline) +
         (chance > plentiful
              ? " Most have an effect, which makes this easy: " + parameter("effect") + " sets what counts."
              : "");
}

std::string effects_verdict(const EffectsEvaluation& evaluation) {
  const std::string start = "who changes when a gene is lost: ";
  const EffectsAgreement& mapping = evaluation.methods.front();
  if (!mapping.auprc || evaluation.effects == evaluation.pairs)
    return start + fmt::format("cannot be judged, {} of these pairs of genes has an effect.",
                               evaluation.effects > 0 ? "every one" : "none");
  const auto best = std::max_element(
      evaluation.methods.begin() + 1, evaluation.methods.end(),
      [](const EffectsAgreement& x, const EffectsAgreement& y) { return x.auprc < y.auprc; });
  const double chance = static_cast<double>(evaluation.effects) / static_cast<double>(evaluation.pairs);
  return start + fmt::format(
                     "the mapping finds {} of the best without one, {}: AUPRC {:.3f} against {:.3f}, chance "
                     "{:.3f}; {:.0f} % of its first {} pairs are right.",
                     *mapping.auprc > *best->auprc ? "more than" : "no more than", best->name, *mapping.auprc,
                     *best->auprc, chance, 100 * mapping.precision, std::min(first_pairs, evaluation.pairs));
}

std::string prediction_verdict(const std::vector<ProfilePredictor>& predictors) {
  const auto best = std::min_element(predictors.begin() + 1, predictors.end(),
                                     [](const ProfilePredictor& x, const ProfilePredictor& y) {
                                       return x.agreement.bray_curtis < y.agreement.bray_curtis;
                                     });
  const double mapping = predictors.front().agreement.bray_curtis;
  const auto& interval = best->mapping_less_this;
  const std::string figures =
      fmt::format("Bray-Curtis {:.4f} against {:.4f}", mapping, best->agreement.bray_curtis);
  const std::string within = fmt::format(" Within genes it reaches {} against {}.",
                                         figure_text(predictors.front().agreement.spearman_within_gene),
                                         figure_text(best->agreement.spearman_within_gene));
  if (!interval) {
    return fmt::format("held-out profiles: mapping against the best baseline, {}: {}; {}.", best->name,
                       figures, no_interval());
  }
  return fmt::format(
             "held-out profiles: the mapping {} the best baseline, {}: {}, difference {:+.4f}, 95 % interval "
             "{:+.4f} to {:+.4f} (lower is better).",
             comparison_word(*interval, -1), best->name, figures, mapping - best->agreement.bray_curtis,
             interval->low, interval->high) +
         within;
}

std::string knockout_verdict(const KnockoutAgreement& mapping, const KnockoutAgreement& contrast,
                             const std::string& gene, const PerturbationKind& kind) {
  const PerturbationWords& words = words_of(kind);
  const std::string start = fmt::format("real {} of {}: ", words.event, gene);
  if (!mapping.agreement.spearman)
    return start + fmt::format("cannot be judged, too few cells {} it or the predicted change does not vary.",
                               words.express);
  const double spearman = *mapping.agreement.spearman;
  if (std::ssize(mapping.null) < fewest_null_genes) {
    return start + fmt::format("Spearman {:.3f}; cannot be judged with only {} to compare with.", spearman,
                               counted(std::ssize(mapping.null), "other gene"));
  }
  const char* word = !(spearman > 0) || *mapping.p > doubtful_p ? "no better than"
                     : *mapping.p <= convincing_p               ? "better than"
                                                                : "perhaps better than, but undecidedly so,";
  std::string text =
      start + fmt::format(
                  "the predicted change goes with the real one {} that of other genes {} in its place "
                  "(Spearman {:.3f}, one-sided p = {:.3f} among the {} of {} other genes). Another "
                  "training may differ: repeat it with other seeds.",
                  word, words.lost, spearman, *mapping.p, words.losses, mapping.null.size());
  if (contrast.agreement.spearman)
    text += fmt::format(" Cells that {} it anyway reach {:.3f}.", words.lack, *contrast.agreement.spearman);
  return text;
}

}  // namespace dko
