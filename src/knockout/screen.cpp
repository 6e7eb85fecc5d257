#include "dko/knockout/screen.hpp"

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <vector>

#include "cell_scores.hpp"
#include "dko/knockout/cost.hpp"
#include "dko/knockout/ensemble_kernel.hpp"
#include "dko/knockout/event_index.hpp"
#include "score_buffer.hpp"
#include "screen_costs.hpp"

namespace dko {

namespace {

constexpr std::int64_t cost_between_reports = 10'000'000;  // a millisecond, of one member

class ShardScreen {
 public:
  ShardScreen(const ScreenPlan& plan, const ExpressionMatrix& matrix,
              std::span<const CollapsedMapping> members, std::int64_t shard, std::int64_t shards,
              ScoreSink& sink, PairSelection* selection, const ProgressCallback& progress)
      : plan_(plan),
        matrix_(matrix),
        kernel_(members, plan.instructions),
        shard_(shard),
        shards_(shards),
        sink_(sink),
        selection_(selection),
        progress_(progress),
        costs_(cell_costs(matrix, members)) {}

  void run() {
    const PairIndex pairs(matrix_, plan_.targets);
    EventRange singles;
    EventRange doubles;
    EventRange listed;
    if (plan_.singles.any())
      singles = take_share(ArrayCosts(plan_.targets.starts(), costs_, &CellCosts::single));
    if (has_pairs()) doubles = take_share(ArrayCosts(pairs.starts(), costs_, &CellCosts::pair));
    if (plan_.list) listed = take_share(ArrayCosts(*plan_.list, costs_));
    ScoreBuffer buffer(sink_, ScoreArray::singles, plan_.singles, singles.first);
    in_cells(plan_.targets.starts(), singles,
             [&](std::int64_t, EventRange within) { score_singles(within, buffer); });
    buffer.flush();
    if (selection_ != nullptr)
      select_all_pairs(pairs, doubles);
    else
      store_all_pairs(pairs, doubles);
    if (plan_.list) score_list(listed);
    if (progress_ && total_ > 0) progress_(total_, total_);
  }

 private:
  /// Whether pairs are scored here: summaries have a loop of their own.
  bool has_pairs() const { return plan_.doubles.any() && plan_.keeping.form != PairKeeping::Form::summary; }

  void store_all_pairs(const PairIndex& pairs, EventRange range) {
    ScoreBuffer buffer(sink_, ScoreArray::pairs, plan_.doubles, range.first);
    in_cells(pairs.starts(), range, [&](std::int64_t, EventRange within) {
      score_pairs(within, [&](EventRange piece) {
        kernel_.pair_scores(positions_, piece, buffer.extend(static_cast<std::size_t>(piece.size())));
      });
    });
    buffer.flush();
  }

