#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "dko/metrics/bootstrap.hpp"
#include "dko/metrics/metrics.hpp"

namespace dko {

/// Knockout events as the comparisons see them: each is of one unit (a gene, or a pair of genes) in one cell,
/// both numbered from 0 without gaps.
struct EventSample {
  std::vector<std::int32_t> unit;
  std::vector<std::int32_t> cell;
  std::int64_t units = 0;
  std::int64_t cells = 0;

  std::size_t size() const { return unit.size(); }
};

/// `units_of` and `cells_of` tell events of the same unit and cell by any numbers. Local.
EventSample make_event_sample(const std::vector<std::int64_t>& units_of,
                              const std::vector<std::int32_t>& cells_of);

/// The figures of a score against the truth.
enum class EventFigure {
  over_events,  ///< Spearman over all events
  of_means,     ///< Spearman over units, of their means over cells
  within_unit,  ///< median over units of Spearman over cells, of units with ten cells or more
  within_cell,  ///< median over cells of Spearman over units, of cells with ten units or more
  auroc,        ///< of telling events with an effect from those without
  auprc,        ///< the same as average precision
};
constexpr std::size_t event_figures = 6;

/// Values of the same events, sorted as the figures need them.
class EventValues {
 public:
  /// `sample` must outlive it.
  EventValues(const EventSample& sample, std::vector<double> values);

  const RankedValues& all() const { return all_; }
  const std::vector<RankedValues>& by_unit() const { return by_unit_; }
  const std::vector<RankedValues>& by_cell() const { return by_cell_; }

 private:
  RankedValues all_;
  std::vector<RankedValues> by_unit_;
  std::vector<RankedValues> by_cell_;
};

/// Compares scores of the same events with one truth, on any resample of the cells.
class EventTruth {
 public:
  /// `effect` tells which events count as having an effect. `sample` must outlive it.
  EventTruth(const EventSample& sample, std::vector<double> truth, std::vector<bool> effect);

  /// What of the comparison does not depend on the resample, worked out once per score.
  struct Prepared {
    EventValues values;
    RankedValues ranked_for_effect;                       // |score|: an effect has no sign
    std::vector<std::optional<double>> within_each_cell;  // Spearman
  };
  Prepared prepare(std::vector<double> scores) const;

  /// All figures of EventFigure, in order. `cell_weights` has one entry a cell; none: each cell once.
  Figures compare(const Prepared& score, std::span<const double> cell_weights = {}) const;

  /// How many units, and how many cells, have a correlation of their own with this score.
  std::int64_t units_compared(const Prepared& score) const;
  std::int64_t cells_compared(const Prepared& score) const;

  /// Fraction of the events with an effect.
  double base_rate() const;

 private:
  std::vector<double> event_weights(std::span<const double> cell_weights) const;
  std::optional<double> of_means(const Prepared& score, std::span<const double> weights) const;
  std::vector<double> within_each_unit(const Prepared& score, std::span<const double> weights) const;
  std::optional<double> within_cells(const Prepared& score, std::span<const double> cell_weights) const;

  const EventSample& sample_;
  EventValues truth_;
  std::vector<bool> effect_;
};

}  // namespace dko
