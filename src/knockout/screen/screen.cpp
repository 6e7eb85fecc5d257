#include "dko/knockout/screen/screen.hpp"

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <vector>

#include "dko/base/stopwatch.hpp"
#include "dko/knockout/events/event_index.hpp"
#include "dko/knockout/kernels/ensemble_kernel.hpp"
#include "dko/knockout/score/cell_scores.hpp"
#include "dko/knockout/screen/pending_events.hpp"
#include "dko/knockout/screen/screen_cells.hpp"
#include "dko/knockout/sharding/cost.hpp"
#include "knockout/sharding/screen_costs.hpp"
#include "score_buffer.hpp"

namespace dko {

namespace {

class ShardScreen {
 public:
  ShardScreen(const ScreenPlan& plan, const RelativeProfiles& matrix,
              std::span<const CollapsedMapping> members, ScoreSink& sink, const ShardOptions& options)
      : plan_(plan),
        matrix_(matrix),
        cells_(plan, matrix),
        kernel_(members, plan.instructions, plan.base),
        sink_(sink),
        options_(options),
        costs_(costs_of_plan(plan, matrix, cell_costs(matrix, members))),
        members_(std::ssize(members)) {
    kernel_.set_direction(plan.along());
    kernel_.set_presence(plan.presence);
  }

  bool run(std::int64_t shard, std::int64_t shards) {
    const PendingEvents work = options_.work != nullptr ? *options_.work : whole_work(plan_, matrix_, shards);
    const PairIndex pairs(matrix_, plan_.targets);
    // Those that have more to do in one array get less of the next.
    std::vector<std::int64_t> before(static_cast<std::size_t>(shards), 0);
    const auto share = [&](ScoreArray array) {
      if (work[array].ranges.empty()) return std::vector<EventRange>();
      const ArrayCosts costs = costs_of_array(plan_, pairs, costs_, array);
      ShardWork own = costs.share(work[array], shard, before);
      if (array != every_array.back()) add_shares(costs, work[array], before);
      total_ += own.cost;
      return std::move(own.ranges);
    };
    const auto singles = share(ScoreArray::singles);
    const auto doubles = share(ScoreArray::pairs);
    const auto listed = share(ScoreArray::list);
    for (const EventRange& range : singles) store_singles(range, work.singles.block);
    if (options_.selection != nullptr) options_.selection->begin(pairs.starts(), doubles);
    for (const EventRange& range : doubles) {
      if (options_.selection != nullptr)
        select_pairs(pairs, range);
      else
        store_pairs(pairs, range, work.pairs.block);
    }
    for (const EventRange& range : listed) score_list(range);
    if (stopped_) return false;
    if (options_.progress && total_ > 0) options_.progress(total_, total_);
    return true;
  }

 private:
  void end(ScoreBuffer& buffer, std::int64_t block) const {
    if (stopped_)
      buffer.flush_whole(block);
    else
      buffer.flush();
  }

  void store_singles(EventRange range, std::int64_t block) {
    ScoreBuffer buffer(sink_, ScoreArray::singles, plan_.singles, range.first);
    in_cells(plan_.targets.starts(), range,
             [&](std::int64_t, EventRange within) { score_singles(within, buffer); });
    end(buffer, block);
  }

  void store_pairs(const PairIndex& pairs, EventRange range, std::int64_t block) {
    ScoreBuffer buffer(sink_, ScoreArray::pairs, plan_.doubles, range.first);
    in_cells(pairs.starts(), range, [&](std::int64_t, EventRange within) {
      score_pairs(within, [&](EventRange piece) {
        kernel_.pair_scores(positions_, piece, buffer.extend(static_cast<std::size_t>(piece.size())));
      });
    });
    end(buffer, block);
  }

