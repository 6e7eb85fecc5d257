#include "dko/knockout/screen/pair_sums_screen.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "dko/base/error.hpp"
#include "dko/base/stopwatch.hpp"
#include "dko/knockout/events/event_index.hpp"
#include "dko/parallel/collective.hpp"
#include "knockout/sharding/screen_costs.hpp"
#include "pair_adding.hpp"
#include "pair_rounds.hpp"
#include "pair_scoring.hpp"
#include "pair_sums_memory.hpp"

namespace dko {

std::int64_t cost_of(const PairSumsWork& work, const PairGenes& genes) {
  std::int64_t cost = 0;
  for (const EventRange& firsts : work.firsts) cost += genes.cost(firsts);
  for (const BegunSums& begun : work.begun) cost += genes.cost(begun.firsts);
  return cost;
}

class PairSumsScreen::State {
 public:
  State(const ScreenPlan& plan, const RelativeProfiles& matrix, std::span<const CollapsedMapping> members,
        const PairGenes& genes, PairSumsWork work, const Communicator& ranks, const PairSumsOptions& options)
      : plan_(plan),
        matrix_(matrix),
        work_(std::move(work)),
        ranks_(ranks),
        options_(options),
        index_(matrix, plan.targets),
        costs_(costs_of_plan(plan, matrix, cell_costs(matrix, members))),
        genes_(genes),
        limits_(pair_sums_limits(plan, genes_)),
        scoring_(plan, matrix, members, genes_, costs_, ranks),
        adding_(plan, genes_),
        sums_(summed_measures(plan)),
        before_(static_cast<std::size_t>(ranks.size()), 0) {
    count_total();
    begin_block();
  }

  void score_ahead(const PendingEvents& work, const PauseCallback& pause) {
    if (!has_block_ || next_ == events_.total()) return;
    for (const ScoreArray array : {ScoreArray::singles, ScoreArray::list}) {
      if (!work[array].ranges.empty())
        add_shares(costs_of_array(plan_, index_, costs_, array), work[array], before_);
    }
    score_round(pause);
  }

  bool run(const ScoreViews& singles, PairSumsSink& sink, const PauseCallback& pause) {
    while (has_block_) {
      while (next_ < events_.total()) {
        if (!is_scored_) score_round(pause);
        const bool can_stop = events_.is_cell_start(next_);
        const Pause asked = asked_by_any();
        if (asked == Pause::stop && can_stop) {
          if (has_added_) sink.keep(sums_, division_, events_.cell_of(next_));
          return false;
        }
        finish_round(singles);
        if (asked == Pause::save && next_ < events_.total() && events_.is_cell_start(next_))
          sink.keep(sums_, division_, events_.cell_of(next_));
      }
      sink.write(sums_, division_);
      begin_block();
    }
    return true;
  }

 private:
  /// Cost of a pair, in units of CellCosts, which are of one member.
  std::int64_t unit_cost(std::int64_t cell) const {
    return costs_[static_cast<std::size_t>(cell)].pair + limits_.of_pair.adding / plan_.members;
  }

  /// The cost of all that is to be done, for what is told of progress.
  void count_total() {
    const PairGenes costed(
        plan_.targets, index_.starts(), matrix_.genes(),
        [this](std::int64_t cell) { return unit_cost(cell); }, ranks_);
    total_ = dko::cost_of(work_, costed);
  }

  /// The next block of sums: first what was begun.
  void begin_block() {
    has_block_ = has_added_ = false;
    const bool is_begun = at_begun_ < work_.begun.size();
    auto& at = is_begun ? at_begun_ : at_range_;
    if (at == (is_begun ? work_.begun.size() : work_.firsts.size())) return;
    EventRange& left = is_begun ? work_.begun[at].firsts : work_.firsts[at];
    division_ = next_division(genes_, left, limits_, ranks_.size());
    events_ = BlockEvents(plan_, index_.starts(), genes_, division_.firsts());
    const EventRange own = division_.of(ranks_.rank());
    own_in_cells_ = PairsInCells(genes_, own);
    sums_.reset(own, genes_.count());
    next_ = 0;
    if (is_begun) {
      restore(work_.begun[at]);
      count_costs({0, next_});
    }
    left.first = division_.firsts().last;
    if (left.size() <= 0) ++at;
    has_block_ = true;
    std::ranges::fill(before_, 0);
    begin_round();
  }

