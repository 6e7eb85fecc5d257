#include "dko/knockout/screen/pair_sums_screen.hpp"

#include <algorithm>
#include <numeric>
#include <optional>

#include "dko/base/stopwatch.hpp"
#include "dko/knockout/events/event_index.hpp"
#include "dko/knockout/kernels/ensemble_kernel.hpp"
#include "dko/knockout/score/cell_scores.hpp"
#include "dko/knockout/screen/screen_cells.hpp"
#include "dko/knockout/sharding/cost.hpp"
#include "knockout/sharding/screen_costs.hpp"
#include "score_buffer.hpp"

namespace dko {

namespace {

// Bytes that are scored before they are added up: the more cells at once, the less often sums are fetched
// from memory.
constexpr double most_of_scores = 1 << 30;
constexpr double part_of_scores = 0.25;  // of the memory

/// Cost of scoring a pair and adding it up.
std::int64_t cost_of_pair(const CellCosts& cell) {
  return cell.pair + cost_of_adding;
}

/// One stored score, and the places among the measures of what comes of it.
struct Column {
  Score score;
  std::size_t measure = 0;
  std::optional<std::size_t> interaction;
  std::vector<float> values;  // of the pairs that are still to be added
};

std::vector<Column> columns_of(const ScreenPlan& plan, const std::vector<Measure>& measures) {
  const auto place = [&](const Measure& measure) -> std::optional<std::size_t> {
    const auto found = std::find(measures.begin(), measures.end(), measure);
    if (found == measures.end()) return std::nullopt;
    return static_cast<std::size_t>(found - measures.begin());
  };
  std::vector<Column> columns;
  for (const Score score : every_score) {
    if (plan.doubles.has(score))
      columns.push_back({score, place({score, false}).value(), place({score, true}), {}});
  }
  return columns;
}

/// Pairs whose scores are held at once.
std::int64_t pairs_held(const ScreenPlan& plan, const PairGenes& genes) {
  const double bytes = std::min(plan.keeping.memory * part_of_scores, most_of_scores);
  const auto scores = static_cast<double>(plan.doubles.count());
  return std::max({std::int64_t{1}, genes.most_targets(),
                   static_cast<std::int64_t>(bytes / sizeof(float) / std::max(1.0, scores))});
}

double bytes_held(const ScreenPlan& plan, const PairGenes& genes) {
  return static_cast<double>(plan.doubles.count() * pairs_held(plan, genes)) * sizeof(float);
}

/// Rows of one cell that are scored and still to be added.
struct CellRows {
  std::int64_t cell;
  std::vector<std::int32_t> places;  // of all its targets
  EventRange rows;
  std::size_t start;  // of their scores among those held
};

class PairSumsScreen {
 public:
  PairSumsScreen(const ScreenPlan& plan, const RelativeProfiles& matrix,
                 std::span<const CollapsedMapping> members, const ScoreViews& singles,
                 const PairSumsOptions& options)
      : plan_(plan),
        matrix_(matrix),
        singles_(singles),
        options_(options),
        index_(matrix, plan.targets),
        costs_(costs_of_plan(plan, matrix, cell_costs(matrix, members))),
        genes_(plan.targets, index_.starts(), matrix.genes(),
               [this](std::int64_t cell) { return cost_of_pair(cell); }),
        cells_(plan, matrix),
        kernel_(members, plan.instructions, plan.base),
        sums_(summed_measures(plan)),
        columns_(columns_of(plan, summed_measures(plan))),
        most_held_(pairs_held(plan, genes_)) {
    kernel_.set_direction(plan.along());
    kernel_.set_presence(plan.presence);
  }

  bool run(PairSumsWork work, std::int64_t shard, std::int64_t shards, PairSumsSink& sink) {
    const std::vector<EventRange> share = genes_.share(work.firsts, shard, shards);
    for (const EventRange& range : share) total_ += genes_.cost(range);
    for (const BegunSums& begun : work.begun) total_ += genes_.cost(begun.sums.firsts());
    for (BegunSums& begun : work.begun) {
      sums_ = std::move(begun.sums);
      if (!add_cells(begun.next_cell, sink)) return false;
    }
    const double memory = plan_.keeping.memory - bytes_held(plan_, genes_);
    for (const EventRange& range : share) {
      for (EventRange block{range.first, range.first}; block.last < range.last; block.first = block.last) {
        block.last = genes_.end_of_block(block.first, range.last, static_cast<double>(sums_.bytes()), memory);
        sums_.reset(block.first, block.last, genes_.count());
        if (!add_cells(0, sink)) return false;
      }
    }
    return true;
  }

