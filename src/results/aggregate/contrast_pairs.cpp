#include <fmt/format.h>

#include <algorithm>

#include "comparison.hpp"
#include "dko/base/error.hpp"
#include "dko/base/parameter.hpp"
#include "dko/base/text.hpp"
#include "dko/knockout/screen/pair_genes.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/results/aggregate/contrast.hpp"
#include "dko/results/aggregate/pair_summary.hpp"
#include "dko/results/score_reader.hpp"
#include "listed_pairs.hpp"

namespace dko {

namespace {

void require_memory(const char* what, double needed, double has) {
  if (needed <= has) return;
  throw UsageError(
      fmt::format("{}: the contrasts of pairs need {} for {} on each rank, and half of {} is for "
                  "that: give it more, or keep fewer pairs in the screen",
                  parameter("memory"), human_bytes(needed), what, human_bytes(2 * has)));
}

/// The pairs of ranges of first genes, in the cells of groups that are compared.
class PairsByGene {
 public:
  PairsByGene(const ScreenReader& screen, const CellGroups& groups, const Comparison& comparison)
      : screen_(screen),
        groups_(groups),
        comparison_(comparison),
        genes_(screen.targets(), screen.pair_starts(), std::ssize(screen.gene_names()),
               [](std::int64_t) { return 1; }) {}

  const PairGenes& genes() const { return genes_; }

  double bytes(EventRange firsts) const {
    return GroupedValues::value_bytes * static_cast<double>(genes_.cost(firsts)) +
           GroupedValues::place_bytes *
               static_cast<double>(PairIndex::row_start(genes_.count(), firsts.last) -
                                   PairIndex::row_start(genes_.count(), firsts.first));
  }

  /// The end of the first genes from `from` on, before `last`, whose values fit into `bytes`; one at least.
  std::int64_t end_of_block(std::int64_t from, std::int64_t last, double most) const {
    std::int64_t to = from + 1;
    while (to < last && bytes({from, to + 1}) <= most) ++to;
    return to;
  }

  /// Values of each pair, row by row.
  std::vector<std::int64_t> counts(EventRange firsts) {
    std::vector<std::int64_t> counts(static_cast<std::size_t>(number(firsts, firsts.last, firsts.last + 1)));
    for_each(firsts, [&](std::int64_t, std::int64_t, std::size_t pair, std::int64_t) { ++counts[pair]; });
    return counts;
  }

  /// Their values of a measure, in the order of cells; of each cell one contiguous piece is read.
  void read(EventRange firsts, const Measure& measure, GroupedValues& values) {
    ScoreReader reader(screen_, ScoreArray::pairs, measure);
    std::vector<float> scores;
    for_each(
        firsts,
        [&](std::int64_t cell, std::int64_t, std::size_t pair, std::int64_t event) {
          values.add(pair, scores[static_cast<std::size_t>(event)], group_of(cell));
        },
        [&](std::int64_t first, std::int64_t count) {
          scores.resize(static_cast<std::size_t>(count));
          reader.read(first, scores);
        });
  }

 private:
  std::int32_t group_of(std::int64_t cell) const { return groups_.of_cells[static_cast<std::size_t>(cell)]; }

  /// Number of the pair of places a < b among those of the firsts.
  std::int64_t number(EventRange firsts, std::int64_t a, std::int64_t b) const {
    return PairIndex::row_start(genes_.count(), a) - PairIndex::row_start(genes_.count(), firsts.first) + b -
           a - 1;
  }

  /// Calls begin(first event, events) for every cell, and visit(cell, first gene's place, pair, event from
  /// there) for each of its events.
  template <class Visit, class Begin>
  void for_each(EventRange firsts, Visit visit, Begin begin) {
    for (std::int64_t cell = 0; cell < screen_.targets().cells(); ++cell) {
      if (!has_pairs(screen_.pair_starts(), cell) || !comparison_.needs(group_of(cell))) continue;
      genes_.places_of(screen_.targets().of(cell), places_);
      const std::int64_t m = std::ssize(places_);
      const EventRange rows = rows_of(places_, firsts);
      const std::int64_t from = PairIndex::row_start(m, rows.first);
      const std::int64_t count = PairIndex::row_start(m, rows.last) - from;
      if (count == 0) continue;
      begin(screen_.pair_starts()[static_cast<std::size_t>(cell)] + from, count);
      std::int64_t event = 0;
      for (std::int64_t row = rows.first; row < rows.last; ++row) {
        const std::int64_t a = places_[static_cast<std::size_t>(row)];
        for (std::int64_t other = row + 1; other < m; ++other, ++event)
          visit(cell, a,
                static_cast<std::size_t>(number(firsts, a, places_[static_cast<std::size_t>(other)])), event);
      }
    }
  }
  template <class Visit>
  void for_each(EventRange firsts, Visit visit) {
    for_each(firsts, visit, [](std::int64_t, std::int64_t) {});
  }

