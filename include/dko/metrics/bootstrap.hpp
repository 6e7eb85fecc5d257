#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "dko/base/progress.hpp"
#include "dko/parallel/communicator.hpp"

namespace dko {

/// Figures of one sample; nothing where one is not defined.
using Figures = std::vector<std::optional<double>>;

/// An interval that holds a figure with 95 % confidence.
struct Interval {
  double low = 0;
  double high = 0;
};

/// Figures of resamples, so that also their differences can be given an interval.
class Bootstrap {
 public:
  /// Draws `units` units (cells) with replacement `resamples` times and calls `figures(weights)`, weights
  /// telling how often each unit was drawn; always with equally many figures. Resample b depends on the seed
  /// and b alone. The ranks share the resamples. Collective.
  Bootstrap(std::int64_t units, std::int64_t resamples, std::uint64_t seed, const Communicator& ranks,
            const std::function<Figures(std::span<const double> weights)>& figures,
            const ProgressCallback& progress = {});

  /// Fewer cells than this tell nothing of how much cells differ.
  static constexpr std::int64_t fewest_units = 10;

  /// Percentiles 2.5 and 97.5 of a figure over the resamples in which it is defined; nothing where it is in
  /// less than half of them, and of fewer units than fewest_units.
  /// Local: rank 0 alone has the resamples.
  std::optional<Interval> interval(std::size_t figure) const;
  /// The same of one figure less another.
  std::optional<Interval> interval_of_difference(std::size_t figure, std::size_t other) const;

 private:
  std::size_t resamples_;
  std::int64_t units_;
  std::size_t width_ = 0;
  AtRoot<std::vector<double>> values_;  // resamples × figures, NaN for none
};

}  // namespace dko