 private:
  std::int64_t cost_of_pair(std::int64_t cell) const {
    return dko::cost_of_pair(costs_[static_cast<std::size_t>(cell)]);
  }

  /// Adds the cells of the current block of sums, from this cell on.
  bool add_cells(std::int64_t cell, PairSumsSink& sink) {
    const EventRange block = sums_.firsts();
    for (; cell < matrix_.cells(); ++cell) {
      if (const Pause pause = options_.pause ? options_.pause() : Pause::go_on; pause != Pause::go_on) {
        add_held(block);
        sink.keep(sums_, cell);
        if (pause == Pause::stop) return false;
      }
      if (has_pairs(index_.starts(), cell)) score_cell(cell, block);
    }
    add_held(block);
    sink.write(sums_);
    return true;
  }

  void score_cell(std::int64_t cell, EventRange block) {
    genes_.places_of(plan_.targets.of(cell), places_);
    const EventRange rows = rows_of(places_, block);
    if (rows.size() <= 0) return;
    const Stopwatch watch;
    const KernelCell intact = cells_.of_targets(cell);
    kernel_.load(intact);
    if (options_.loading_seconds != nullptr) *options_.loading_seconds += watch.seconds();
    positions_of(plan_.targets.of(cell), intact, positions_);
    // No more at once than a full screen scores: members of an ensemble hold theirs beside.
    const std::int64_t most = std::min(most_held_, static_cast<std::int64_t>(scores_per_write));
    for (std::int64_t row = rows.first; row < rows.last;) {
      const std::int64_t to = end_of_rows(std::ssize(places_), row, rows.last, most);
      score_rows(cell, {row, to}, block);
      row = to;
    }
  }

  void score_rows(std::int64_t cell, EventRange rows, EventRange block) {
    const std::int64_t m = std::ssize(places_);
    const EventRange pairs{PairIndex::row_start(m, rows.first), PairIndex::row_start(m, rows.last)};
    if (held_ > 0 && static_cast<std::int64_t>(held_) + pairs.size() > most_held_) add_held(block);
    const auto count = static_cast<std::size_t>(pairs.size());
    ScoreSpans spans;
    for (Column& column : columns_) {
      column.values.resize(held_ + count);
      spans[column.score] = std::span(column.values).last(count);
    }
    kernel_.pair_scores(positions_, pairs, spans);
    waiting_.push_back({cell, places_, rows, held_});
    held_ += count;
    done_ += cost_of_pair(cell) * pairs.size();
    if (options_.progress) options_.progress(done_, total_);
  }

  /// First gene by first gene, and for each cell by cell: the sums of one first gene stay in the cache
  /// meanwhile. A pair sees its cells in their order.
  void add_held(EventRange block) {
    for (std::int64_t first = block.first; first < block.last; ++first) {
      for (CellRows& rows : waiting_) {
        if (rows.rows.size() == 0 || rows.places[static_cast<std::size_t>(rows.rows.first)] != first)
          continue;
        add_row(rows);
        ++rows.rows.first;
      }
    }
    waiting_.clear();
    held_ = 0;
    for (Column& column : columns_) column.values.clear();
  }

  void add_row(CellRows& rows) {
    const auto row = static_cast<std::size_t>(rows.rows.first);
    const auto seconds = std::span<const std::int32_t>(rows.places).subspan(row + 1);
    sums_.add_cell(rows.places[row], seconds);
    const auto before =
        static_cast<std::size_t>(plan_.targets.starts()[static_cast<std::size_t>(rows.cell)]) + row;
    for (const Column& column : columns_) {
      const auto values = std::span<const float>(column.values).subspan(rows.start, seconds.size());
      sums_.add(column.measure, [=](std::size_t at) { return values[at]; });
      if (!column.interaction) continue;
      const float* const singles = singles_[column.score].data() + before;
      interactions_.resize(seconds.size());
      interactions_of_row(values, *singles, singles + 1, interactions_.data());
      sums_.add(*column.interaction,
                [of_pairs = interactions_.data()](std::size_t at) { return of_pairs[at]; });
    }
    rows.start += seconds.size();
  }

