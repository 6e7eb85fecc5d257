#include "dko/knockout/screen/screen_plan.hpp"

#include <utility>
#include <vector>

#include "dko/knockout/events/event_index.hpp"
#include "dko/parallel/common_instruction_set.hpp"

namespace dko {

namespace {

/// Root's set, on every rank. Collective.
ScoreSet root_set(const NodeGroup& group, const ScoreSet& on_root) {
  std::vector<std::int32_t> wanted;
  for (const Score score : every_score) wanted.push_back(on_root.has(score) ? 1 : 0);
  group.all.broadcast(wanted);
  ScoreSet set;
  for (const Score score : every_score) set[score] = wanted[static_cast<std::size_t>(score)] != 0;
  return set;
}

/// Likewise.
PairKeeping root_keeping(const NodeGroup& group, const PairKeeping& on_root) {
  std::vector<std::int64_t> numbers{static_cast<std::int64_t>(on_root.form), on_root.top,
                                    on_root.threshold ? 1 : 0, static_cast<std::int64_t>(on_root.by.score),
                                    on_root.by.is_interaction ? 1 : 0};
  std::vector<double> reals{on_root.threshold.value_or(0), on_root.memory};
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

ScreenPlan ScreenPlan::replicate(const NodeGroup& group, ScreenPlan on_root) {
  ScreenPlan plan;
  plan.targets = KnockoutTargets::replicate(group, std::move(on_root.targets));
  for (ScoreSet ScreenPlan::*set : {&ScreenPlan::singles, &ScreenPlan::doubles, &ScreenPlan::listed})
    plan.*set = root_set(group, on_root.*set);
  plan.members = on_root.members;
  group.all.broadcast(plan.members);
  auto widest = static_cast<std::int32_t>(on_root.instructions);
  group.all.broadcast(widest);
  plan.instructions = common_instruction_set(group.all, static_cast<InstructionSet>(widest));
  plan.keeping = root_keeping(group, on_root.keeping);
  std::int32_t has_list = on_root.list ? 1 : 0;
  group.all.broadcast(has_list);
  if (has_list != 0)
    plan.list = EventList::replicate(group, on_root.list ? std::move(*on_root.list) : EventList{});
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
