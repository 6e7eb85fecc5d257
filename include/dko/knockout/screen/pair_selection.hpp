#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "dko/knockout/events/event_index.hpp"
#include "dko/knockout/kernels/pair_extremes.hpp"
#include "dko/knockout/score/score.hpp"
#include "dko/knockout/screen/pair_keeping.hpp"
#include "dko/parallel/communicator.hpp"

namespace dko {

/// The most pairs that are kept of the events `range`, as many as `top` of each cell either way. `starts` as
/// in PairIndex.
std::int64_t most_selected(std::span<const std::int64_t> starts, EventRange range, std::int64_t top);

/// Bytes that a rank needs to keep as many pairs of each cell as `top` either way of the events `range`:
/// those kept, and those that the cell at hand may yet keep.
double selection_bytes(std::span<const std::int64_t> starts, EventRange range, std::int64_t top);

/// Consecutive pairs of one cell, with their scores.
struct PairPiece {
  std::int64_t cell = 0;
  std::int64_t start = 0;          ///< number of the first pair of the cell
  EventRange within;               ///< pairs of the cell
  std::int64_t targets = 0;        ///< of the cell
  ScoreSpans scores;               ///< of these pairs
  std::span<const float> singles;  ///< of the targets, as stored; needed where an interaction selects
};

/// Where a selection stands: pairs that may yet be kept, of all events in these ranges.
struct SelectionState {
  std::vector<EventRange> done;
  std::vector<KeptPair> pairs;
};

/// The same of a selection at work, without a copy of what it keeps: until it takes further pairs. Both are
/// in the order of their numbers.
struct SelectionView {
  std::vector<EventRange> done;
  std::span<const KeptPair> kept;
  std::vector<KeptPair> open;  ///< of a cell of which others may yet be kept instead

  std::int64_t pairs() const { return std::ssize(kept) + std::ssize(open); }
  /// Calls `visit` for all, some at a time, in the order of their numbers. Local.
  void in_pieces(const std::function<void(std::span<const KeptPair>)>& visit) const;
};

/// Keeps the pairs of one rank that a screen selects, in memory.
class PairSelection {
 public:
  /// `scores` are those to be kept of each pair, among them the one it is selected by.
  PairSelection(const PairKeeping& keeping, ScoreSet scores);

  /// The score of single knockouts that selecting needs, if any.
  std::optional<Score> singles_needed() const;

  /// What was selected before of events that no rank takes now; before begin(). Local.
  void restore(SelectionState state);
  /// The rank's events, ascending, all of which are then to be taken. Local. @throws Error if as many as may
  /// be kept exceed the memory that the plan allows; it says what would fit.
  void begin(std::span<const std::int64_t> starts, std::vector<EventRange> own);
  /// Pieces come in the order of events. Local. @throws Error when what is kept exceeds it
  void take(const PairPiece& piece);
  /// What restore() of any rank would need to go on from here. Local.
  SelectionView view();
  /// To be called when all ranks have all their pieces. Where a cell's events are split between ranks, or
  /// between now and before, the best of the cell are found among those of its parts, so that they are the
  /// same for any number of ranks. Collective.
  void finish(std::span<const std::int64_t> starts, const Communicator& ranks);

  /// After finish(): what is kept, in the order of their numbers, and of which events: consecutive pairs of
  /// other ranks are not in between within a range.
  const std::vector<KeptPair>& kept() const { return kept_; }
  std::vector<EventRange> done() const;

 private:
  std::span<const float> values_of(const PairPiece& piece);
  void take_extremes(const PairPiece& piece, std::span<const float> values);
  void take_passing(const PairPiece& piece, std::span<const float> values);
  KeptPair pair_at(const PairPiece& piece, std::size_t at, float value) const;
  void close_cell();
  void merge_cell(EventRange events, const Communicator& ranks);
  [[noreturn]] void refuse_threshold(std::int64_t next) const;

  PairKeeping keeping_;
  ScoreSet scores_;
  std::int64_t most_;               // pairs that the memory holds
  std::vector<EventRange> before_;  // restored
  std::vector<EventRange> own_;
  std::int64_t taken_ = 0;  // all own events before this one are
  std::int64_t cell_ = -1;
  PairExtremes highest_;
  PairExtremes lowest_;
  std::vector<KeptPair> kept_;
  std::vector<float> interactions_;
};

}  // namespace dko