  void select_pairs(const PairIndex& pairs, EventRange range) {
    PairSelection& selection = *options_.selection;
    PerScore<std::vector<float>> values;
    std::vector<float> singles;
    in_cells(pairs.starts(), range, [&](std::int64_t cell, EventRange within) {
      if (const auto needed = selection.singles_needed())
        singles = single_scores(kernel_, positions_, *needed);
      const std::int64_t start = pairs.starts()[static_cast<std::size_t>(cell)];
      score_pairs(within, [&](EventRange piece) {
        const ScoreSpans scores = room(values, piece.size());
        kernel_.pair_scores(positions_, piece, scores);
        selection.take({cell, start, piece, std::ssize(positions_), scores, singles});
      });
    });
  }

  /// For as many pairs, of each wanted score.
  ScoreSpans room(PerScore<std::vector<float>>& values, std::int64_t count) const {
    ScoreSpans spans;
    for (const Score score : every_score) {
      if (!plan_.doubles.has(score)) continue;
      values[score].resize(static_cast<std::size_t>(count));
      spans[score] = values[score];
    }
    return spans;
  }

  /// Calls `visit(cell, events within it)` for each cell that the range touches, the cell loaded, until it is
  /// to stop.
  template <class Visit>
  void in_cells(std::span<const std::int64_t> starts, EventRange range, Visit visit) {
    while (range.size() > 0 && !stopped_) {
      const std::int64_t cell = cell_of_event(starts, range.first);
      const std::int64_t start = starts[static_cast<std::size_t>(cell)];
      const std::int64_t end = std::min(range.last, starts[static_cast<std::size_t>(cell) + 1]);
      load(cell);
      visit(cell, EventRange{range.first - start, end - start});
      range.first = end;
    }
  }

  /// Makes `cell` the kernel's cell and finds its targets among its expressed genes.
  void load(std::int64_t cell) {
    const KernelCell intact = cells_.of_targets(cell);
    load_timed(intact);
    cost_ = costs_[static_cast<std::size_t>(cell)];
    advance(cost_.load);
    positions_of(plan_.targets.of(cell), intact, positions_);
  }

  void load_timed(const KernelCell& cell) {
    const Stopwatch watch;
    kernel_.load(cell);
    if (options_.loading_seconds != nullptr) *options_.loading_seconds += watch.seconds();
  }

  void score_singles(EventRange within, ScoreBuffer& buffer) {
    const ScoreSpans spans = buffer.extend(static_cast<std::size_t>(within.size()));
    std::vector<double> shares;
    if (!spans.share.empty() && !plan_.activates) shares = kernel_.intact_profile();
    for (std::int64_t at = within.first; at < within.last; ++at) {
      const std::span removed(&positions_[static_cast<std::size_t>(at)], 1);
      KnockoutScores scores = kernel_.scores(removed);
      if (!shares.empty()) scores.share = shares[static_cast<std::size_t>(removed.front())];
      store(scores, spans, static_cast<std::size_t>(at - within.first));
      advance(cost_.single);
    }
  }

  /// In pieces of whole rows of the cell's triangle, until it is to stop.
  template <class ScorePiece>
  void score_pairs(EventRange within, ScorePiece score) {
    const auto m = std::ssize(positions_);
    while (within.size() > 0 && !stopped_) {
      const EventRange piece{within.first, end_of_piece(m, within)};
      score(piece);
      advance(cost_.pair * piece.size());
      within.first = piece.last;
    }
  }

  /// Past the last row of the range that ends within one write of its start, and within the time after which
  /// it must be asked whether to stop; or past the row it starts in.
  std::int64_t end_of_piece(std::int64_t m, EventRange within) const {
    const std::int64_t in_time = cost_of_piece / (cost_.pair * members_);
    const std::int64_t most =
        within.first + std::clamp(in_time, std::int64_t{1}, static_cast<std::int64_t>(scores_per_write));
    if (within.last <= most) return within.last;
    const std::int64_t row = PairIndex::pair_of(m, within.first).first;
    const std::int64_t last = PairIndex::pair_of(m, most).first;
    return std::min(within.last, PairIndex::row_start(m, std::max(row + 1, last)));
  }

