#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "dko/metrics/rank_sum.hpp"
#include "dko/results/aggregate/contrast.hpp"
#include "moments.hpp"

namespace dko {

/// Values of many genes or pairs, each with the group of its cell, one after the other.
class GroupedValues {
 public:
  /// So many values of each from now on.
  void reset(const std::vector<std::int64_t>& counts);
  /// The values come again, of another measure.
  void restart() { next_.assign(starts_.begin(), starts_.end() - 1); }
  void add(std::size_t at, float value, std::int32_t group) {
    values_[static_cast<std::size_t>(next_[at]++)] = {value, group};
  }
  std::size_t count() const { return starts_.size() - 1; }
  std::span<SampledValue> of(std::size_t at) {
    return std::span(values_).subspan(static_cast<std::size_t>(starts_[at]),
                                      static_cast<std::size_t>(starts_[at + 1] - starts_[at]));
  }
  /// Bytes of one value, and of one gene or pair.
  static constexpr double value_bytes = sizeof(SampledValue);
  static constexpr double place_bytes = 3 * sizeof(std::int64_t);

 private:
  std::vector<SampledValue> values_;
  std::vector<std::int64_t> starts_{0};
  std::vector<std::int64_t> next_;
};

/// Compares the groups of one gene or pair in one measure after the other, contrast by contrast.
class Comparison {
 public:
  /// `file` is what the scores are of, for messages.
  Comparison(std::int32_t groups, std::vector<Contrast> contrasts, std::string file);

  /// Whether values of this group are needed.
  bool needs(std::int32_t group) const { return group >= 0 && needed_[static_cast<std::size_t>(group)]; }
  const std::vector<Contrast>& contrasts() const { return contrasts_; }

  /// Values in the order of cells, of groups that are needed; they are sorted. @throws InputError for NaN
  void take(std::span<SampledValue> values);
  std::int64_t cells(const Contrast& contrast) const { return cells_of(contrast.group); }
  std::int64_t cells_against(const Contrast& contrast) const;
  /// Both groups must have a cell.
  Difference difference(const Contrast& contrast);

 private:
  std::int64_t cells_of(std::int32_t group) const {
    return static_cast<std::int64_t>(moments_[static_cast<std::size_t>(group)].count);
  }
  double p_of(const Contrast& contrast);

  std::string file_;
  std::vector<Contrast> contrasts_;
  std::vector<bool> needed_;
  std::vector<Moments> moments_;  // of each group
  std::span<const SampledValue> values_;
  std::vector<SampledValue> two_;  // those of two groups
  std::optional<SampleRanks> ranks_;
};

/// Rows of one contrast, from all ranks, as a table: q-values, order. `table` has all but these. Collective.
void finish_table(ContrastTable& table, const Communicator& ranks);

/// Empty tables of an array. The screen must have `by` of it.
std::vector<ContrastTable> empty_contrasts(const ScreenReader& screen, ScoreArray array,
                                           const std::vector<Contrast>& contrasts, const Measure& by);

/// Adds what a comparison has found of measure number `measure`: a row for each contrast in which both groups
/// have enough cells. Of the first measure the rows are made, of others they are the next ones after `at`,
/// which is advanced.
void add_measure(Comparison& comparison, std::size_t measure, std::array<std::int32_t, 2> genes,
                 std::int64_t least_cells, std::vector<ContrastTable>& tables, std::vector<std::size_t>& at);

}  // namespace dko
