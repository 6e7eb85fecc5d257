#include "dko/results/screen_file/screen_size.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "dko/base/parameter.hpp"
#include "dko/knockout/events/event_index.hpp"
#include "dko/knockout/screen/pair_selection.hpp"
#include "dko/knockout/screen/pair_sums_screen.hpp"
#include "dko/knockout/screen/pending_events.hpp"
#include "results/aggregate/summary_layout.hpp"

namespace dko {

namespace {

double bytes_of(ScoreSet scores) {
  return 4.0 * static_cast<double>(scores.count());
}

double name_bytes(const ExpressionMatrix& matrix) {
  double bytes = 0;
  for (const Names* names : {&matrix.gene_names(), &matrix.cell_names()}) {
    for (const std::string& name : *names) bytes += static_cast<double>(name.size()) + 32;
  }
  return bytes;
}

double summary_bytes(const ExpressionMatrix& matrix, const ScreenPlan& plan) {
  const PairGenes genes = pair_genes(plan, matrix);
  std::size_t arrays = 1;
  for (const Measure& measure : summed_measures(plan)) arrays += summary_layout::arrays_of(measure).size();
  return 4.0 * static_cast<double>(arrays) * static_cast<double>(genes.all_pairs()) +
         4.0 * static_cast<double>(genes.count());
}

double pair_bytes(const ExpressionMatrix& matrix, const ScreenPlan& plan) {
  const PairIndex index(matrix, plan.targets);
  switch (plan.keeping.form) {
    case PairKeeping::Form::all:
      return bytes_of(plan.doubles) * static_cast<double>(index.total()) +
             8.0 * static_cast<double>(matrix.cells());
    case PairKeeping::Form::selected:
      return kept_pairs_bytes(most_selected(index.starts(), {0, index.total()}, plan.keeping.top),
                              plan.doubles);
    case PairKeeping::Form::summary:
      break;
  }
  return summary_bytes(matrix, plan);
}

}  // namespace

double kept_pairs_bytes(std::int64_t pairs, ScoreSet scores) {
  constexpr double of_genes_and_cell = 12;
  return (of_genes_and_cell + bytes_of(scores)) * static_cast<double>(pairs);
}

double screen_file_bytes(const ExpressionMatrix& matrix, const ScreenPlan& plan) {
  constexpr double fixed = 1 << 20;
  const auto cells = static_cast<double>(matrix.cells());
  double bytes = fixed + name_bytes(matrix) + 4.0 * cells;
  if (plan.singles.any() || plan.doubles.any())
    bytes += (4.0 + bytes_of(plan.singles)) * static_cast<double>(plan.targets.total()) + 8.0 * cells;
  if (plan.singles.any() && plan.base != Base::fitted)
    bytes += 4.0 * static_cast<double>(plan.targets.total()) + 8.0 * cells;
  bytes += 8.0 * cells * static_cast<double>(matrix.covariate_width());
  bytes += bytes_of(plan.obs);
  if (plan.doubles.any()) bytes += pair_bytes(matrix, plan);
  if (plan.list) {
    const auto order = static_cast<double>(plan.list->order());
    const double numbers = plan.list->has_added() ? 2 * order + 1 : order + 1;
    bytes += (4.0 * numbers + bytes_of(plan.listed)) * static_cast<double>(plan.list->size());
  }
  return bytes;
}

double block_record_bytes(const ExpressionMatrix& matrix, const ScreenPlan& plan, std::int64_t ranks) {
  constexpr double of_block = 8;
  const PendingEvents work = whole_work(plan, matrix, ranks);
  const auto of_array = [&](const ArrayWork& array, std::int64_t scores) {
    return of_block * static_cast<double>((array.events() + array.block - 1) / array.block * scores);
  };
  double bytes = of_array(work.singles, plan.singles.count()) + of_array(work.list, plan.listed.count());
  if (plan.stores_all_pairs()) bytes += of_array(work.pairs, plan.doubles.count());
  if (plan.stores_summary())
    bytes += of_block * static_cast<double>(summary_layout::all_arrays(summed_measures(plan)).size()) *
             static_cast<double>(pair_genes(plan, matrix).count());
  return bytes;
}

std::int64_t screen_file_objects(const ExpressionMatrix& matrix, const ScreenPlan& plan, bool has_q_values) {
  // genes/{name,id}, cells/{name,n_genes}, progress,
  // visibility/{cells_with,cells_without,unexplained,information}
  std::int64_t objects = 12;
  if (has_q_values) objects += 2;                                                     // fdr/gene_q_value
  if (matrix.covariate_width() > 0) ++objects;                                        // cells/covariates
  if (plan.from_to) objects += 5 + (has_q_values && plan.compares_decoys() ? 1 : 0);  // direction/
  if (!plan.obs.empty()) ++objects;  // obs/, a group or an array for each column, of categories two arrays
  for (const ObsColumn& column : plan.obs) objects += column.is_categorical() ? 3 : 1;
  if (plan.singles.any()) objects += 3 + 2 * plan.singles.count() + 1 + plan.singles.count();
  if (plan.singles.any() && plan.base != Base::fitted) objects += 2;  // single/observed, cells/total
  if (plan.stores_all_pairs()) objects += 2 + plan.doubles.count() + 1 + plan.doubles.count();
  if (plan.list) objects += (plan.list->has_added() ? 4 : 3) + plan.listed.count() + 1 + plan.listed.count();
  if (plan.doubles.any() && plan.keeping.form == PairKeeping::Form::selected)
    objects += 3 + plan.doubles.count() + 1 + plan.doubles.count();
  if (plan.stores_summary()) {
    const auto measures = summed_measures(plan);
    // summary/{genes,cells}, measures and their arrays; the same again in the record, but for the genes.
    const auto arrays = std::ssize(summary_layout::all_arrays(measures));
    objects += 2 + std::ssize(measures) + arrays + 1 + std::ssize(measures) + arrays;
  }
  return objects;
}

double bytes_beside(const ExpressionMatrix& matrix, const ScreenPlan& plan) {
  if (!plan.doubles.any() || plan.keeping.form != PairKeeping::Form::selected) return 0;
  return screen_file_bytes(matrix, plan) - pair_bytes(matrix, plan);
}

double temporary_bytes(const ExpressionMatrix& matrix, const ScreenPlan& plan, std::int64_t ranks) {
  if (!plan.doubles.any() || plan.stores_all_pairs()) return 0;
  constexpr double beside_older = 2;  // a new file of what ranks have, until it takes the older one's place
  if (plan.stores_summary()) {
    const double sums = static_cast<double>(PairSums(summed_measures(plan)).bytes()) *
                        static_cast<double>(pair_genes(plan, matrix).all_pairs());
    return beside_older * std::min(sums, plan.keeping.memory * static_cast<double>(ranks));
  }
  const PairIndex index(matrix, plan.targets);
  const std::int64_t kept = most_selected(index.starts(), {0, index.total()}, plan.keeping.top);
  constexpr double of_number_and_value = 12;
  const double states =
      beside_older * (of_number_and_value + bytes_of(plan.doubles)) * static_cast<double>(kept);
  return states + bytes_beside(matrix, plan);
}

std::vector<SmallerScreen> smaller_screens(const ExpressionMatrix& matrix, const ScreenPlan& plan,
                                           double bytes) {
  std::vector<SmallerScreen> smaller;
  if (!plan.doubles.any()) return smaller;
  const auto offer = [&](const std::string& option, const ScreenPlan& other) {
    const double needed = screen_file_bytes(matrix, other) + bytes_beside(matrix, other);
    if (needed <= bytes) smaller.push_back({option, needed});
    return needed <= bytes;
  };
  ScreenPlan other = plan;
  other.keeping.form = PairKeeping::Form::summary;
  if (!plan.stores_summary()) offer(parameter("keep", "summary"), other);
  other.keeping.form = PairKeeping::Form::selected;
  for (const std::int64_t top : {10000, 1000, 100, 10}) {
    other.keeping.top = top;
    if (plan.keeping.form == PairKeeping::Form::selected && top >= plan.keeping.top) continue;
    if (offer(parameter("keep", fmt::format("top:{}", top)), other)) break;
  }
  other.doubles = {};
  const double of_event = kept_pairs_bytes(1, plan.listed);
  const double left = bytes - screen_file_bytes(matrix, other);
  // A round number.
  const auto pairs = static_cast<double>(PairIndex(matrix, plan.targets).total());
  if (const double most = std::min(std::floor(left / of_event), pairs); most >= 1) {
    const double step = std::pow(10, std::floor(std::log10(most)));
    const double sample = std::floor(most / step) * step;
    smaller.push_back({parameter("sample", fmt::format("{:.0f}", sample)), bytes - left + sample * of_event});
  }
  return smaller;
}

}  // namespace dko
