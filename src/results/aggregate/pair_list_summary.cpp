#include "pair_list_summary.hpp"

#include <fmt/format.h>

#include "best_rows.hpp"
#include "dko/base/error.hpp"
#include "dko/base/parameter.hpp"
#include "dko/base/text.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/results/score_reader.hpp"
#include "listed_pairs.hpp"
#include "moments.hpp"
#include "summary_measures.hpp"

namespace dko {

namespace {

/// One row a pair, without values.
std::vector<KnockoutSummary> rows_of(const std::vector<ListedPair>& events) {
  std::vector<KnockoutSummary> rows;
  for (std::size_t at = 0; at < events.size(); ++at) {
    if (at == 0 || !events[at].is_of_same_pair(events[at - 1]))
      rows.emplace_back().genes = {events[at].first, events[at].second};
    ++rows.back().cells;
  }
  return rows;
}

template <class Value>
OverCells add_up(const Measure& measure, std::int64_t cells, Value value) {
  Moments moments;
  std::int64_t above = 0;
  std::int64_t below = 0;
  for (std::int64_t cell = 0; cell < cells; ++cell) {
    const auto x = static_cast<double>(value(cell));
    moments.add(x);
    above += x > 0 ? 1 : 0;
    below += x < 0 ? 1 : 0;
  }
  return over_cells(measure, moments.count, moments.mean, moments.squares, above, below);
}

void require_room(const ScreenReader& screen, double memory) {
  const auto events = static_cast<double>(screen.events(ScoreArray::list));
  const double bytes = events * (sizeof(ListedPair) + sizeof(float) + sizeof(KnockoutSummary));
  if (bytes <= memory) return;
  throw UsageError(fmt::format("{}: the summary of {} listed pairs needs {} and {} are allowed",
                               parameter("memory"), with_thousands(screen.events(ScoreArray::list)),
                               human_bytes(bytes), human_bytes(memory)));
}

}  // namespace

SummaryTable summarize_pair_list(const ScreenReader& screen, const RankBy& by, std::int64_t count,
                                 double memory, const Communicator& ranks, const CellsOfGroup& within) {
  SummaryTable table = empty_table(screen, ScoreArray::list, by);
  on_root(ranks, [&] {
    require_room(screen, memory);
    std::vector<ListedPair> events = sorted_list(screen);
    std::erase_if(events, [&](const ListedPair& event) { return !within.has(event.cell); });
    table.rows = rows_of(events);
    table.total = std::ssize(table.rows);
    std::vector<float> values(static_cast<std::size_t>(screen.events(ScoreArray::list)));
    for (std::size_t measure = 0; measure < table.measures.size(); ++measure) {
      ScoreReader(screen, ScoreArray::list, table.measures[measure]).read(0, values);
      std::size_t first = 0;
      for (KnockoutSummary& row : table.rows) {
        row.of[measure] = add_up(table.measures[measure], row.cells, [&](std::int64_t cell) {
          const ListedPair& event = events[first + static_cast<std::size_t>(cell)];
          return values[static_cast<std::size_t>(event.number)];
        });
        first += static_cast<std::size_t>(row.cells);
      }
    }
    rank_rows(table, by);
    if (std::ssize(table.rows) > count) table.rows.resize(static_cast<std::size_t>(count));
  });
  ranks.broadcast(table.total);
  ranks.broadcast(table.left_out);
  return table;
}

}  // namespace dko
