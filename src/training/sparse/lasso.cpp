#include "lasso.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace dko {

namespace {

// A sweep that moves the fit by less than this part of the targets' variance is the last.
constexpr double tolerance = 1e-5;
constexpr int most_sweeps = 1000;
// A candidate that varies less than this in the rows of a fit, beside the covariates, cannot be told from
// them.
constexpr double least_variance = 1e-6;

constexpr std::size_t lanes = 16;  // what the room of active candidates is a multiple of
constexpr std::size_t rows_together = 4;

/// Products of some candidates with all others: over all rows, and over those that are left out.
struct ProductRows {
  std::array<const float*, rows_together> whole{};
  std::array<const float*, rows_together> out{};
  std::array<double, rows_together> effects{};
};

/// Takes what the candidates' effects explain out of `gradient`.
template <bool leaves_out>
void subtract(const ProductRows rows, std::span<double> gradient) {
  const auto of = [&](std::size_t row, std::size_t at) {
    const float whole = rows.whole[row][at];
    return rows.effects[row] * static_cast<double>(leaves_out ? whole - rows.out[row][at] : whole);
  };
  for (std::size_t at = 0; at < gradient.size(); ++at)
    gradient[at] -= (of(0, at) + of(1, at)) + (of(2, at) + of(3, at));
}

double soft_threshold(double value, double by) {
  return value > by ? value - by : value < -by ? value + by : 0.0;
}

/// A value of another sign than it must have is 0.
double held(double value, std::int32_t sign) {
  return value * sign < 0 ? 0.0 : value;
}

}  // namespace

LassoFit::LassoFit(FoldedDesign& design, std::int64_t left_out, DescentMemory& memory)
    : design_(design), left_out_(left_out), memory_(memory) {
  const auto k = static_cast<std::size_t>(design.covariates());
  cholesky_.assign(k * k, 0.0);
  reduced_targets_.resize(k);
  reduced_.resize(k);
  for (std::size_t i = 0; i < k; ++i) {
    const auto of_i = static_cast<std::int64_t>(i);
    reduced_targets_[i] = over_rows(design.of_covariate_and_targets(of_i));
    for (std::size_t j = 0; j <= i; ++j) {
      double value = over_rows(design.of_covariates(of_i, static_cast<std::int64_t>(j)));
      if (i == 0) weight_ = value;
      const double whole = value;
      for (std::size_t m = 0; m < j; ++m) value -= cholesky_[i * k + m] * cholesky_[j * k + m];
      // A covariate that says nothing new in these rows is left out.
      if (i == j)
        cholesky_[i * k + i] = value > least_variance * whole ? std::sqrt(value) : 0.0;
      else
        cholesky_[i * k + j] = cholesky_[j * k + j] > 0 ? value / cholesky_[j * k + j] : 0.0;
    }
  }
  eliminate(reduced_targets_);
  variance_ = over_rows(design.of_targets());
  for (const double value : reduced_targets_) variance_ -= value * value;
  variance_ = std::max(0.0, variance_);
  extend();
}

double LassoFit::over_rows(std::span<const double> folds) const {
  double sum = 0;
  for (std::size_t fold = 0; fold < folds.size(); ++fold) {
    if (static_cast<std::int64_t>(fold) != left_out_) sum += folds[fold];
  }
  return sum;
}

/// L⁻¹ of products with the covariates.
void LassoFit::eliminate(std::span<double> products) const {
  const std::size_t k = products.size();
  for (std::size_t i = 0; i < k; ++i) {
    for (std::size_t j = 0; j < i; ++j) products[i] -= cholesky_[i * k + j] * products[j];
    products[i] = cholesky_[i * k + i] > 0 ? products[i] / cholesky_[i * k + i] : 0.0;
  }
}

