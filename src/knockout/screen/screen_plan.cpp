#include "dko/knockout/screen/screen_plan.hpp"

#include <utility>
#include <vector>

#include "dko/knockout/events/event_index.hpp"
#include "dko/parallel/common_instruction_set.hpp"

namespace dko {

namespace {

/// Root's set, on every rank. Collective.
ScoreSet broadcast(const NodeGroup& group, AtRoot<ScoreSet> root) {
  ScoreSet set = std::move(root).or_empty();
  for (const Score score : every_score) group.all.broadcast(set[score]);
  return set;
}

/// Likewise.
PairKeeping broadcast(const NodeGroup& group, AtRoot<PairKeeping> root) {
  const PairKeeping of_root = std::move(root).or_empty();
  std::vector<std::int64_t> numbers{static_cast<std::int64_t>(of_root.form), of_root.top,
                                    of_root.threshold ? 1 : 0, static_cast<std::int64_t>(of_root.by.score),
                                    of_root.by.is_interaction ? 1 : 0};
  std::vector<double> reals{of_root.threshold.value_or(0), of_root.memory};
  group.all.broadcast(numbers);
  group.all.broadcast(reals);
  PairKeeping keeping{static_cast<PairKeeping::Form>(numbers[0]),
                      numbers[1],
                      {},
                      {static_cast<Score>(numbers[3]), numbers[4] != 0},
                      reals[1]};
  if (numbers[2] != 0) keeping.threshold = reals[0];
  return keeping;
}

}  // namespace

ScreenPlan ScreenPlan::replicate(const NodeGroup& group, AtRoot<ScreenPlan> root) {
  ScreenPlan plan;
  plan.targets = KnockoutTargets::replicate(group, root.take(&ScreenPlan::targets));
  for (ScoreSet ScreenPlan::*set : {&ScreenPlan::singles, &ScreenPlan::doubles, &ScreenPlan::listed})
    plan.*set = broadcast(group, root.take(set));
  plan.members = group.all.broadcast(root.take(&ScreenPlan::members));
  auto widest = static_cast<std::int32_t>(root.take(&ScreenPlan::instructions).or_empty());
  group.all.broadcast(widest);
  plan.instructions = common_instruction_set(group.all, static_cast<InstructionSet>(widest));
  auto base = static_cast<std::int32_t>(root.take(&ScreenPlan::base).or_empty());
  group.all.broadcast(base);
  plan.base = static_cast<Base>(base);
  plan.keeping = broadcast(group, root.take(&ScreenPlan::keeping));
  plan.obs = root.take(&ScreenPlan::obs).or_empty();
  plan.activates = group.all.broadcast(root.take(&ScreenPlan::activates));
  plan.presence = group.all.broadcast(root.take(&ScreenPlan::presence));
  auto from_to = root.take(&ScreenPlan::from_to);
  if (group.all.broadcast(from_to.transform([](const auto& given) { return given.has_value(); })))
    plan.from_to =
        FromTo::replicate(group.all, from_to.is_here() ? AtRoot(std::move(**from_to)) : AtRoot<FromTo>());
  auto list = root.take(&ScreenPlan::list);
  if (group.all.broadcast(list.transform([](const auto& found) { return found.has_value(); })))
    plan.list = EventList::replicate(group, list.is_here() ? AtRoot(std::move(**list)) : AtRoot<EventList>());
  return plan;
}

EventCounts count_events(const ExpressionMatrix& matrix, const ScreenPlan& plan) {
  EventCounts counts;
  if (plan.singles.any()) counts.singles = plan.targets.total();
  if (plan.doubles.any()) counts.pairs = PairIndex(matrix, plan.targets).total();
  if (plan.list) counts.listed = plan.list->size();
  return counts;
}

}  // namespace dko