  /// Collective. @throws CollectiveFailure of exit code 3 if the sums cannot be of these cells
  void restore(const BegunSums& begun) {
    on_every_rank(ranks_, [&] {
      if (begun.next_cell > matrix_.cells())
        throw InputError(
            fmt::format("sums that were saved are of {} cells or more, and the screen has {}: their "
                        "file is corrupt; without it, its part of the screen is done again",
                        begun.next_cell, matrix_.cells()));
      begun.restore(sums_);
    });
    next_ = events_.starts()[static_cast<std::size_t>(begun.next_cell)];
  }

  /// Collective.
  void begin_round() {
    is_scored_ = false;
    if (next_ < events_.total()) limit_ = limit_of_round();
  }

  /// Finds the pairs of the next events that this rank adds up, as many as it can hold; where they end on the
  /// rank where they end first. Collective.
  std::int64_t limit_of_round() {
    const std::int64_t own =
        find_own({next_, latest_end(events_, costs_, next_, limits_, ranks_.size(), plan_.members)});
    std::int64_t limit = 0;
    wait([&] { limit = -ranks_.max(-own); });
    return limit;
  }

  std::int64_t find_own(EventRange events) {
    own_.clear();
    std::int64_t held = 0;
    for (std::int64_t cell = events_.cell_of(events.first); cell < matrix_.cells(); ++cell) {
      if (events_.starts()[static_cast<std::size_t>(cell)] >= events.last) break;
      const EventRange pairs = own_of(cell, events);
      if (pairs.size() <= 0) continue;
      const std::int64_t room = limits_.scores - held;
      if (pairs.size() > room) {
        if (room > 0) own_.push_back({cell, {pairs.first, pairs.first + room}});
        return events_.event_of(cell, pairs.first + room);
      }
      own_.push_back({cell, pairs});
      held += pairs.size();
    }
    return events.last;
  }

  /// A cell's pairs of these events that this rank adds up.
  EventRange own_of(std::int64_t cell, EventRange events) const {
    const EventRange within = events_.within(cell, events);
    if (within.size() == 0) return {};
    const EventRange own = own_in_cells_.within(plan_.targets.of(cell));
    return {std::max(own.first, within.first), std::min(own.last, within.last)};
  }

  /// Shares the round out and scores this rank's part. Where it may be stopped, and is asked to, the round is
  /// left. Local.
  void score_round(const PauseCallback& pause) {
    if (options_.progress && done_ == 0) options_.progress(0, total_);
    round_ = plan_round(events_, costs_, {next_, limit_}, before_, limits_.scores, ranks_.size());
    while (!own_.empty()) {
      EventRange& last = own_.back().pairs;
      last = own_of(own_.back().cell, round_.events);
      if (last.size() > 0) break;
      own_.pop_back();
    }
    const bool can_stop = events_.is_cell_start(next_);
    // A rank without a share asks, too: a vote on stopping goes on only while all of them ask.
    asked_ = pause ? pause() : Pause::go_on;
    const std::int64_t of_round = cost_of(round_.events);
    std::int64_t of_share = 0;
    const auto go_on = [&](std::int64_t cost) {
      of_share += cost;
      if (options_.progress)
        options_.progress(std::min(done_ + of_share * ranks_.size(), done_ + of_round - 1), total_);
      if (pause) asked_ = std::max(asked_, pause());
      return asked_ != Pause::stop || !can_stop;
    };
    const double loading = scoring_.loading_seconds();
    scoring_.score(events_, division_, round_, own_, go_on);
    if (options_.loading_seconds != nullptr)
      *options_.loading_seconds += scoring_.loading_seconds() - loading;
    is_scored_ = true;
  }