  /// In blocks of events, within a block cell by cell, so that a cell is loaded once a block.
  void score_list(EventRange range) {
    ScoreBuffer buffer(sink_, ScoreArray::list, plan_.listed, range.first);
    std::vector<std::int64_t> order;
    for (std::int64_t first = range.first; first < range.last && !stopped_;
         first += static_cast<std::int64_t>(scores_per_write)) {
      const std::int64_t last = std::min(range.last, first + static_cast<std::int64_t>(scores_per_write));
      order.resize(static_cast<std::size_t>(last - first));
      std::iota(order.begin(), order.end(), first);
      std::stable_sort(order.begin(), order.end(), [&](std::int64_t x, std::int64_t y) {
        return plan_.list->cell(x) < plan_.list->cell(y);
      });
      score_events(order, first, buffer.extend(order.size()));
      if (!stopped_) buffer.flush();
    }
  }

  /// Events in the given order, until it is to stop; that of number `first` goes to place 0.
  void score_events(const std::vector<std::int64_t>& order, std::int64_t first, const ScoreSpans& scores) {
    std::int64_t loaded = -1;
    KernelCell intact;
    std::vector<std::int32_t> genes;
    for (const std::int64_t event : order) {
      if (stopped_) return;
      const std::int64_t cell = plan_.list->cell(event);
      if (cell != loaded) {
        intact = cells_.of_list(cell);
        load_timed(intact);
        const CellCosts& cost = costs_[static_cast<std::size_t>(cell)];
        advance(cost.load + cost.load_added);
      }
      loaded = cell;
      const auto of_event = plan_.list->genes(event);
      genes.assign(of_event.begin(), of_event.end());
      std::sort(genes.begin(), genes.end());
      positions_of(genes, intact, positions_);
      store(kernel_.scores(positions_), scores, static_cast<std::size_t>(event - first));
      advance(costs_[static_cast<std::size_t>(cell)].listed);
    }
  }

  /// Short of the total, which is an estimate where a list is not sorted by cell.
  void advance(std::int64_t cost) {
    since_report_ += cost;
    done_ = std::min(done_ + cost, total_ - 1);
    if (since_report_ < options_.cost_between_pauses) return;
    since_report_ = 0;
    if (options_.progress && done_ > reported_) options_.progress(reported_ = done_, total_);
    if (options_.pause && options_.pause() == Pause::stop) stopped_ = true;
  }

  const ScreenPlan& plan_;
  const RelativeProfiles& matrix_;
  ScreenCells cells_;
  EnsembleKernel kernel_;
  ScoreSink& sink_;
  const ShardOptions& options_;
  std::vector<CellCosts> costs_;  // by cell
  std::int64_t members_;
  bool stopped_ = false;
  std::vector<std::int32_t> positions_;  // targets of the loaded cell, or genes of an event
  CellCosts cost_;                       // of the loaded cell
  std::int64_t done_ = 0;                // cost
  std::int64_t reported_ = 0;
  std::int64_t since_report_ = 0;
  std::int64_t total_ = 0;
};

}  // namespace

bool screen_shard(const ScreenPlan& plan, const RelativeProfiles& profiles,
                  std::span<const CollapsedMapping> members, std::int64_t shard, std::int64_t shards,
                  ScoreSink& sink, const ShardOptions& options) {
  if (std::ssize(members) != plan.members || members.empty())
    throw std::logic_error("a screen needs as many members as its plan says, and one at least");
  if ((plan.keeping.form == PairKeeping::Form::selected) != (options.selection != nullptr))
    throw std::logic_error("a selection is made if the plan wants one");
  if (plan.from_to && !plan.direction)
    throw std::logic_error("a direction is found before anything is scored");
  return ShardScreen(plan, profiles, members, sink, options).run(shard, shards);
}

}  // namespace dko
