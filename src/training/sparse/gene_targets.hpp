#pragma once

#include <span>
#include <vector>

#include "presence.hpp"

namespace dko {

/// What the regression of one gene is to explain: y = p T of each of its cells, T being one of all cells'.
std::vector<double> targets_of(const GeneCells& data, std::span<const double> totals);

/// The largest slope of y on what a fit of y' predicts, or of the inverse, by which fits are brought back to
/// y.
inline constexpr double largest_slope = 2;

/// A scale on which the values y > 0 of one gene vary about as much where they are high as where they are low
/// (Box & Cox 1964):
///
///   y' = m (1 + (u^a − 1)/a − c),  u = y/m,
///
/// m being the mean of y, and c such that y' has the mean m. Near m a difference of y' is one of y. a is 1,
/// 3/4, 1/2 or 1/3: the one by which y' is most like normal values, with the greatest
///
///   (a − 1) Σ log u − ½ C log(variance of u^a / a).
///
/// Regulation multiplies levels, and what a cell has more of it counts with more noise: effects that a
/// regression of y loses in the noise of few cells with high values show on this scale. Where levels add up
/// without noise a is 1, and y' = y.
class TargetScale {
 public:
  TargetScale() = default;  ///< y' = y
  /// Finds the scale of values above 0: the same bits for the same values in this order.
  explicit TargetScale(std::span<const double> values);

  double power() const { return power_; }
  double mean() const { return mean_; }
  /// y'
  double operator()(double value) const;

 private:
  double power_ = 1;
  double mean_ = 0;
  double centre_ = 0;  // c
};

}  // namespace dko
