#include "lasso.hpp"

#include <algorithm>
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

double soft_threshold(double value, double by) {
  return value > by ? value - by : value < -by ? value + by : 0.0;
}

/// A value of another sign than it must have is 0.
double held(double value, std::int32_t sign) {
  return value * sign < 0 ? 0.0 : value;
}

}  // namespace

LassoFit::LassoFit(FoldedDesign& design, std::int64_t left_out) : design_(design), left_out_(left_out) {
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
  is_active_.resize(all, false);
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

void LassoFit::make_room() {
  if (active_.size() < room_) return;
  const std::size_t room = std::max<std::size_t>(32, room_ + room_ / 2);
  std::vector<double> wider(room * room);
  for (std::size_t at = 0; at < active_.size(); ++at)
    std::copy_n(products_.data() + at * room_, active_.size(), wider.data() + at * room);
  products_ = std::move(wider);
  room_ = room;
}

void LassoFit::activate(std::int64_t candidate) {
  make_room();
  const auto own = static_cast<std::size_t>(candidate);
  is_active_[own] = true;
  active_.push_back(candidate);
  const std::span<const float> whole = of_all(candidate);
  const std::span<const float> out = of_left_out(candidate);
  const std::size_t last = active_.size() - 1;
  for (std::size_t at = 0; at <= last; ++at) {
    const auto other = static_cast<std::size_t>(active_[at]);
    auto value = static_cast<double>(out.empty() ? whole[other] : whole[other] - out[other]);
    for (const std::vector<double>& reduced : reduced_) value -= reduced[own] * reduced[other];
    products_[last * room_ + at] = value;
    products_[at * room_ + last] = value;
  }
  pull_.push_back(gradient_[own]);
}

/// Once over the active candidates; returns the largest change of the fit.
double LassoFit::sweep(double lambda) {
  double largest = 0;
  for (std::size_t at = 0; at < active_.size(); ++at) {
    const double* row = products_.data() + at * room_;
    const double curvature = row[at];
    if (!(curvature > least_variance * weight_)) continue;
    double& effect = effects_[static_cast<std::size_t>(active_[at])];
    const double threshold = lambda * design_.penalty(active_[at]);
    const double goal =
        held(soft_threshold(pull_[at] + curvature * effect, threshold), design_.sign(active_[at])) /
        curvature;
    const double change = goal - effect;
    if (change == 0) continue;
    effect = goal;
    for (std::size_t other = 0; other < pull_.size(); ++other) pull_[other] -= change * row[other];
    largest = std::max(largest, change * change * curvature);
  }
  return largest;
}

/// Computes the gradient of the solution with respect to all candidates.
void LassoFit::take_gradient() {
  gradient_ = with_targets_;
  std::vector<double> of_covariates(reduced_.size(), 0.0);
  for (const std::int64_t candidate : active_) {
    const double effect = effects_[static_cast<std::size_t>(candidate)];
    if (effect == 0) continue;
    const std::span<const float> whole = of_all(candidate);
    const std::span<const float> out = of_left_out(candidate);
    const auto subtract = [&](auto product) {
      for (std::size_t at = 0; at < gradient_.size(); ++at)
        gradient_[at] -= effect * static_cast<double>(product(at));
    };
    if (out.empty())
      subtract([&](std::size_t at) { return whole[at]; });
    else
      subtract([&](std::size_t at) { return whole[at] - out[at]; });
    for (std::size_t i = 0; i < reduced_.size(); ++i)
      of_covariates[i] += effect * reduced_[i][static_cast<std::size_t>(candidate)];
  }
  for (std::size_t i = 0; i < reduced_.size(); ++i) {
    for (std::size_t at = 0; at < gradient_.size(); ++at) gradient_[at] += of_covariates[i] * reduced_[i][at];
  }
}

void LassoFit::solve(double lambda) {
  for (bool grows = true; grows;) {
    for (int sweeps = 0; sweeps < most_sweeps; ++sweeps) {
      if (!(sweep(lambda) > tolerance * variance_)) break;
    }
    take_gradient();
    for (std::size_t at = 0; at < active_.size(); ++at)
      pull_[at] = gradient_[static_cast<std::size_t>(active_[at])];
    grows = false;
    for (std::size_t at = 0; at < effects_.size(); ++at) {
      const auto candidate = static_cast<std::int64_t>(at);
      if (is_active_[at] || !(std::abs(gradient_[at]) > lambda * design_.penalty(candidate))) continue;
      activate(candidate);
      grows = true;
    }
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
