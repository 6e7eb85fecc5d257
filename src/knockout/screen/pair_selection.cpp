#include "dko/knockout/screen/pair_selection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include "dko/base/error.hpp"
#include "dko/base/parameter.hpp"
#include "dko/base/text.hpp"

namespace dko {

namespace {

bool by_number(const KeptPair& a, const KeptPair& b) {
  return a.number < b.number;
}

/// In order, each once: a cell of few pairs has the same among the highest and the lowest.
void sort_from(std::vector<KeptPair>& pairs, std::ptrdiff_t from) {
  std::sort(pairs.begin() + from, pairs.end(), by_number);
  const auto same = [](const KeptPair& a, const KeptPair& b) { return a.number == b.number; };
  pairs.erase(std::unique(pairs.begin() + from, pairs.end(), same), pairs.end());
}

/// The cells that begin in one range of some rank and end in another, ascending. Collective.
std::vector<std::int64_t> split_cells(std::span<const std::int64_t> starts,
                                      const std::vector<EventRange>& own, const Communicator& ranks) {
  std::vector<std::int64_t> ends;
  for (const EventRange& range : own) ends.insert(ends.end(), {range.first, range.last});
  const auto bounds = ranks.broadcast(ranks.gather(std::span<const std::int64_t>(ends)));
  std::vector<std::int64_t> cells;
  for (const std::int64_t bound : bounds) {
    if (bound <= 0 || bound >= starts.back()) continue;
    const std::int64_t cell = cell_of_event(starts, bound);
    if (starts[static_cast<std::size_t>(cell)] < bound) cells.push_back(cell);
  }
  std::sort(cells.begin(), cells.end());
  cells.erase(std::unique(cells.begin(), cells.end()), cells.end());
  return cells;
}

std::vector<KeptPair> in_order(std::span<const std::int64_t> numbers, std::span<const float> values) {
  std::vector<KeptPair> pairs;
  for (std::size_t at = 0; at < numbers.size(); ++at) pairs.push_back({numbers[at], values[at], {}});
  std::sort(pairs.begin(), pairs.end(), by_number);
  return pairs;
}

/// Numbers of the extremes among candidates that come by number, ascending.
std::vector<std::int64_t> extremes_of(const std::vector<KeptPair>& candidates, std::int64_t count) {
  PairExtremes highest(PairExtremes::End::highest, count);
  PairExtremes lowest(PairExtremes::End::lowest, count);
  for (const KeptPair& pair : candidates) {
    highest.add(pair);
    lowest.add(pair);
  }
  std::vector<KeptPair> chosen;
  highest.drain(chosen);
  lowest.drain(chosen);
  sort_from(chosen, 0);
  std::vector<std::int64_t> found;
  for (const KeptPair& pair : chosen) found.push_back(pair.number);
  return found;
}

}  // namespace

std::int64_t most_selected(std::span<const std::int64_t> starts, EventRange range, std::int64_t top) {
  std::int64_t most = 0;
  for (std::size_t cell = 0; cell + 1 < starts.size(); ++cell) {
    const std::int64_t pairs = std::min(range.last, starts[cell + 1]) - std::max(range.first, starts[cell]);
    most += std::clamp<std::int64_t>(pairs, 0, 2 * top);
  }
  return most;
}

double selection_bytes(std::span<const std::int64_t> starts, EventRange range, std::int64_t top) {
  std::int64_t largest = 0;  // pairs of a cell
  for (std::size_t cell = 0; cell + 1 < starts.size(); ++cell)
    largest = std::max(largest, std::min(range.last, starts[cell + 1]) - std::max(range.first, starts[cell]));
  // Both ends hold up to twice what they keep, in arrays that double.
  const double at_hand = 8 * static_cast<double>(std::min(top, largest));
  return sizeof(KeptPair) * (static_cast<double>(most_selected(starts, range, top)) + at_hand);
}

PairSelection::PairSelection(const PairKeeping& keeping, ScoreSet scores)
    : keeping_(keeping),
      scores_(scores),
      most_(static_cast<std::int64_t>(std::min(keeping.memory / sizeof(KeptPair), 1e15))),
      highest_(PairExtremes::End::highest, keeping.top),
      lowest_(PairExtremes::End::lowest, keeping.top) {}

std::optional<Score> PairSelection::singles_needed() const {
  if (!keeping_.by.is_interaction) return std::nullopt;
  return keeping_.by.score;
}

void SelectionView::in_pieces(const std::function<void(std::span<const KeptPair>)>& visit) const {
  constexpr std::ptrdiff_t at_once = 1 << 18;
  std::vector<KeptPair> piece;
  auto next_kept = kept.begin();
  auto next_open = open.begin();
  while (next_kept != kept.end() || next_open != open.end()) {
    piece.clear();
    for (std::ptrdiff_t at = 0; at < at_once; ++at) {
      if (next_open == open.end() || (next_kept != kept.end() && by_number(*next_kept, *next_open))) {
        if (next_kept == kept.end()) break;
        piece.push_back(*next_kept++);
      } else {
        piece.push_back(*next_open++);
      }
    }
    visit(piece);
  }
}

void PairSelection::restore(SelectionState state) {
  before_.insert(before_.end(), state.done.begin(), state.done.end());
  if (kept_.empty())
    kept_ = std::move(state.pairs);
  else
    kept_.insert(kept_.end(), state.pairs.begin(), state.pairs.end());
}

void PairSelection::begin(std::span<const std::int64_t> starts, std::vector<EventRange> own) {
  own_ = std::move(own);
  std::int64_t expected = std::ssize(kept_);
  double bytes = static_cast<double>(sizeof(KeptPair)) * static_cast<double>(expected);
  for (const EventRange& range : own_) {
    expected += keeping_.top > 0 ? most_selected(starts, range, keeping_.top) : range.size();
    if (keeping_.top > 0) bytes += selection_bytes(starts, range, keeping_.top);
  }
  if (keeping_.top > 0 && bytes > keeping_.memory) {
    const double fits =
        std::max(1.0, std::floor(static_cast<double>(keeping_.top) * keeping_.memory / bytes));
    throw Error(
        ExitCode::failure,
        fmt::format("{}: up to {} pairs of one rank are kept, {} of memory, and {} allows {}; about {} would "
                    "fit, or more memory or more ranks",
                    parameter("keep", fmt::format("top:{}", keeping_.top)), with_thousands(expected),
                    human_bytes(bytes), parameter("memory"), human_bytes(keeping_.memory),
                    parameter("keep", fmt::format("top:{}", fits))));
  }
  // Growing would hold them twice for a while; what is not touched takes no memory.
  kept_.reserve(static_cast<std::size_t>(std::min(expected, most_)));
}

std::span<const float> PairSelection::values_of(const PairPiece& piece) {
  const std::span<const float> scores = piece.scores[keeping_.by.score];
  if (!keeping_.by.is_interaction) return scores;
  interactions_.resize(scores.size());
  PairIndex::for_each_row(
      piece.targets, piece.within, [&](std::int64_t row, EventRange seconds, std::int64_t offset) {
        interactions_of_row(
            scores.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(seconds.size())),
            piece.singles[static_cast<std::size_t>(row)], piece.singles.data() + seconds.first,
            interactions_.data() + offset);
      });
  return interactions_;
}

