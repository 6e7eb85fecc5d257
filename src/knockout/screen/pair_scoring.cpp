#include "pair_scoring.hpp"

#include <algorithm>
#include <numeric>
#include <stdexcept>

#include "dko/base/give_back.hpp"
#include "dko/base/stopwatch.hpp"
#include "dko/knockout/score/cell_scores.hpp"
#include "dko/parallel/exchange.hpp"
#include "knockout/sharding/screen_costs.hpp"

namespace dko {

namespace {

constexpr std::int64_t pairs_of_piece = std::int64_t{1} << 18;  // a megabyte of scores stays in the cache

/// Gives a buffer its length, what is in it is lost: it never is there twice.
void make_room_for(std::vector<float>& values, std::int64_t count) {
  const auto wanted = static_cast<std::size_t>(count);
  if (values.capacity() < wanted) give_back(values);
  values.resize(wanted);
}

/// Calls visit(cell, its pairs) for each cell of these events.
template <class Visit>
void for_each_cell(const BlockEvents& events, EventRange range, Visit visit) {
  if (range.size() <= 0) return;
  const auto starts = events.starts();
  for (std::int64_t cell = events.cell_of(range.first); starts[static_cast<std::size_t>(cell)] < range.last;
       ++cell) {
    if (const EventRange pairs = events.within(cell, range); pairs.size() > 0) {
      if (!visit(cell, pairs)) return;
    }
    if (cell + 2 == std::ssize(starts)) return;
  }
}

}  // namespace

PairScoring::PairScoring(const ScreenPlan& plan, const RelativeProfiles& matrix,
                         std::span<const CollapsedMapping> members, const PairGenes& genes,
                         std::span<const CellCosts> costs, const Communicator& ranks)
    : plan_(plan),
      genes_(genes),
      costs_(costs),
      ranks_(ranks),
      cells_(plan, matrix),
      kernel_(members, plan.instructions, plan.base) {
  kernel_.set_direction(plan.along());
  kernel_.set_presence(plan.presence);
}

/// Finds out how many scores go to and come from each rank, and makes room for them.
void PairScoring::make_room(const BlockEvents& events, const PairDivision& division, const PairRound& round,
                            std::span<const CellPairs> own) {
  const auto size = static_cast<std::size_t>(ranks_.size());
  const auto self = static_cast<std::size_t>(ranks_.rank());
  counts_.assign(size, 0);
  from_.assign(size, 0);
  for_each_cell(events, round.of(ranks_.rank()), [&](std::int64_t cell, EventRange pairs) {
    division.for_each_part(genes_, plan_.targets.of(cell), pairs, [&](std::int64_t rank, EventRange part) {
      counts_[static_cast<std::size_t>(rank)] += part.size();
    });
    return true;
  });
  std::size_t rank = 0;
  for (const CellPairs& of_cell : own) {
    EventRange left{events.event_of(of_cell.cell, of_cell.pairs.first),
                    events.event_of(of_cell.cell, of_cell.pairs.last)};
    while (left.size() > 0) {
      while (round.bounds[rank + 1] <= left.first) ++rank;
      const std::int64_t last = std::min(left.last, round.bounds[rank + 1]);
      from_[rank] += last - left.first;
      left.first = last;
    }
  }
  if (counts_[self] != from_[self]) throw std::logic_error("a rank's pairs are counted in two ways");
  counts_[self] = 0;
  next_.resize(size);
  std::exclusive_scan(counts_.begin(), counts_.end(), next_.begin(), std::int64_t{0});
  const auto sent = std::accumulate(counts_.begin(), counts_.end(), std::int64_t{0});
  const auto received = std::accumulate(from_.begin(), from_.end(), std::int64_t{0});
  next_[self] = std::accumulate(from_.begin(), from_.begin() + ranks_.rank(), std::int64_t{0});
  for (const Score score : every_score) {
    if (!plan_.doubles.has(score)) continue;
    make_room_for(sent_[score], sent);
    make_room_for(received_[score], received);
  }
}

bool PairScoring::score(const BlockEvents& events, const PairDivision& division, const PairRound& round,
                        std::span<const CellPairs> own, const std::function<bool(std::int64_t)>& go_on) {
  make_room(events, division, round, own);
  bool goes_on = true;
  for_each_cell(events, round.of(ranks_.rank()), [&](std::int64_t cell, EventRange left) {
    load(cell);
    const CellCosts& cost = costs_[static_cast<std::size_t>(cell)];
    goes_on = go_on(cost.load);
    while (goes_on && left.size() > 0) {
      const EventRange piece{left.first, end_of_piece(cell, left)};
      score_piece(division, cell, piece);
      left.first = piece.last;
      goes_on = go_on(cost.pair * piece.size());
    }
    return goes_on;
  });
  return goes_on;
}

void PairScoring::exchange() {
  for (const Score score : every_score) {
    if (!plan_.doubles.has(score)) continue;
    dko::exchange(std::span<const float>(sent_[score]), counts_, std::span(received_[score]), from_, ranks_);
  }
}

void PairScoring::load(std::int64_t cell) {
  const Stopwatch watch;
  const KernelCell intact = cells_.of_targets(cell);
  kernel_.load(intact);
  loading_seconds_ += watch.seconds();
  positions_of(plan_.targets.of(cell), intact, positions_);
}

/// Whole rows, if there is one.
std::int64_t PairScoring::end_of_piece(std::int64_t cell, EventRange within) const {
  const std::int64_t cost = costs_[static_cast<std::size_t>(cell)].pair * plan_.members;
  const std::int64_t most = within.first + std::clamp(cost_of_piece / cost, std::int64_t{1}, pairs_of_piece);
  if (within.last <= most) return within.last;
  const auto m = std::ssize(positions_);
  const std::int64_t row = PairIndex::pair_of(m, within.first).first;
  const std::int64_t last = PairIndex::pair_of(m, most).first;
  return std::min(within.last, PairIndex::row_start(m, std::max(row + 1, last)));
}

float* PairScoring::place_of(Score score, std::int64_t rank) {
  auto& values = rank == ranks_.rank() ? received_[score] : sent_[score];
  return values.data() + next_[static_cast<std::size_t>(rank)];
}

/// Where the next scores for a rank go.
ScoreSpans PairScoring::spans_of(std::int64_t rank, std::size_t count) {
  ScoreSpans spans;
  for (const Score score : every_score) {
    if (plan_.doubles.has(score)) spans[score] = std::span(place_of(score, rank), count);
  }
  return spans;
}

ScoreSpans PairScoring::aside(std::size_t count) {
  ScoreSpans spans;
  for (const Score score : every_score) {
    if (!plan_.doubles.has(score)) continue;
    aside_[score].resize(count);
    spans[score] = aside_[score];
  }
  return spans;
}

/// What is all for one rank goes where it is to be at once.
void PairScoring::score_piece(const PairDivision& division, std::int64_t cell, EventRange piece) {
  parts_.clear();
  division.for_each_part(genes_, plan_.targets.of(cell), piece, [&](std::int64_t rank, EventRange part) {
    parts_.push_back({rank, part});
  });
  const auto count = static_cast<std::size_t>(piece.size());
  const ScoreSpans scores = parts_.size() == 1 ? spans_of(parts_.front().rank, count) : aside(count);
  kernel_.pair_scores(positions_, piece, scores);
  for (const Part& part : parts_) {
    for (const Score score : every_score) {
      if (parts_.size() > 1 && plan_.doubles.has(score))
        std::copy_n(scores[score].data() + (part.pairs.first - piece.first), part.pairs.size(),
                    place_of(score, part.rank));
    }
    next_[static_cast<std::size_t>(part.rank)] += part.pairs.size();
  }
}

}  // namespace dko
