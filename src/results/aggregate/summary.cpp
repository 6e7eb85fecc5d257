#include "dko/results/aggregate/summary.hpp"

#include <algorithm>

#include "best_rows.hpp"
#include "dko/results/score_reader.hpp"
#include "moments.hpp"
#include "stored_summary.hpp"
#include "summary_measures.hpp"

namespace dko {

namespace {

// As many parts of the events whatever the number of ranks: what is put together from them has the same bits.
constexpr std::int64_t parts = 32;

/// One measure of all genes over the events of one part.
std::vector<Moments> moments_of_part(const ScreenReader& screen, const Measure& measure, std::int64_t part) {
  const std::int64_t events = screen.events(ScoreArray::singles);
  const EventRange range{events * part / parts, events * (part + 1) / parts};
  std::vector<Moments> moments(screen.gene_names().size());
  ScoreStream scores(screen, ScoreArray::singles, measure, range);
  const auto genes = screen.targets().genes();
  for (std::int64_t event = range.first; event < range.last; ++event) {
    const auto gene = static_cast<std::size_t>(genes[static_cast<std::size_t>(event)]);
    moments[gene].add(static_cast<double>(scores.next()));
  }
  return moments;
}

/// The same over all events, on rank 0.
std::vector<Moments> moments_of_genes(const ScreenReader& screen, const Measure& measure,
                                      const Communicator& ranks) {
  const std::size_t genes = screen.gene_names().size();
  std::vector<double> own;
  const RankShare share = ranks.share_of(parts);
  for (std::int64_t part = share.first; part < share.last; ++part) {
    for (const Moments& moments : moments_of_part(screen, measure, part))
      own.insert(own.end(), {moments.count, moments.mean, moments.squares});
  }
  const auto all = ranks.gather(std::span<const double>(own)).or_empty();
  std::vector<Moments> sums(genes);
  for (std::size_t at = 0; at < all.size(); at += 3)
    sums[at / 3 % genes].add(Moments{all[at], all[at + 1], all[at + 2]});
  return sums;
}

/// The network part of a gene whose absence cannot be seen is unknown: it must not stand among true zeros.
void visible_first(std::vector<KnockoutSummary>& rows, const std::vector<GeneVisibility>& visibility) {
  if (visibility.empty()) return;
  std::stable_partition(rows.begin(), rows.end(), [&](const KnockoutSummary& row) {
    return is_visible(visibility[static_cast<std::size_t>(row.genes[0])]);
  });
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

SummaryTable empty_table(const ScreenReader& screen, ScoreArray array, const Measure& by) {
  SummaryTable table;
  table.measures = summarized_measures(screen, array);
  const auto found = std::find(table.measures.begin(), table.measures.end(), by);
  table.by = static_cast<std::size_t>(found - table.measures.begin());
  return table;
}

SummaryTable summarize_genes(const ScreenReader& screen, const Measure& by, std::int64_t count,
                             const Communicator& ranks) {
  SummaryTable table = empty_table(screen, ScoreArray::singles, by);
  std::vector<KnockoutSummary> rows(screen.gene_names().size());
  for (std::size_t at = 0; at < table.measures.size(); ++at) {
    const std::vector<Moments> moments = moments_of_genes(screen, table.measures[at], ranks);
    for (std::size_t gene = 0; gene < rows.size(); ++gene) {
      rows[gene].genes[0] = static_cast<std::int32_t>(gene);
      rows[gene].cells = static_cast<std::int64_t>(moments[gene].count);
      rows[gene].of[at] = {moments[gene].mean, static_cast<float>(moments[gene].sd()), 0};
    }
  }
  std::erase_if(rows, [](const KnockoutSummary& row) { return row.cells == 0; });
  table.total = std::ssize(rows);
  ranks.broadcast(table.total);
  std::sort(rows.begin(), rows.end(), RowOrder(table.measures, table.by));
  if (by == Measure{Score::network, false}) visible_first(rows, screen.visibility());
  if (std::ssize(rows) > count) rows.resize(static_cast<std::size_t>(count));
  table.rows = std::move(rows);
  return table;
}

}  // namespace dko