  /// What some rank was asked for meanwhile. Collective.
  Pause asked_by_any() {
    auto asked = static_cast<std::int32_t>(asked_);
    wait([&] { asked = ranks_.max(asked); });
    return static_cast<Pause>(asked);
  }

  /// Cost of events of the block, as it is told.
  std::int64_t cost_of(EventRange events) const {
    std::int64_t cost = 0;
    for (std::int64_t cell = events.size() > 0 ? events_.cell_of(events.first) : matrix_.cells();
         cell < matrix_.cells() && events_.starts()[static_cast<std::size_t>(cell)] < events.last; ++cell)
      cost += unit_cost(cell) * events_.within(cell, events).size();
    return cost;
  }

  void count_costs(EventRange events) {
    done_ += cost_of(events);
    if (options_.progress) options_.progress(done_, total_);
  }

  /// Exchanges the scores of the round and adds them up. What ranks spend in that differs: they share out the
  /// next round accordingly, and do not wait for each other between. Collective.
  void finish_round(const ScoreViews& singles) {
    wait([&] { scoring_.exchange(); });
    const std::vector<CellPairs> received = std::move(own_);
    std::int64_t count = 0;
    for (const CellPairs& of_cell : received) count += of_cell.pairs.size();
    std::ranges::fill(before_, 0);
    before_[static_cast<std::size_t>(ranks_.rank())] = count * limits_.of_pair.adding / plan_.members;
    wait([&] { ranks_.sum(std::span(before_)); });
    next_ = round_.events.last;
    begin_round();
    adding_.add(received, scoring_, singles, sums_);
    count_costs(round_.events);
    has_added_ = true;
  }

  /// Notes the time that ranks wait for each other.
  template <class Work>
  void wait(Work work) {
    const Stopwatch watch;
    work();
    if (options_.waiting_seconds != nullptr && ranks_.size() > 1)
      *options_.waiting_seconds += watch.seconds();
  }

  const ScreenPlan& plan_;
  const RelativeProfiles& matrix_;
  PairSumsWork work_;
  const Communicator& ranks_;
  PairSumsOptions options_;
  PairIndex index_;
  std::vector<CellCosts> costs_;
  const PairGenes& genes_;
  PairSumsLimits limits_;
  PairScoring scoring_;
  PairAdding adding_;
  PairSums sums_;

  // The block at hand:
  bool has_block_ = false;
  std::size_t at_begun_ = 0;
  std::size_t at_range_ = 0;
  PairDivision division_;
  BlockEvents events_;
  PairsInCells own_in_cells_;
  bool has_added_ = false;  // more than was begun

  // The round at hand, which begins at next_ and ends at limit_ at most:
  std::int64_t next_ = 0;
  std::int64_t limit_ = 0;
  PairRound round_;
  std::vector<CellPairs> own_;
  bool is_scored_ = false;
  Pause asked_ = Pause::go_on;
  std::vector<std::int64_t> before_;  // what each rank has to do before it scores

  std::int64_t done_ = 0;  // cost
  std::int64_t total_ = 0;
};

PairSumsScreen::PairSumsScreen(const ScreenPlan& plan, const RelativeProfiles& profiles,
                               std::span<const CollapsedMapping> members, const PairGenes& genes,
                               PairSumsWork work, const Communicator& ranks, const PairSumsOptions& options)
    : state_(std::make_unique<State>(plan, profiles, members, genes, std::move(work), ranks, options)) {}

PairSumsScreen::~PairSumsScreen() = default;

void PairSumsScreen::score_ahead(const PendingEvents& before, const PauseCallback& pause) {
  state_->score_ahead(before, pause);
}

bool PairSumsScreen::run(const ScoreViews& singles, PairSumsSink& sink, const PauseCallback& pause) {
  return state_->run(singles, sink, pause);
}

}  // namespace dko
