#include "dko/knockout/screen/pending_events.hpp"

#include <algorithm>

namespace dko {

std::int64_t ArrayWork::events() const {
  std::int64_t events = 0;
  for (const EventRange& range : ranges) events += range.size();
  return events;
}

ArrayWork& PendingEvents::operator[](ScoreArray array) {
  return array == ScoreArray::singles ? singles : array == ScoreArray::pairs ? pairs : list;
}

const ArrayWork& PendingEvents::operator[](ScoreArray array) const {
  return array == ScoreArray::singles ? singles : array == ScoreArray::pairs ? pairs : list;
}

std::int64_t events_of(const ScreenPlan& plan, const ExpressionMatrix& matrix, ScoreArray array) {
  switch (array) {
    case ScoreArray::singles:
      return plan.singles.any() ? plan.targets.total() : 0;
    case ScoreArray::pairs:
      return plan.doubles.any() && !plan.stores_summary() ? PairIndex(matrix, plan.targets).total() : 0;
    case ScoreArray::list:
      break;
  }
  return plan.list ? plan.list->size() : 0;
}

std::int64_t block_for(std::int64_t events, std::int64_t shards) {
  constexpr std::int64_t blocks_of_share = 256;
  std::int64_t block = events_of_block;
  while (block > 1 && events / block < blocks_of_share * shards) block /= 2;
  return block;
}

PendingEvents whole_work(const ScreenPlan& plan, const ExpressionMatrix& matrix, std::int64_t shards) {
  PendingEvents work;
  for (const ScoreArray array : every_array) {
    const std::int64_t events = events_of(plan, matrix, array);
    if (events == 0) continue;
    const bool is_stored = array != ScoreArray::pairs || plan.stores_all_pairs();
    work[array] = {is_stored ? block_for(events, shards) : 1, {{0, events}}};
  }
  return work;
}

std::vector<EventRange> all_but(std::vector<EventRange> ranges, std::int64_t events) {
  std::sort(ranges.begin(), ranges.end(),
            [](const EventRange& a, const EventRange& b) { return a.first < b.first; });
  std::vector<EventRange> left;
  std::int64_t next = 0;
  for (const EventRange& range : ranges) {
    if (range.first > next) left.push_back({next, range.first});
    next = std::max(next, range.last);
  }
  if (next < events) left.push_back({next, events});
  return left;
}

}  // namespace dko