KeptPair PairSelection::pair_at(const PairPiece& piece, std::size_t at, float value) const {
  KeptPair pair{piece.start + piece.within.first + static_cast<std::int64_t>(at), value, {}};
  for (const Score score : every_score) {
    if (scores_.has(score)) pair.scores[score] = piece.scores[score][at];
  }
  return pair;
}

void PairSelection::take(const PairPiece& piece) {
  if (piece.cell != cell_) close_cell();
  cell_ = piece.cell;
  taken_ = piece.start + piece.within.last;
  const std::span<const float> values = values_of(piece);
  if (keeping_.top > 0)
    take_extremes(piece, values);
  else
    take_passing(piece, values);
}

void PairSelection::take_extremes(const PairPiece& piece, std::span<const float> values) {
  for (PairExtremes* const extremes : {&highest_, &lowest_}) {
    for (std::size_t at = 0; at < values.size(); ++at) {
      if (extremes->wants(values[at])) extremes->add(pair_at(piece, at, values[at]));
    }
  }
}

void PairSelection::take_passing(const PairPiece& piece, std::span<const float> values) {
  for (std::size_t at = 0; at < values.size(); ++at) {
    if (!keeping_.passes(values[at])) continue;
    const KeptPair pair = pair_at(piece, at, values[at]);
    if (std::ssize(kept_) == most_) refuse_threshold(pair.number);
    kept_.push_back(pair);
  }
}

