#include "dko/evaluation/truth_evaluation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "dko/base/error.hpp"
#include "dko/base/numbers.hpp"
#include "dko/base/text.hpp"
#include "dko/evaluation/event_scores.hpp"
#include "dko/evaluation/perturbation_kind.hpp"
#include "dko/metrics/baselines.hpp"
#include "dko/parallel/collective.hpp"

namespace dko {

namespace {

/// Where a table has a true effect, and which scores predict it.
struct KnownEffect {
  TrueEffect effect;
  bool interactions;
  const std::vector<double> TruthTable::*truth;
};

constexpr std::array known_effects{
    KnownEffect{TrueEffect::all_change, false, &TruthTable::vs_original},
    KnownEffect{TrueEffect::network_change, false, &TruthTable::vs_renormalised},
    KnownEffect{TrueEffect::interaction, true, &TruthTable::interaction},
    KnownEffect{TrueEffect::network_interaction, true, &TruthTable::network_interaction}};

template <class T>
void keep(std::vector<T>& values, const std::vector<bool>& kept, std::size_t per_event = 1) {
  if (values.empty()) return;
  std::vector<T> left;
  for (std::size_t at = 0; at < values.size(); ++at) {
    if (kept[at / per_event]) left.push_back(values[at]);
  }
  values = std::move(left);
}

/// Drops the events that were not scored; returns how many.
std::int64_t drop_unscored(TruthTable& truth, EventScores& scores) {
  const auto unscored = std::count(scores.found.begin(), scores.found.end(), false);
  keep(truth.genes, scores.found, static_cast<std::size_t>(truth.order));
  for (auto* values :
       {&truth.vs_original, &truth.vs_renormalised, &truth.interaction, &truth.network_interaction})
    keep(*values, scores.found);
  for (MeasuredEvents& measure : scores.measures) keep(measure.values, scores.found);
  keep(truth.cells, scores.found);
  return unscored;
}

/// The share of each knocked-out gene in the cell's expression, as measured, or what share one that is
/// switched on has elsewhere: what needs no model. `order` an event.
std::vector<double> shares_of(const TruthTable& truth, const RelativeProfiles& profiles) {
  std::vector<double> shares;
  if (truth.activates) {
    const auto cells = numbers_below<std::int64_t>(profiles.cells());
    const std::vector<double> elsewhere = mean_shares_where_expressed(profiles, cells);
    for (const std::int32_t gene : truth.genes) shares.push_back(elsewhere[static_cast<std::size_t>(gene)]);
    return shares;
  }
  for (std::size_t at = 0; at < truth.genes.size(); ++at) {
    const std::int64_t cell = truth.cells[at / static_cast<std::size_t>(truth.order)];
    shares.push_back(static_cast<double>(profiles.value(cell, truth.genes[at])));
  }
  return shares;
}

/// Σ of the shares of an event's genes.
std::vector<double> summed(const std::vector<double>& shares, std::int64_t order) {
  std::vector<double> sums(shares.size() / static_cast<std::size_t>(order), 0.0);
  for (std::size_t at = 0; at < shares.size(); ++at) sums[at / static_cast<std::size_t>(order)] += shares[at];
  return sums;
}

/// −ab of a pair's shares: the interaction of losses that add up like chances, a + b − ab.
std::vector<double> overlaps(const std::vector<double>& shares) {
  std::vector<double> overlap;
  for (std::size_t at = 0; at < shares.size(); at += 2) overlap.push_back(-shares[at] * shares[at + 1]);
  return overlap;
}

EventSample sample_of(const TruthTable& truth, std::int64_t genes) {
  std::vector<std::int64_t> units;
  for (std::size_t event = 0; event < truth.cells.size(); ++event) {
    const auto first = static_cast<std::int64_t>(truth.genes[event * static_cast<std::size_t>(truth.order)]);
    units.push_back(truth.order == 1 ? first : first * genes + truth.genes[2 * event + 1]);
  }
  return make_event_sample(units, truth.cells);
}

/// The question for compare_scores.
ScoreQuestion ask(const KnownEffect& effect, const TruthTable& truth, const EventScores& scores,
                  const Evaluation& evaluation) {
  ScoreQuestion asked;
  asked.sample = sample_of(truth, evaluation.profiles.genes());
  asked.truth = truth.*effect.truth;
  asked.least_effect = evaluation.least_effect;
  for (const MeasuredEvents& measure : scores.measures) {
    if (measure.measure.is_interaction == effect.interactions)
      asked.scores.push_back({std::string(name_of(measure.measure).name), measure.values});
  }
  const auto add_baseline = [&](const char* name, std::vector<double> values) {
    asked.baselines.push_back(std::ssize(asked.scores));
    asked.scores.push_back({name, std::move(values)});
  };
  const std::vector<double> shares = shares_of(truth, evaluation.profiles);
  add_baseline(truth.activates ? "share where expressed" : "own share", summed(shares, truth.order));
  if (effect.interactions)
    add_baseline(truth.activates ? "-product of shares where expressed" : "-product of own shares",
                 overlaps(shares));
  return asked;
}

/// Much of a table that does not fit may mean that it is of other data, or numbers them otherwise. Empty if
/// it fits.
std::string misfit(const std::string& path, const TruthTable& truth) {
  constexpr double much = 0.05;
  const std::int64_t out = truth.left_out.total();
  if (static_cast<double>(out) <= much * static_cast<double>(out + truth.size())) return {};
  return fmt::format(
      "{}: {} of {} do not fit the data and are left out: counts drop out, but levels do not; it "
      "may be a table of other data, or numbered otherwise (numbers count from 0)",
      path, with_thousands(out), counted(out + truth.size(), words_of({truth.activates, 0}).event));
}

AtRoot<EventScores> score_events(const AtRoot<TruthTable>& truth, const Evaluation& evaluation) {
  if (!evaluation.members.empty())
    return scores_by_model(evaluation.members, evaluation.profiles, truth, evaluation.base, evaluation.nodes);
  return on_root(evaluation.ranks(), [&] { return scores_in_screen(**evaluation.screen, *truth); });
}

}  // namespace

AtRoot<TruthEvaluation> evaluate_truth(const std::string& path, const Evaluation& evaluation) {
  const Communicator& ranks = evaluation.ranks();
  AtRoot<TruthTable> truth = on_root(ranks, [&] {
    TruthTable table = read_truth(path, evaluation.profiles, evaluation.log);
    if (const std::string warning = misfit(path, table); !warning.empty()) evaluation.log.warn("{}", warning);
    return table;
  });
  AtRoot<EventScores> scores = score_events(truth, evaluation);
  AtRoot<TruthEvaluation> result = on_root(ranks, [&] {
    TruthEvaluation evaluated;
    evaluated.misfit = misfit(path, *truth);
    evaluated.unscored = drop_unscored(*truth, *scores);
    if (truth->size() == 0)
      throw InputError(
          fmt::format("{}: none of its {}s is in the screen", path, words_of({truth->activates, 0}).event));
    evaluated.order = truth->order;
    evaluated.activates = truth->activates;
    evaluated.events = truth->size();
    evaluated.left_out = truth->left_out;
    return evaluated;
  });
  for (const KnownEffect& effect : known_effects) {
    const auto is_known = [&](const TruthTable& table) { return !(table.*effect.truth).empty(); };
    if (!ranks.broadcast(truth.transform(is_known))) continue;
    AtRoot<ScoreComparison> comparison = compare_scores(
        truth.transform([&](const TruthTable& table) { return ask(effect, table, *scores, evaluation); }),
        evaluation.resamples, evaluation.seed, ranks, evaluation.resampling());
    if (result.is_here()) result->effects.push_back({effect.effect, std::move(*comparison)});
  }
  return result;
}

}  // namespace dko