void LassoFit::extend() {
  const auto k = static_cast<std::size_t>(design_.covariates());
  const auto folds = static_cast<std::size_t>(design_.folds());
  const std::size_t known = effects_.size();
  const auto all = static_cast<std::size_t>(design_.candidates());
  effects_.resize(all, 0.0);
  is_closed_.resize(all, false);
  std::vector<double> reduced(k);
  for (std::size_t at = known; at < all; ++at) {
    const auto candidate = static_cast<std::int64_t>(at);
    double with_targets = over_rows(design_.with_targets(candidate));
    const std::span<const double> products = design_.with_covariates(candidate);
    for (std::size_t i = 0; i < k; ++i) reduced[i] = over_rows(products.subspan(i * folds, folds));
    eliminate(reduced);
    for (std::size_t i = 0; i < k; ++i) {
      reduced_[i].push_back(reduced[i]);
      with_targets -= reduced[i] * reduced_targets_[i];
    }
    with_targets_.push_back(with_targets);
  }
}

/// For so many more. Rows move apart within the memory, the last first.
void LassoFit::make_room(std::size_t more) {
  const std::size_t needed = active_.size() + more;
  if (needed <= room_) return;
  const std::size_t larger = std::max(room_ + room_ / 2, needed);
  const std::size_t room = std::max(4 * lanes, (larger + lanes - 1) / lanes * lanes);
  std::vector<float>& products = memory_.products;
  if (products.size() < room * room) products.resize(room * room);
  for (std::size_t at = active_.size(); at-- > 1;) {
    const auto first = products.begin() + static_cast<std::ptrdiff_t>(at * room_);
    std::copy_backward(first, first + std::ssize(active_),
                       products.begin() + static_cast<std::ptrdiff_t>(at * room + active_.size()));
  }
  room_ = room;
  pull_.resize(room, 0.0F);
}

/// All that enter at a time: their rows of products first, from which columns of the others are then filled
/// side by side.
void LassoFit::activate(std::span<const std::int64_t> entering) {
  make_room(entering.size());
  const std::size_t before = active_.size();
  for (const std::int64_t candidate : entering) {
    is_closed_[static_cast<std::size_t>(candidate)] = true;
    active_.push_back(candidate);
    add_row(active_.size() - 1);
  }
  float* products = memory_.products.data();
  for (std::size_t row = 0; row + 1 < active_.size(); ++row) {
    for (std::size_t at = std::max(before, row + 1); at < active_.size(); ++at)
      products[row * room_ + at] = products[at * room_ + row];
  }
}

/// Products of an active candidate with itself and those before it.
void LassoFit::add_row(std::size_t at) {
  const auto own = static_cast<std::size_t>(active_[at]);
  const std::span<const float> whole = of_all(active_[at]);
  const std::span<const float> out = of_left_out(active_[at]);
  std::vector<double>& values = memory_.row;
  values.resize(at + 1);
  for (std::size_t other = 0; other <= at; ++other) {
    const auto candidate = static_cast<std::size_t>(active_[other]);
    values[other] = static_cast<double>(out.empty() ? whole[candidate] : whole[candidate] - out[candidate]);
  }
  for (const std::vector<double>& reduced : reduced_) {
    const double of_own = reduced[own];
    for (std::size_t other = 0; other <= at; ++other)
      values[other] -= of_own * reduced[static_cast<std::size_t>(active_[other])];
  }
  float* row = memory_.products.data() + at * room_;
  for (std::size_t other = 0; other <= at; ++other) row[other] = static_cast<float>(values[other]);
}

/// Once over the active candidates; returns the largest change of the fit. In single precision: the gradient
/// by which others enter is in double.
double LassoFit::sweep() {
  double largest = 0;
  const std::size_t width = (active_.size() + lanes - 1) / lanes * lanes;
  float* pull = pull_.data();
  for (std::size_t at = 0; at < active_.size(); ++at) {
    const float* row = memory_.products.data() + at * room_;
    const auto curvature = static_cast<double>(row[at]);
    if (!(curvature > least_variance * weight_)) continue;
    double& effect = effects_[static_cast<std::size_t>(active_[at])];
    const double toward = static_cast<double>(pull[at]) + curvature * effect;
    const double goal = held(soft_threshold(toward, thresholds_[at]), design_.sign(active_[at])) / curvature;
    const double change = goal - effect;
    if (change == 0) continue;
    effect = goal;
    const auto by = static_cast<float>(change);
    for (std::size_t other = 0; other < width; ++other) pull[other] -= by * row[other];
    largest = std::max(largest, change * change * curvature);
  }
  return largest;
}

