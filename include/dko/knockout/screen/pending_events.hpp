#pragma once

#include <cstdint>
#include <vector>

#include "dko/expression/matrix.hpp"
#include "dko/knockout/events/event_index.hpp"
#include "dko/knockout/screen/screen.hpp"

namespace dko {

/// The events of an array that are to be scored. They are handed on in whole blocks: block b is events
/// [b·block, (b+1)·block), the array's last one what is left.
struct ArrayWork {
  std::int64_t block = 1;          ///< events, a power of two, at most events_of_block
  std::vector<EventRange> ranges;  ///< ascending, apart, not empty, of whole blocks

  std::int64_t events() const;
};

/// What a screen has to do: arrays that it does not score have no ranges.
struct PendingEvents {
  ArrayWork singles;
  ArrayWork pairs;
  ArrayWork list;

  ArrayWork& operator[](ScoreArray array);
  const ArrayWork& operator[](ScoreArray array) const;
};

/// The largest block: 1 MiB of scores, as file systems like it.
inline constexpr std::int64_t events_of_block = std::int64_t{1} << 18;

/// Number of events that a plan scores into an array (of pairs, if they are stored or selected). Local.
std::int64_t events_of(const ScreenPlan& plan, const ExpressionMatrix& matrix, ScoreArray array);

/// Events of a block of an array of `events` that as many shards share: a small part of a share, so that
/// whole blocks can be shared evenly. Local.
std::int64_t block_for(std::int64_t events, std::int64_t shards);

/// All events of a plan, in blocks for as many shards; where an array's block is of no use, for its pairs are
/// selected, of one event. Local.
PendingEvents whole_work(const ScreenPlan& plan, const ExpressionMatrix& matrix, std::int64_t shards);

/// What of [0, events) is in none of the ranges, which may be in any order. Local.
std::vector<EventRange> all_but(std::vector<EventRange> ranges, std::int64_t events);

}  // namespace dko