  void select_all_pairs(const PairIndex& pairs, EventRange range) {
    selection_->begin(pairs.starts(), range);
    PerScore<std::vector<float>> values;
    std::vector<float> singles;
    in_cells(pairs.starts(), range, [&](std::int64_t cell, EventRange within) {
      if (const auto needed = selection_->singles_needed())
        singles = single_scores(kernel_, positions_, *needed);
      const std::int64_t start = pairs.starts()[static_cast<std::size_t>(cell)];
      score_pairs(within, [&](EventRange piece) {
        const ScoreSpans scores = room(values, piece.size());
        kernel_.pair_scores(positions_, piece, scores);
        selection_->take({cell, start, piece, std::ssize(positions_), scores, singles});
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

  /// This shard's events of an array; their cost is added to the total.
  EventRange take_share(const ArrayCosts& costs) {
    const EventRange share = costs.shard(shard_, shards_);
    total_ += costs.cost(share);
    return share;
  }

  /// Calls `visit(cell, events within it)` for each cell that the range touches, the cell loaded.
  template <class Visit>
  void in_cells(std::span<const std::int64_t> starts, EventRange range, Visit visit) {
    while (range.size() > 0) {
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
    kernel_.load(matrix_.expressed(cell));
    cost_ = costs_[static_cast<std::size_t>(cell)];
    advance(cost_.load);
    positions_of(plan_.targets.of(cell), matrix_.expressed(cell), positions_);
  }

  void score_singles(EventRange within, ScoreBuffer& buffer) {
    const ScoreSpans spans = buffer.extend(static_cast<std::size_t>(within.size()));
    std::vector<double> shares;
    if (!spans.share.empty()) shares = kernel_.intact_profile();
    for (std::int64_t at = within.first; at < within.last; ++at) {
      const std::span removed(&positions_[static_cast<std::size_t>(at)], 1);
      KnockoutScores scores = kernel_.scores(removed);
      if (!shares.empty()) scores.share = shares[static_cast<std::size_t>(removed.front())];
      store(scores, spans, static_cast<std::size_t>(at - within.first));
      advance(cost_.single);
    }
  }

  /// In pieces of as many whole rows of the cell's triangle as one write takes.
  template <class ScorePiece>
  void score_pairs(EventRange within, ScorePiece score) {
    const auto m = std::ssize(positions_);
    while (within.size() > 0) {
      const EventRange piece{within.first, end_of_piece(m, within)};
      score(piece);
      advance(cost_.pair * piece.size());
      within.first = piece.last;
    }
  }

  /// Past the last row of the range that ends within one write of its start, or of the row it starts in.
  static std::int64_t end_of_piece(std::int64_t m, EventRange within) {
    const std::int64_t most = within.first + static_cast<std::int64_t>(scores_per_write);
    if (within.last <= most) return within.last;
    const std::int64_t row = PairIndex::pair_of(m, within.first).first;
    const std::int64_t last = PairIndex::pair_of(m, most).first;
    return PairIndex::row_start(m, std::max(row + 1, last));
  }

  /// In blocks of events, within a block cell by cell, so that a cell is loaded once a block.
  void score_list(EventRange range) {
    ScoreBuffer buffer(sink_, ScoreArray::list, plan_.listed, range.first);
    std::vector<std::int64_t> order;
    for (std::int64_t first = range.first; first < range.last;
         first += static_cast<std::int64_t>(scores_per_write)) {
      const std::int64_t last = std::min(range.last, first + static_cast<std::int64_t>(scores_per_write));
      order.resize(static_cast<std::size_t>(last - first));
      std::iota(order.begin(), order.end(), first);
      std::stable_sort(order.begin(), order.end(), [&](std::int64_t x, std::int64_t y) {
        return plan_.list->cell(x) < plan_.list->cell(y);
      });
      score_events(order, first, buffer.extend(order.size()));
      buffer.flush();
    }
  }

  /// Events in the given order; that of number `first` goes to place 0.
  void score_events(const std::vector<std::int64_t>& order, std::int64_t first, const ScoreSpans& scores) {
    std::int64_t loaded = -1;
    std::vector<std::int32_t> genes;
    for (const std::int64_t event : order) {
      const std::int64_t cell = plan_.list->cell(event);
      if (cell != loaded) {
        kernel_.load(matrix_.expressed(cell));
        advance(costs_[static_cast<std::size_t>(cell)].load);
      }
      loaded = cell;
      const auto of_event = plan_.list->genes(event);
      genes.assign(of_event.begin(), of_event.end());
      std::sort(genes.begin(), genes.end());
      positions_of(genes, matrix_.expressed(cell), positions_);
      store(kernel_.scores(positions_), scores, static_cast<std::size_t>(event - first));
      advance(costs_[static_cast<std::size_t>(cell)].listed);
    }
  }

  /// Short of the total, which is an estimate where a list is not sorted by cell.
  void advance(std::int64_t cost) {
    done_ = std::min(done_ + cost, total_ - 1);
    if (!progress_ || done_ < reported_ + cost_between_reports) return;
    reported_ = done_;
    progress_(done_, total_);
  }

  const ScreenPlan& plan_;
  const ExpressionMatrix& matrix_;
  EnsembleKernel kernel_;
  std::int64_t shard_;
  std::int64_t shards_;
  ScoreSink& sink_;
  PairSelection* selection_;
  const ProgressCallback& progress_;
  std::vector<CellCosts> costs_;         // by cell
  std::vector<std::int32_t> positions_;  // targets of the loaded cell, or genes of an event
  CellCosts cost_;                       // of the loaded cell
  std::int64_t done_ = 0;                // cost
  std::int64_t reported_ = 0;
  std::int64_t total_ = 0;
};

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

void screen_shard(const ScreenPlan& plan, const ExpressionMatrix& matrix,
                  std::span<const CollapsedMapping> members, std::int64_t shard, std::int64_t shards,
                  ScoreSink& sink, const ProgressCallback& progress, PairSelection* selection) {
  if (std::ssize(members) != plan.members || members.empty())
    throw std::logic_error("a screen needs as many members as its plan says, and one at least");
  if ((plan.keeping.form == PairKeeping::Form::selected) != (selection != nullptr))
    throw std::logic_error("a selection is made if the plan wants one");
  ShardScreen(plan, matrix, members, shard, shards, sink, selection, progress).run();
}

}  // namespace dko