/// The rest of the events taken to be like those before `next`.
void PairSelection::refuse_threshold(std::int64_t next) const {
  std::vector<float> sizes;
  for (const KeptPair& pair : kept_)
    sizes.push_back(has_sign(keeping_.by) ? std::abs(pair.value) : pair.value);
  std::int64_t all = 0;
  std::int64_t before = 0;
  for (const EventRange& range : own_) {
    all += range.size();
    before += std::clamp<std::int64_t>(next - range.first, 0, range.size());
  }
  const double seen = static_cast<double>(before) / static_cast<double>(all);
  std::string would;
  if (!sizes.empty()) {
    const auto above = static_cast<std::ptrdiff_t>(0.9 * seen * static_cast<double>(sizes.size()));
    std::nth_element(sizes.begin(), sizes.begin() + above, sizes.end(), std::greater<>());
    would = fmt::format("about {} {:.3g} would fit; ", parameter("threshold"),
                        sizes[static_cast<std::size_t>(above)]);
  }
  throw Error(
      ExitCode::failure,
      fmt::format(
          "{} {:g}: after {:.0f} % of this rank's pairs, {} are kept, and {} allows no more; {}or give {}, "
          "more memory or more ranks",
          parameter("threshold"), *keeping_.threshold, 100 * seen, with_thousands(std::ssize(kept_)),
          parameter("memory"), would, parameter("keep", "top:K")));
}

void PairSelection::close_cell() {
  if (keeping_.top == 0) return;
  const std::ptrdiff_t from = std::ssize(kept_);
  highest_.drain(kept_);
  lowest_.drain(kept_);
  sort_from(kept_, from);
}

std::vector<EventRange> PairSelection::done() const {
  std::vector<EventRange> done = before_;
  for (const EventRange& range : own_) {
    if (range.first < taken_) done.push_back({range.first, std::min(range.last, taken_)});
  }
  return done;
}

SelectionView PairSelection::view() {
  // What was restored may come after.
  if (!std::is_sorted(kept_.begin(), kept_.end(), by_number))
    std::sort(kept_.begin(), kept_.end(), by_number);
  SelectionView view{done(), kept_, {}};
  for (PairExtremes extremes : {highest_, lowest_}) extremes.drain(view.open);
  sort_from(view.open, 0);
  return view;
}

void PairSelection::finish(std::span<const std::int64_t> starts, const Communicator& ranks) {
  close_cell();
  std::sort(kept_.begin(), kept_.end(), by_number);
  if (keeping_.top > 0) {
    for (const std::int64_t cell : split_cells(starts, done(), ranks)) {
      const auto at = static_cast<std::size_t>(cell);
      merge_cell({starts[at], starts[at + 1]}, ranks);
    }
  }
  // Only now: what is among the best of a part counts there whether it passes or not.
  std::erase_if(kept_, [&](const KeptPair& pair) { return !keeping_.passes(pair.value); });
}

void PairSelection::merge_cell(EventRange events, const Communicator& ranks) {
  const auto place = [&](std::int64_t number) {
    return std::lower_bound(kept_.begin(), kept_.end(), KeptPair{number, 0, {}}, by_number);
  };
  const auto first = place(events.first);
  const auto last = place(events.last);
  std::vector<std::int64_t> numbers;
  std::vector<float> values;
  for (auto pair = first; pair != last; ++pair) {
    numbers.push_back(pair->number);
    values.push_back(pair->value);
  }
  const auto all_numbers = ranks.gather(std::span<const std::int64_t>(numbers));
  const auto all_values = ranks.gather(std::span<const float>(values));
  const std::vector<std::int64_t> chosen = ranks.broadcast(all_numbers.transform(
      [&](const auto& found) { return extremes_of(in_order(found, *all_values), keeping_.top); }));
  const auto kept = std::remove_if(first, last, [&](const KeptPair& pair) {
    return !std::binary_search(chosen.begin(), chosen.end(), pair.number);
  });
  kept_.erase(kept, last);
}

}  // namespace dko
