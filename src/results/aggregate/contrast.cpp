#include "dko/results/aggregate/contrast.hpp"

#include <algorithm>

#include "comparison.hpp"
#include "dko/knockout/events/event_index.hpp"
#include "dko/results/score_reader.hpp"
#include "results/visible_first.hpp"

namespace dko {

namespace {

constexpr std::int64_t largest_read = std::int64_t{1} << 18;  // scores at once

/// Single knockouts of ranges of genes, in the cells of groups that are compared.
class SinglesByGene {
 public:
  SinglesByGene(const ScreenReader& screen, const CellGroups& groups, const Comparison& comparison)
      : screen_(screen), groups_(groups), comparison_(comparison) {
    counts_.resize(screen.gene_names().size(), 0);
    for (std::int64_t cell = 0; cell < screen.targets().cells(); ++cell) {
      if (!comparison.needs(group_of(cell))) continue;
      for (const std::int32_t gene : screen.targets().of(cell)) ++counts_[static_cast<std::size_t>(gene)];
    }
  }

  /// The genes of a rank: about as many values as any other has.
  EventRange share(std::int64_t rank, std::int64_t ranks) const {
    std::int64_t total = 0;
    for (const std::int64_t count : counts_) total += count;
    const auto bound = [&](std::int64_t at) {
      std::int64_t gene = 0;
      std::int64_t before = 0;
      for (; gene < std::ssize(counts_) && before < total / ranks * at + total % ranks * at / ranks; ++gene)
        before += counts_[static_cast<std::size_t>(gene)];
      return at == ranks ? std::ssize(counts_) : gene;
    };
    return {bound(rank), bound(rank + 1)};
  }

  /// The end of the genes from `from` on, before `last`, whose values fit into `bytes`; one gene at least.
  std::int64_t end_of_block(std::int64_t from, std::int64_t last, double bytes) const {
    double held = 0;
    std::int64_t to = from;
    do {
      held += GroupedValues::place_bytes +
              GroupedValues::value_bytes * static_cast<double>(counts_[static_cast<std::size_t>(to)]);
    } while (++to < last && held < bytes);
    return to;
  }

  std::vector<std::int64_t> counts(EventRange genes) const {
    return {counts_.begin() + genes.first, counts_.begin() + genes.last};
  }

  /// Their values of a measure, in the order of cells; of each cell one contiguous piece is read.
  void read(EventRange genes, const Measure& measure, GroupedValues& values) const {
    ScoreReader reader(screen_, ScoreArray::singles, measure);
    EventRange run;
    for (std::int64_t cell = 0; cell < screen_.targets().cells(); ++cell) {
      if (!comparison_.needs(group_of(cell))) continue;
      const EventRange events = events_of(cell, genes);
      if (events.size() == 0) continue;
      if (events.first == run.last && events.last - run.first <= largest_read) {
        run.last = events.last;
        continue;
      }
      take(run, genes.first, reader, values);
      run = events;
    }
    take(run, genes.first, reader, values);
  }

 private:
  std::int32_t group_of(std::int64_t cell) const { return groups_.of_cells[static_cast<std::size_t>(cell)]; }

  EventRange events_of(std::int64_t cell, EventRange genes) const {
    const auto targets = screen_.targets().of(cell);
    const std::int64_t start = screen_.targets().starts()[static_cast<std::size_t>(cell)];
    const auto place = [&](std::int64_t gene) {
      return start + (std::lower_bound(targets.begin(), targets.end(), gene) - targets.begin());
    };
    return {place(genes.first), place(genes.last)};
  }

  void take(EventRange run, std::int64_t first_gene, ScoreReader& reader, GroupedValues& values) const {
    if (run.size() == 0) return;
    std::vector<float> scores(static_cast<std::size_t>(run.size()));
    reader.read(run.first, scores);
    const auto starts = screen_.targets().starts();
    std::int64_t cell = cell_of_event(starts, run.first);
    for (std::int64_t event = run.first; event < run.last; ++event) {
      while (starts[static_cast<std::size_t>(cell) + 1] <= event) ++cell;
      const std::int32_t gene = screen_.targets().genes()[static_cast<std::size_t>(event)];
      values.add(static_cast<std::size_t>(gene - first_gene),
                 scores[static_cast<std::size_t>(event - run.first)], group_of(cell));
    }
  }

  const ScreenReader& screen_;
  const CellGroups& groups_;
  const Comparison& comparison_;
  std::vector<std::int64_t> counts_;  // values of each gene
};

}  // namespace

std::vector<ContrastTable> contrast_genes(const ScreenReader& screen, const CellGroups& groups,
                                          const std::vector<Contrast>& contrasts, const Measure& by,
                                          const ContrastOptions& options, const Communicator& ranks) {
  std::vector<ContrastTable> tables = empty_contrasts(screen, ScoreArray::singles, contrasts, by);
  if (tables.empty()) return tables;
  Comparison comparison(groups.count(), contrasts, screen.path());
  const SinglesByGene singles(screen, groups, comparison);
  const EventRange share = singles.share(ranks.rank(), ranks.size());
  GroupedValues values;
  for (EventRange block{share.first, share.first}; block.first < share.last; block.first = block.last) {
    block.last = singles.end_of_block(block.first, share.last, options.memory);
    values.reset(singles.counts(block));
    std::vector<std::size_t> begun;
    for (const ContrastTable& table : tables) begun.push_back(table.rows.size());
    for (std::size_t measure = 0; measure < tables.front().measures.size(); ++measure) {
      if (measure > 0) values.restart();
      singles.read(block, tables.front().measures[measure], values);
      std::vector<std::size_t> at = begun;
      for (std::int64_t gene = block.first; gene < block.last; ++gene) {
        comparison.take(values.of(static_cast<std::size_t>(gene - block.first)));
        add_measure(comparison, measure, {static_cast<std::int32_t>(gene), -1}, options.least_cells, tables,
                    at);
      }
    }
  }
  for (ContrastTable& table : tables) {
    finish_table(table, ranks);
    visible_first(table.rows, by, screen.visibility());
  }
  return tables;
}

}  // namespace dko