/// Computes the gradient of the fit with respect to all candidates.
void LassoFit::take_gradient() {
  gradient_ = with_targets_;
  subtract_effects();
  for (std::size_t i = 0; i < reduced_.size(); ++i) {
    double of_covariate = 0;
    for (const std::int64_t candidate : active_) {
      const auto at = static_cast<std::size_t>(candidate);
      of_covariate += effects_[at] * reduced_[i][at];
    }
    for (std::size_t at = 0; at < gradient_.size(); ++at) gradient_[at] += of_covariate * reduced_[i][at];
  }
  for (std::size_t at = 0; at < active_.size(); ++at)
    pull_[at] = static_cast<float>(gradient_[static_cast<std::size_t>(active_[at])]);
}

void LassoFit::subtract_effects() {
  ProductRows rows;
  std::size_t count = 0;
  const auto subtract_rows = [&] {
    // What is missing to the last rows does nothing.
    for (std::size_t at = count; at < rows_together; ++at) {
      rows.whole[at] = rows.whole[0];
      rows.out[at] = rows.out[0];
      rows.effects[at] = 0;
    }
    if (left_out_ == no_fold)
      subtract<false>(rows, gradient_);
    else
      subtract<true>(rows, gradient_);
    count = 0;
  };
  for (const std::int64_t candidate : active_) {
    const double effect = effects_[static_cast<std::size_t>(candidate)];
    if (effect == 0) continue;
    // Rows of active candidates stay where they are, as long as no candidates are added.
    rows.whole[count] = of_all(candidate).data();
    rows.out[count] = of_left_out(candidate).data();
    rows.effects[count] = effect;
    if (++count == rows_together) subtract_rows();
  }
  if (count > 0) subtract_rows();
}

void LassoFit::solve(double lambda) {
  thresholds_.clear();
  for (const std::int64_t candidate : active_) thresholds_.push_back(lambda * design_.penalty(candidate));
  std::vector<std::int64_t> entering;
  for (bool grows = true; grows;) {
    for (int sweeps = 0; sweeps < most_sweeps; ++sweeps) {
      if (!(sweep() > tolerance * variance_)) break;
    }
    take_gradient();
    entering.clear();
    for (std::size_t at = 0; at < effects_.size(); ++at) {
      const auto candidate = static_cast<std::int64_t>(at);
      const double threshold = lambda * design_.penalty(candidate);
      if (is_closed_[at] || !(std::abs(gradient_[at]) > threshold)) continue;
      entering.push_back(candidate);
      thresholds_.push_back(threshold);
    }
    const std::size_t before = active_.size();
    activate(entering);
    for (std::size_t at = before; at < active_.size(); ++at)
      pull_[at] = static_cast<float>(gradient_[static_cast<std::size_t>(active_[at])]);
    grows = !entering.empty();
  }
}

std::vector<double> LassoFit::covariate_effects() const {
  const auto k = static_cast<std::size_t>(design_.covariates());
  std::vector<double> effects = reduced_targets_;
  for (const std::int64_t candidate : active_) {
    const auto at = static_cast<std::size_t>(candidate);
    for (std::size_t i = 0; i < k; ++i) effects[i] -= effects_[at] * reduced_[i][at];
  }
  for (std::size_t i = k; i-- > 0;) {  // L⁻ᵀ
    for (std::size_t j = i + 1; j < k; ++j) effects[i] -= cholesky_[j * k + i] * effects[j];
    effects[i] = cholesky_[i * k + i] > 0 ? effects[i] / cholesky_[i * k + i] : 0.0;
  }
  return effects;
}

std::vector<double> LassoFit::fitted(std::int64_t first, std::int64_t last) const {
  std::vector<double> values(static_cast<std::size_t>(last - first), 0.0);
  const std::vector<double> covariates = covariate_effects();
  for (std::int64_t k = 0; k < std::ssize(covariates); ++k)
    design_.add_covariate(k, covariates[static_cast<std::size_t>(k)], first, values);
  for (const std::int64_t candidate : active_)
    design_.add_candidate(candidate, effects_[static_cast<std::size_t>(candidate)], first, values);
  return values;
}

}  // namespace dko
