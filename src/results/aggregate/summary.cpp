#include "dko/results/aggregate/summary.hpp"

#include <algorithm>

#include "best_rows.hpp"
#include "dko/knockout/events/event_index.hpp"
#include "dko/results/score_reader.hpp"
#include "moments.hpp"
#include "results/visible_first.hpp"
#include "stored_summary.hpp"
#include "summary_measures.hpp"

namespace dko {

namespace {

// As many parts of the events whatever the number of ranks: what is put together from them has the same bits.
constexpr std::int64_t parts = 32;

/// Groups [first, last) of the cells; without `all`, all cells are one group.
struct GroupRange {
  const CellGroups* all = nullptr;
  std::int32_t first = 0;
  std::int32_t last = 1;

  std::size_t count() const { return static_cast<std::size_t>(last - first); }
  /// −1 of cells in none of these.
  std::int32_t place_of(std::int64_t cell) const {
    if (all == nullptr) return 0;
    const std::int32_t group = all->of_cells[static_cast<std::size_t>(cell)];
    return group >= first && group < last ? group - first : -1;
  }
};

/// One measure of all genes over the events of one part, group by group.
std::vector<Moments> moments_of_part(const ScreenReader& screen, const Measure& measure, std::int64_t part,
                                     const GroupRange& groups) {
  const std::int64_t events = screen.events(ScoreArray::singles);
  const EventRange range{events * part / parts, events * (part + 1) / parts};
  const std::size_t count = screen.gene_names().size();
  std::vector<Moments> moments(groups.count() * count);
  ScoreStream scores(screen, ScoreArray::singles, measure, range);
  const auto genes = screen.targets().genes();
  const auto starts = screen.targets().starts();
  std::int64_t event = range.first;
  for (std::int64_t cell = event < range.last ? cell_of_event(starts, event) : 0; event < range.last;
       ++cell) {
    const std::int64_t last = std::min(range.last, starts[static_cast<std::size_t>(cell) + 1]);
    const std::int32_t group = groups.place_of(cell);
    Moments* const of_group = group < 0 ? nullptr : moments.data() + static_cast<std::size_t>(group) * count;
    for (; event < last; ++event) {
      const auto score = static_cast<double>(scores.next());
      if (of_group != nullptr) of_group[genes[static_cast<std::size_t>(event)]].add(score);
    }
  }
  return moments;
}

/// The same over all events, on rank 0.
std::vector<Moments> moments_of_genes(const ScreenReader& screen, const Measure& measure,
                                      const Communicator& ranks, const GroupRange& groups) {
  const std::size_t places = groups.count() * screen.gene_names().size();
  std::vector<double> own;
  const RankShare share = ranks.share_of(parts);
  for (std::int64_t part = share.first; part < share.last; ++part) {
    for (const Moments& moments : moments_of_part(screen, measure, part, groups))
      own.insert(own.end(), {moments.count, moments.mean, moments.squares});
  }
  const auto all = ranks.gather(std::span<const double>(own)).or_empty();
  std::vector<Moments> sums(places);
  for (std::size_t at = 0; at < all.size(); at += 3)
    sums[at / 3 % places].add(Moments{all[at], all[at + 1], all[at + 2]});
  return sums;
}

/// Bytes that rank 0 needs for one group: its parts, gathered and put together, and its rows.
double bytes_of_group(const ScreenReader& screen) {
  return static_cast<double>(screen.gene_names().size()) *
         ((2 * parts + 1) * sizeof(Moments) + sizeof(KnockoutSummary));
}

}  // namespace

std::vector<Measure> summarized_measures(const ScreenReader& screen, ScoreArray array) {
  if (array == ScoreArray::pairs && !screen.has(array) && screen.has_summary())
    return stored_summary_measures(screen);
  std::vector<Measure> measures = screen.measures(array);
  if (array == ScoreArray::singles) return measures;
  // Pairs have scores and what follows from them only: the share of a pair is that of its genes.
  std::erase_if(measures, [](const Measure& measure) {
    return !is_deviation(measure.score) &&
           std::find(mean_scores.begin(), mean_scores.end(), measure.score) == mean_scores.end();
  });
  return measures;
}

SummaryTable empty_table(const ScreenReader& screen, ScoreArray array, const RankBy& by) {
  SummaryTable table;
  table.measures = summarized_measures(screen, array);
  const auto found = std::find(table.measures.begin(), table.measures.end(), static_cast<const Measure&>(by));
  table.by = static_cast<std::size_t>(found - table.measures.begin());
  table.lowest = by.lowest;
  return table;
}

namespace {

/// The tables of some groups.
std::vector<SummaryTable> tables_of(const ScreenReader& screen, const GroupRange& groups, const RankBy& by,
                                    std::int64_t count, const Communicator& ranks) {
  const std::size_t genes = screen.gene_names().size();
  std::vector<SummaryTable> tables(groups.count(), empty_table(screen, ScoreArray::singles, by));
  for (SummaryTable& table : tables) table.rows.resize(genes);
  for (std::size_t at = 0; at < tables.front().measures.size(); ++at) {
    const auto moments = moments_of_genes(screen, tables.front().measures[at], ranks, groups);
    for (std::size_t place = 0; place < moments.size(); ++place) {
      KnockoutSummary& row = tables[place / genes].rows[place % genes];
      row.genes[0] = static_cast<std::int32_t>(place % genes);
      row.cells = static_cast<std::int64_t>(moments[place].count);
      row.of[at] = {moments[place].mean, static_cast<float>(moments[place].sd()), 0};
    }
  }
  for (SummaryTable& table : tables) {
    std::erase_if(table.rows, [](const KnockoutSummary& row) { return row.cells == 0; });
    table.total = std::ssize(table.rows);
    rank_rows(table, by);
    ranks.broadcast(table.total);
    ranks.broadcast(table.left_out);
    visible_first(table.rows, by, screen.visibility());
    if (std::ssize(table.rows) > count) table.rows.resize(static_cast<std::size_t>(count));
  }
  return tables;
}

}  // namespace

SummaryTable summarize_genes(const ScreenReader& screen, const RankBy& by, std::int64_t count,
                             const Communicator& ranks) {
  return tables_of(screen, {}, by, count, ranks).front();
}

std::vector<SummaryTable> summarize_genes_by_group(const ScreenReader& screen, const CellGroups& groups,
                                                   const RankBy& by, std::int64_t count, double memory,
                                                   const Communicator& ranks) {
  const auto at_once =
      static_cast<std::int32_t>(std::clamp(memory / bytes_of_group(screen), 1.0, double{most_labels_kept}));
  std::vector<SummaryTable> tables;
  for (std::int32_t first = 0; first < groups.count(); first += at_once) {
    const GroupRange range{&groups, first, std::min(first + at_once, groups.count())};
    for (SummaryTable& table : tables_of(screen, range, by, count, ranks)) tables.push_back(std::move(table));
  }
  return tables;
}

}  // namespace dko