  const ScreenReader& screen_;
  const CellGroups& groups_;
  const Comparison& comparison_;
  PairGenes genes_;
  std::vector<std::int32_t> places_;  // of the targets of the cell
};

/// Rows of a block of first genes.
void compare_block(PairsByGene& pairs, EventRange firsts, const ContrastOptions& options,
                   Comparison& comparison, std::vector<ContrastTable>& tables) {
  GroupedValues values;
  values.reset(pairs.counts(firsts));
  std::vector<std::size_t> begun;
  for (const ContrastTable& table : tables) begun.push_back(table.rows.size());
  const std::vector<std::int32_t>& names = pairs.genes().genes();
  for (std::size_t measure = 0; measure < tables.front().measures.size(); ++measure) {
    if (measure > 0) values.restart();
    pairs.read(firsts, tables.front().measures[measure], values);
    std::vector<std::size_t> at = begun;
    std::size_t pair = 0;
    for (std::int64_t a = firsts.first; a < firsts.last; ++a) {
      for (std::int64_t b = a + 1; b < pairs.genes().count(); ++b, ++pair) {
        if (values.of(pair).empty()) continue;
        comparison.take(values.of(pair));
        add_measure(comparison, measure,
                    {names[static_cast<std::size_t>(a)], names[static_cast<std::size_t>(b)]},
                    options.least_cells, tables, at);
      }
    }
  }
}

/// All pairs, shared by the ranks.
void compare_all(const ScreenReader& screen, const CellGroups& groups, const ContrastOptions& options,
                 Comparison& comparison, std::vector<ContrastTable>& tables, const Communicator& ranks,
                 const ProgressCallback& progress) {
  PairsByGene pairs(screen, groups, comparison);
  const EventRange share = pairs.genes().share(ranks.rank(), ranks.size());
  const double most = options.memory / 2;
  on_every_rank(ranks, [&] {
    require_memory("their rows",
                   sizeof(ContrastRow) * static_cast<double>(pairs.genes().most_pairs()) *
                       static_cast<double>(tables.size()),
                   most);
    for (std::int64_t first = share.first; first < share.last; ++first)
      require_memory("the values of the pairs of one gene", pairs.bytes({first, first + 1}), most);
  });
  for (EventRange block{share.first, share.first}; block.first < share.last; block.first = block.last) {
    block.last = pairs.end_of_block(block.first, share.last, most);
    compare_block(pairs, block, options, comparison, tables);
    if (progress) progress(pairs.genes().cost({share.first, block.last}), pairs.genes().cost(share));
  }
}

/// The pairs of a list, on one rank.
void compare_list(const ScreenReader& screen, const CellGroups& groups, const ContrastOptions& options,
                  Comparison& comparison, std::vector<ContrastTable>& tables) {
  const auto listed = static_cast<double>(screen.events(ScoreArray::list));
  require_memory("a list", listed * (sizeof(ListedPair) + sizeof(float) + GroupedValues::value_bytes),
                 options.memory / 2);
  std::vector<ListedPair> events = sorted_list(screen);
  const auto group_of = [&](const ListedPair& event) {
    return groups.of_cells[static_cast<std::size_t>(event.cell)];
  };
  std::erase_if(events, [&](const ListedPair& event) { return !comparison.needs(group_of(event)); });
  std::vector<float> scores(static_cast<std::size_t>(screen.events(ScoreArray::list)));
  for (std::size_t measure = 0; measure < tables.front().measures.size(); ++measure) {
    ScoreReader(screen, ScoreArray::list, tables.front().measures[measure]).read(0, scores);
    std::vector<std::size_t> at(tables.size(), 0);
    std::vector<SampledValue> values;
    for (std::size_t event = 0; event < events.size(); ++event) {
      values.push_back({scores[static_cast<std::size_t>(events[event].number)], group_of(events[event])});
      if (event + 1 < events.size() && events[event + 1].is_of_same_pair(events[event])) continue;
      comparison.take(values);
      add_measure(comparison, measure, {events[event].first, events[event].second}, options.least_cells,
                  tables, at);
      values.clear();
    }
  }
}

}  // namespace

std::vector<ContrastTable> contrast_pairs(const ScreenReader& screen, const CellGroups& groups,
                                          const std::vector<Contrast>& contrasts, const Measure& by,
                                          const ContrastOptions& options, const Communicator& ranks,
                                          const ProgressCallback& progress) {
  const ScoreArray array = pairs_of(screen).value();
  std::vector<ContrastTable> tables = empty_contrasts(screen, array, contrasts, by);
  if (tables.empty()) return tables;
  Comparison comparison(groups.count(), contrasts, screen.path());
  if (array == ScoreArray::list)
    on_root(ranks, [&] { compare_list(screen, groups, options, comparison, tables); });
  else
    compare_all(screen, groups, options, comparison, tables, ranks, progress);
  for (ContrastTable& table : tables) finish_table(table, ranks);
  return tables;
}

}  // namespace dko
