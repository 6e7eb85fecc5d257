#include "comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <type_traits>

#include "dko/base/error.hpp"
#include "dko/results/aggregate/summary.hpp"

namespace dko {

void GroupedValues::reset(const std::vector<std::int64_t>& counts) {
  starts_.assign(1, 0);
  for (const std::int64_t count : counts) starts_.push_back(starts_.back() + count);
  values_.resize(static_cast<std::size_t>(starts_.back()));
  restart();
}

Comparison::Comparison(std::int32_t groups, std::vector<Contrast> contrasts, std::string file)
    : file_(std::move(file)),
      contrasts_(std::move(contrasts)),
      needed_(static_cast<std::size_t>(groups), false),
      moments_(static_cast<std::size_t>(groups)) {
  for (const Contrast& contrast : contrasts_) {
    if (contrast.against == Contrast::all_others) {
      needed_.assign(needed_.size(), true);
      continue;
    }
    needed_[static_cast<std::size_t>(contrast.group)] = true;
    needed_[static_cast<std::size_t>(contrast.against)] = true;
  }
}

void Comparison::take(std::span<SampledValue> values) {
  moments_.assign(moments_.size(), {});
  for (const SampledValue& value : values) {
    if (std::isnan(value.value))
      throw InputError(fmt::format("{}: a score is not a number: the file is corrupt; screen again", file_));
    moments_[static_cast<std::size_t>(value.sample)].add(static_cast<double>(value.value));
  }
  std::sort(values.begin(), values.end(),
            [](const SampledValue& a, const SampledValue& b) { return a.value < b.value; });
  values_ = values;
  ranks_.reset();
}

std::int64_t Comparison::cells_against(const Contrast& contrast) const {
  if (contrast.against != Contrast::all_others) return cells_of(contrast.against);
  std::int64_t cells = 0;
  for (std::int32_t group = 0; group < static_cast<std::int32_t>(moments_.size()); ++group)
    cells += group == contrast.group ? 0 : cells_of(group);
  return cells;
}

double Comparison::p_of(const Contrast& contrast) {
  const auto groups = static_cast<std::int32_t>(moments_.size());
  if (contrast.against == Contrast::all_others) {
    if (!ranks_) ranks_ = sample_ranks(values_, groups);
    return rank_sum_p(*ranks_, static_cast<std::size_t>(contrast.group));
  }
  two_.clear();
  for (const SampledValue& value : values_)
    if (value.sample == contrast.group || value.sample == contrast.against) two_.push_back(value);
  return rank_sum_p(sample_ranks(two_, groups), static_cast<std::size_t>(contrast.group));
}

Difference Comparison::difference(const Contrast& contrast) {
  Difference found;
  found.mean = moments_[static_cast<std::size_t>(contrast.group)].mean;
  Moments against;
  for (std::size_t group = 0; group < moments_.size(); ++group) {
    const auto number = static_cast<std::int32_t>(group);
    const bool is_in =
        contrast.against == Contrast::all_others ? number != contrast.group : number == contrast.against;
    if (is_in) against.add(moments_[group]);
  }
  found.mean_against = against.mean;
  found.p = p_of(contrast);
  return found;
}

std::vector<Measure> contrasted_measures(const ScreenReader& screen, ScoreArray array) {
  std::vector<Measure> measures = summarized_measures(screen, array);
  std::erase_if(measures, [](const Measure& measure) { return is_deviation(measure.score); });
  return measures;
}

std::vector<ContrastTable> empty_contrasts(const ScreenReader& screen, ScoreArray array,
                                           const std::vector<Contrast>& contrasts, const Measure& by) {
  std::vector<ContrastTable> tables;
  const std::vector<Measure> measures = contrasted_measures(screen, array);
  const auto place = std::find(measures.begin(), measures.end(), by) - measures.begin();
  for (const Contrast& contrast : contrasts)
    tables.push_back({contrast, measures, static_cast<std::size_t>(place), 0, {}});
  return tables;
}

void add_measure(Comparison& comparison, std::size_t measure, std::array<std::int32_t, 2> genes,
                 std::int64_t least_cells, std::vector<ContrastTable>& tables, std::vector<std::size_t>& at) {
  for (std::size_t number = 0; number < tables.size(); ++number) {
    ContrastTable& table = tables[number];
    const std::int64_t cells = comparison.cells(table.contrast);
    const std::int64_t against = comparison.cells_against(table.contrast);
    if (cells < least_cells || against < least_cells) {
      if (measure == 0 && cells + against > 0) ++table.left_out;
      continue;
    }
    if (measure == 0) table.rows.push_back({genes, cells, against, {}});
    table.rows[at[number]++].of[measure] = comparison.difference(table.contrast);
  }
}

namespace {

/// The rows of all ranks, in the order of the ranks.
std::vector<ContrastRow> gathered(const std::vector<ContrastRow>& rows, const Communicator& ranks) {
  static_assert(std::is_trivially_copyable_v<ContrastRow>);
  const auto bytes = ranks.gather(std::as_bytes(std::span(rows))).or_empty();
  std::vector<ContrastRow> all(bytes.size() / sizeof(ContrastRow));
  if (!bytes.empty()) std::memcpy(all.data(), bytes.data(), bytes.size());
  return all;
}

}  // namespace

void finish_table(ContrastTable& table, const Communicator& ranks) {
  table.left_out = ranks.sum(table.left_out);
  table.rows = gathered(table.rows, ranks);
  for (std::size_t measure = 0; measure < table.measures.size(); ++measure) {
    std::vector<double> p;
    for (const ContrastRow& row : table.rows) p.push_back(row.of[measure].p);
    const std::vector<double> q = false_discovery_rates(p);
    for (std::size_t at = 0; at < q.size(); ++at) table.rows[at].of[measure].q = q[at];
  }
  std::sort(table.rows.begin(), table.rows.end(), [&](const ContrastRow& a, const ContrastRow& b) {
    const Difference& of_a = a.of[table.by];
    const Difference& of_b = b.of[table.by];
    if (of_a.p != of_b.p) return of_a.p < of_b.p;
    const double size_a = std::abs(of_a.difference());
    const double size_b = std::abs(of_b.difference());
    return size_a != size_b ? size_a > size_b : a.genes < b.genes;
  });
}

}  // namespace dko