  const ScreenPlan& plan_;
  const RelativeProfiles& matrix_;
  const ScoreViews& singles_;
  const PairSumsOptions& options_;
  PairIndex index_;
  std::vector<CellCosts> costs_;
  PairGenes genes_;
  ScreenCells cells_;
  EnsembleKernel kernel_;
  PairSums sums_;
  std::vector<Column> columns_;
  std::int64_t most_held_;
  std::vector<std::int32_t> places_;     // of the targets of the loaded cell
  std::vector<std::int32_t> positions_;  // and where they are among its expressed genes
  std::vector<CellRows> waiting_;
  std::size_t held_ = 0;             // pairs
  std::vector<float> interactions_;  // of one row
  std::int64_t done_ = 0;            // cost
  std::int64_t total_ = 0;
};

}  // namespace

std::vector<Measure> summed_measures(const ScreenPlan& plan) {
  std::vector<Measure> measures;
  for (const MeasureName& name : measure_names) {
    const Measure& measure = name.measure;
    if (!plan.doubles.has(measure.score)) continue;
    if (!measure.is_interaction || plan.singles.has(measure.score)) measures.push_back(measure);
  }
  return measures;
}

PairGenes pair_genes(const ScreenPlan& plan, const ExpressionMatrix& matrix) {
  return {plan.targets, PairIndex(matrix, plan.targets).starts(), matrix.genes(),
          [&](std::int64_t cell) { return matrix.expressed_count(cell); }};
}

double least_sums_memory(const ScreenPlan& plan, const PairGenes& genes) {
  const double of_sums =
      static_cast<double>(PairSums(summed_measures(plan)).bytes()) * static_cast<double>(genes.count());
  const double of_rows = static_cast<double>(
      sizeof(float) * static_cast<std::size_t>(plan.doubles.count() * genes.most_targets()));
  return std::max(of_sums / (1 - part_of_scores), of_sums + of_rows) + 64;
}

double most_sums_memory(const ScreenPlan& plan, const PairGenes& genes, std::int64_t pairs) {
  const auto k = static_cast<double>(genes.count());
  const double of_sums = static_cast<double>(PairSums(summed_measures(plan)).bytes()) * k * (k - 1) / 2;
  const double of_pairs =
      sizeof(float) * static_cast<double>(plan.doubles.count()) * static_cast<double>(pairs);
  constexpr double growing = 2;  // arrays double
  return std::max(of_sums + std::min(growing * of_pairs, most_of_scores), least_sums_memory(plan, genes));
}

std::vector<std::int64_t> pair_sums_costs(const ScreenPlan& plan, const ExpressionMatrix& matrix,
                                          std::span<const CellCosts> cells, std::int64_t shards) {
  const PairIndex index(matrix, plan.targets);
  const PairGenes genes(plan.targets, index.starts(), matrix.genes(), [&](std::int64_t cell) {
    return cost_of_pair(cells[static_cast<std::size_t>(cell)]);
  });
  std::vector<std::int64_t> loads(static_cast<std::size_t>(genes.count()), 0);  // of the cells of each gene
  std::int64_t of_all_cells = 0;
  std::vector<std::int32_t> places;
  for (std::int64_t cell = 0; cell < matrix.cells(); ++cell) {
    if (!has_pairs(index.starts(), cell)) continue;
    const std::int64_t load = cells[static_cast<std::size_t>(cell)].load;
    of_all_cells += load;
    genes.places_of(plan.targets.of(cell), places);
    places.pop_back();  // the first gene of no pair
    for (const std::int32_t place : places) loads[static_cast<std::size_t>(place)] += load;
  }
  const auto bytes_of_pair = static_cast<double>(PairSums(summed_measures(plan)).bytes());
  const double memory = plan.keeping.memory - bytes_held(plan, genes);
  std::vector<std::int64_t> costs;
  for (std::int64_t shard = 0; shard < shards; ++shard) {
    const EventRange share = genes.share(shard, shards);
    std::int64_t cost = genes.cost(share);
    for (EventRange block{share.first, share.first}; block.last < share.last; block.first = block.last) {
      block.last = genes.end_of_block(block.first, share.last, bytes_of_pair, memory);
      const auto own = std::span(loads).subspan(static_cast<std::size_t>(block.first),
                                                static_cast<std::size_t>(block.size()));
      cost += std::min(of_all_cells, std::accumulate(own.begin(), own.end(), std::int64_t{0}));
    }
    costs.push_back(cost);
  }
  return costs;
}

bool screen_pair_sums(const ScreenPlan& plan, const RelativeProfiles& profiles,
                      std::span<const CollapsedMapping> members, const ScoreViews& singles, PairSumsWork work,
                      std::int64_t shard, std::int64_t shards, PairSumsSink& sink,
                      const PairSumsOptions& options) {
  return PairSumsScreen(plan, profiles, members, singles, options).run(std::move(work), shard, shards, sink);
}

}  // namespace dko
