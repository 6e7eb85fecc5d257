#include "stored_summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>

#include "best_rows.hpp"
#include "dko/base/error.hpp"
#include "dko/knockout/events/event_index.hpp"
#include "dko/parallel/collective.hpp"
#include "summary_layout.hpp"
#include "summary_measures.hpp"

namespace dko {

namespace {

namespace layout = summary_layout;

constexpr std::int64_t largest_read = std::int64_t{1} << 18;  // pairs at once

/// One array of a measure, and the pairs of it that are held; without a dataset, nothing.
struct Column {
  std::optional<hdf5::Dataset> dataset;
  std::vector<float> values;

  void read(std::int64_t first, std::int64_t count) {
    if (!dataset) return;
    values.resize(static_cast<std::size_t>(count));
    dataset->read(first, std::span<float>(values));
  }
  float at(std::size_t pair) const { return dataset ? values[pair] : 0; }
};

struct MeasureColumns {
  Column mean;
  Column sd;
  Column same_sign;
};

class StoredSummary {
 public:
  explicit StoredSummary(const ScreenReader& screen)
      : group_(screen.summary()), cells_(group_.dataset(layout::cells)) {
    genes_ = group_.read<std::int32_t>(layout::genes);
    const auto k = std::ssize(genes_);
    require(std::is_sorted(genes_.begin(), genes_.end()) && cells_.size() == k * (k - 1) / 2 &&
            (k == 0 || (genes_.front() >= 0 && genes_.back() < std::ssize(screen.gene_names()))));
    for (const Measure& measure : stored_summary_measures(screen)) {
      const hdf5::Location of_measure = group_.group(column_name(measure));
      const auto column = [&](const char* array) -> Column {
        if (!of_measure.has(array)) return {};
        hdf5::Dataset dataset = of_measure.dataset(array);
        require(dataset.size() == cells_.size());
        return {std::move(dataset), {}};
      };
      columns_.push_back({column(layout::mean), column(layout::sd), column(layout::same_sign)});
    }
  }

  std::int64_t pairs() const { return cells_.size(); }
  /// Bytes that reading one pair takes.
  double bytes() const { return static_cast<double>(sizeof(float) * (1 + 3 * columns_.size())); }

  /// Calls visit(row) for each of `count` pairs from `first` on that has a cell.
  template <class Visit>
  void read(std::int64_t first, std::int64_t count, Visit visit) {
    held_cells_.resize(static_cast<std::size_t>(count));
    cells_.read(first, std::span<std::int32_t>(held_cells_));
    for (MeasureColumns& columns : columns_) {
      for (Column* column : {&columns.mean, &columns.sd, &columns.same_sign}) column->read(first, count);
    }
    TargetPair pair = PairIndex::pair_of(std::ssize(genes_), first);
    for (std::size_t at = 0; at < held_cells_.size(); ++at) {
      if (held_cells_[at] > 0) visit(row_of(pair, at));
      if (++pair.second == std::ssize(genes_)) pair.second = ++pair.first + 1;
    }
  }

 private:
  void require(bool holds) const {
    if (!holds)
      throw InputError(fmt::format("{}: array sizes are inconsistent: the file is corrupt", group_.place()));
  }

  KnockoutSummary row_of(const TargetPair& pair, std::size_t at) const {
    KnockoutSummary row;
    row.genes = {genes_[static_cast<std::size_t>(pair.first)], genes_[static_cast<std::size_t>(pair.second)]};
    row.cells = held_cells_[at];
    for (std::size_t measure = 0; measure < columns_.size(); ++measure) {
      const MeasureColumns& columns = columns_[measure];
      row.of[measure] = {static_cast<double>(columns.mean.at(at)), columns.sd.at(at),
                         columns.same_sign.at(at)};
    }
    return row;
  }

  hdf5::Location group_;
  hdf5::Dataset cells_;
  std::vector<std::int32_t> genes_;
  std::vector<MeasureColumns> columns_;
  std::vector<std::int32_t> held_cells_;
};

}  // namespace

std::vector<Measure> stored_summary_measures(const ScreenReader& screen) {
  const hdf5::Location group = screen.summary();
  std::vector<Measure> measures;
  for (const MeasureName& name : measure_names) {
    if (group.has(column_name(name.measure))) measures.push_back(name.measure);
  }
  return measures;
}

SummaryTable summarize_stored_pairs(const ScreenReader& screen, const RankBy& by, std::int64_t count,
                                    double memory, const Communicator& ranks,
                                    const ProgressCallback& progress) {
  SummaryTable table = empty_table(screen, ScoreArray::pairs, by);
  StoredSummary stored(screen);
  const std::int64_t pairs = stored.pairs();
  const auto piece =
      std::clamp(static_cast<std::int64_t>(memory / 16 / stored.bytes()), std::int64_t{1}, largest_read);
  on_root(ranks,
          [&] { memory_beside_rows(count, pairs, static_cast<double>(piece) * stored.bytes(), 0, memory); });
  BestRows best(RowOrder(table.measures, table.by, table.lowest), count, pairs);
  const RankShare share = ranks.share_of(pairs);
  for (std::int64_t first = share.first; first < share.last; first += piece) {
    stored.read(first, std::min(piece, share.last - first),
                [&](const KnockoutSummary& row) { count_row(row, by, table, best); });
    if (progress) progress(std::min(first + piece, share.last) - share.first, share.last - share.first);
  }
  collect_rows(table, std::move(best), ranks);
  return table;
}

}  // namespace dko
