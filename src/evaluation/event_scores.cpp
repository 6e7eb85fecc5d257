#include "dko/evaluation/event_scores.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "dko/base/error.hpp"
#include "dko/base/text.hpp"
#include "dko/evaluation/perturbation_kind.hpp"
#include "dko/knockout/screen/screen.hpp"
#include "dko/results/score_reader.hpp"

namespace dko {

namespace {

std::span<const std::int32_t> genes_of(const TruthTable& truth, std::size_t event) {
  const auto order = static_cast<std::size_t>(truth.order);
  return std::span(truth.genes).subspan(event * order, order);
}

/// Whether the list of a screen may have events of the table's kind.
bool lists_kind(const ScreenReader& screen, bool activates) {
  return screen.list_adds_genes() || screen.activates() == activates;
}

/// Where in the screen the events of the table's kind and of as many genes are.
ScoreArray array_of(const TruthTable& truth, const ScreenReader& screen) {
  const ScoreArray own = truth.order == 1 ? ScoreArray::singles : ScoreArray::pairs;
  if (screen.has(own) && screen.activates() == truth.activates) return own;
  if (screen.has(ScoreArray::list) && screen.order(ScoreArray::list) == truth.order &&
      lists_kind(screen, truth.activates))
    return ScoreArray::list;
  throw InputError(fmt::format(
      "the truth table lists {}s of {}, but the screen contains none: make it with {}, or give --model",
      words_of({truth.activates, 0}).event, counted(truth.order, "gene"),
      truth.activates ? "dko screen --activate" : "dko screen"));
}

/// Whether an event of the list is of this kind alone.
bool is_of_kind(const Event& event, const ScreenReader& screen, bool activates) {
  if (event.added.empty()) return screen.activates() == activates;
  return std::all_of(event.added.begin(), event.added.end(),
                     [&](std::int32_t added) { return (added == 1) == activates; });
}

std::map<EventKey, std::int64_t> numbers_in_list(const ScreenReader& screen, bool activates) {
  std::map<EventKey, std::int64_t> numbers;
  std::int64_t number = 0;
  screen.for_each_event(ScoreArray::list, [&](const Event& event) {
    if (is_of_kind(event, screen, activates)) numbers.emplace(event_key(event.genes, event.cell), number);
    ++number;
  });
  return numbers;
}

/// The numbers of the table's events in an array of the screen.
std::vector<std::optional<std::int64_t>> numbers_of(const ScreenReader& screen, ScoreArray array,
                                                    const TruthTable& truth) {
  std::map<EventKey, std::int64_t> list;
  if (array == ScoreArray::list) list = numbers_in_list(screen, truth.activates);
  std::vector<std::optional<std::int64_t>> numbers;
  for (std::size_t event = 0; event < truth.cells.size(); ++event) {
    const auto genes = genes_of(truth, event);
    const std::int64_t cell = truth.cells[event];
    if (array == ScoreArray::singles) numbers.push_back(screen.number_of_single(cell, genes[0]));
    if (array == ScoreArray::pairs) numbers.push_back(screen.number_of_pair(cell, genes[0], genes[1]));
    if (array != ScoreArray::list) continue;
    const auto found = list.find(event_key(genes, cell));
    numbers.push_back(found == list.end() ? std::nullopt : std::optional(found->second));
  }
  return numbers;
}

/// Those that a truth is known of.
constexpr std::array judged_scores{Score::impact, Score::network};

using ListScores = PerScore<std::vector<float>>;

/// Takes one rank's scores of a list, which come in order.
class ListSink final : public ScoreSink {
 public:
  void write(ScoreArray, std::int64_t, const ScoreViews& views) override {
    for (const Score score : every_score)
      scores[score].insert(scores[score].end(), views[score].begin(), views[score].end());
  }
  ListScores scores;
};

/// Both scores of all events. Collective.
AtRoot<ListScores> score_list(std::span<const CollapsedMapping> members, const RelativeProfiles& profiles,
                              const AtRoot<EventList>& events, Base base, const NodeGroup& nodes) {
  const auto plan_of = [&](const EventList& list) {
    ScreenPlan plan;
    plan.list = list;
    plan.members = std::ssize(members);
    plan.base = base;
    return plan;
  };
  const ScreenPlan plan = ScreenPlan::replicate(nodes, events.transform(plan_of));
  ListSink sink;
  screen_shard(plan, profiles, members, nodes.all.rank(), nodes.all.size(), sink);
  ListScores scores;
  for (const Score score : judged_scores)
    scores[score] = nodes.all.gather(std::span<const float>(sink.scores[score])).or_empty();
  return at_root(nodes.all, std::move(scores));
}

/// Signs as a list has them: 1 for each gene if the table switches genes on; else none.
NodeArray<std::int32_t> added_of(const TruthTable& truth) {
  if (!truth.activates) return {};
  return NodeArray(std::vector<std::int32_t>(truth.genes.size(), 1));
}

EventList events_of(const TruthTable& truth) {
  return {truth.order, NodeArray(truth.genes), NodeArray(truth.cells), added_of(truth)};
}

/// Every gene of every pair as an event of its own.
EventList singles_of(const TruthTable& truth) {
  std::vector<std::int32_t> cells;
  for (const std::int32_t cell : truth.cells) cells.insert(cells.end(), 2, cell);
  return {1, NodeArray(truth.genes), NodeArray(std::move(cells)), added_of(truth)};
}

MeasuredEvents interactions(Score score, const std::vector<float>& pairs, const std::vector<float>& singles) {
  MeasuredEvents events{{score, true}, {}};
  for (std::size_t at = 0; at < pairs.size(); ++at) {
    events.values.push_back(interaction_of(pairs[at], singles[2 * at], singles[2 * at + 1]));
  }
  return events;
}

std::vector<double> doubles(const std::vector<float>& values) {
  return {values.begin(), values.end()};
}

}  // namespace

EventScores scores_in_screen(const ScreenReader& screen, const TruthTable& truth) {
  const ScoreArray array = array_of(truth, screen);
  const auto numbers = numbers_of(screen, array, truth);
  EventScores scores;
  for (const auto& number : numbers) scores.found.push_back(number.has_value());
  for (const Measure& measure : screen.measures(array)) {
    if (!is_proper(measure.score) || is_directed(measure.score)) continue;
    ScoreReader reader(screen, array, measure);
    MeasuredEvents events{measure, {}};
    for (const auto& number : numbers)
      events.values.push_back(number ? static_cast<double>(reader.at(*number)) : 0.0);
    scores.measures.push_back(std::move(events));
  }
  return scores;
}

AtRoot<EventScores> scores_by_model(std::span<const CollapsedMapping> members,
                                    const RelativeProfiles& profiles, const AtRoot<TruthTable>& truth,
                                    Base base, const NodeGroup& nodes) {
  const auto has_pairs = [](const TruthTable& table) { return table.order == 2; };
  AtRoot<ListScores> events = score_list(members, profiles, truth.transform(events_of), base, nodes);
  AtRoot<ListScores> singles;
  if (nodes.all.broadcast(truth.transform(has_pairs)))
    singles = score_list(members, profiles, truth.transform(singles_of), base, nodes);
  return truth.transform([&](const TruthTable& table) {
    EventScores scores{std::vector<bool>(table.cells.size(), true), {}};
    for (const Score score : judged_scores)
      scores.measures.push_back({{score, false}, doubles((*events)[score])});
    if (!has_pairs(table)) return scores;
    for (const Score score : judged_scores)
      scores.measures.push_back(interactions(score, (*events)[score], (*singles)[score]));
    return scores;
  });
}

}  // namespace dko
