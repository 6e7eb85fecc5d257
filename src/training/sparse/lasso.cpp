#include "lasso.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace dko {

namespace {

constexpr auto lanes = static_cast<std::size_t>(row_lanes);
// A sweep that moves the fit by less than this part of the targets' variance is the last.
constexpr double tolerance = 1e-5;
constexpr int most_sweeps = 1000;
// A candidate that varies less than this in the rows of a fit, beside the covariates, cannot be told from
// them.
constexpr double least_variance = 1e-6;

/// Σ x y in lanes that are added in a fixed order: the same bits wherever the vectors lie. `count` is a
/// multiple of the lanes.
double dot(const float* x, const float* y, std::size_t count) {
  std::array<float, lanes> sums{};
  for (std::size_t at = 0; at < count; at += lanes) {
    for (std::size_t lane = 0; lane < lanes; ++lane) sums[lane] += x[at + lane] * y[at + lane];
  }
  for (std::size_t half = lanes / 2; half > 0; half /= 2) {
    for (std::size_t lane = 0; lane < half; ++lane) sums[lane] += sums[lane + half];
  }
  return static_cast<double>(sums[0]);
}

double soft_threshold(double value, double by) {
  return value > by ? value - by : value < -by ? value + by : 0.0;
}

/// A value of another sign than it must have is 0.
double held(double value, std::int32_t sign) {
  return value * sign < 0 ? 0.0 : value;
}

}  // namespace

FoldedDesign::FoldedDesign(FoldStarts starts, std::vector<float> covariates, std::vector<float> targets,
                           std::vector<float> weights, GramMemory& memory)
    : starts_(std::move(starts)),
      covariates_(std::ssize(covariates) / starts_.back()),
      fixed_(std::move(covariates)),
      targets_(std::move(targets)),
      weights_(std::move(weights)),
      weighted_targets_(weighted(targets_)),
      memory_(memory) {
  for (std::int64_t k = 0; k < covariates_; ++k) {
    const std::vector<float> column = weighted(covariate(k));
    weighted_fixed_.insert(weighted_fixed_.end(), column.begin(), column.end());
  }
}

std::vector<float> FoldedDesign::weighted(std::span<const float> column) const {
  std::vector<float> product(column.begin(), column.end());
  for (std::size_t at = 0; at < product.size(); ++at) product[at] *= weights_[at];
  return product;
}

void FoldedDesign::products(std::span<const float> weighted, std::span<const float> other,
                            std::span<double> sums) const {
  for (std::size_t fold = 0; fold + 1 < starts_.size(); ++fold) {
    const auto first = static_cast<std::size_t>(starts_[fold]);
    const auto count = static_cast<std::size_t>(starts_[fold + 1]) - first;
    sums[fold] = dot(weighted.data() + first, other.data() + first, count);
  }
}

void FoldedDesign::add_candidates(std::span<const float> columns, std::span<const double> penalties,
                                  std::span<const std::int32_t> signs) {
  const std::size_t first = penalties_.size();
  columns_.insert(columns_.end(), columns.begin(), columns.end());
  penalties_.insert(penalties_.end(), penalties.begin(), penalties.end());
  signs_.insert(signs_.end(), signs.begin(), signs.end());
  signs_.resize(penalties_.size(), 0);
  std::vector<double> sums(static_cast<std::size_t>(folds()));
  for (std::size_t at = first; at < penalties_.size(); ++at) {
    const std::span<const float> column = candidate(static_cast<std::int64_t>(at));
    for (std::int64_t k = 0; k < covariates_; ++k) {
      products(row(weighted_fixed_, k), column, sums);
      with_covariates_.insert(with_covariates_.end(), sums.begin(), sums.end());
    }
    products(weighted_targets_, column, sums);
    with_targets_.insert(with_targets_.end(), sums.begin(), sums.end());
  }
  make_room(penalties_.size());
  multiply(first);
}

/// Wider matrices keep what is in them; their old content beyond this design's candidates is never read.
void FoldedDesign::make_room(std::size_t candidates) {
  memory_.gram.resize(starts_.size());
  const std::size_t room =
      candidates <= memory_.room ? memory_.room : std::max<std::size_t>(64, 2 * candidates);
  for (std::vector<float>& gram : memory_.gram) {
    if (gram.size() == room * room) continue;
    std::vector<float> wider(room * room);
    for (std::size_t at = 0; at < memory_.room && !gram.empty(); ++at) {
      std::copy_n(gram.begin() + static_cast<std::ptrdiff_t>(at * memory_.room), memory_.room,
                  wider.begin() + static_cast<std::ptrdiff_t>(at * room));
    }
    gram = std::move(wider);
  }
  memory_.room = room;
}

/// Products of the candidates from `first_new` on with all.
void FoldedDesign::multiply(std::size_t first_new) {
  const auto all = static_cast<Eigen::Index>(penalties_.size());
  const auto first = static_cast<Eigen::Index>(first_new);
  const Eigen::Index fresh = all - first;
  if (fresh == 0) return;
  const auto count = static_cast<Eigen::Index>(rows());
  const Eigen::Map<const Eigen::MatrixXf> columns(columns_.data(), count, all);
  const Eigen::Map<const Eigen::VectorXf> row_weights(weights_.data(), count);
  const Eigen::MatrixXf weighted_columns = row_weights.asDiagonal() * columns.rightCols(fresh);
  const Eigen::OuterStride<> stride(static_cast<Eigen::Index>(memory_.room));
  using Gram = Eigen::Map<Eigen::MatrixXf, 0, Eigen::OuterStride<>>;
  Gram whole(memory_.gram.back().data(), all, all, stride);
  whole.rightCols(fresh).setZero();
  for (std::size_t fold = 0; fold + 1 < starts_.size(); ++fold) {
    const auto from = static_cast<Eigen::Index>(starts_[fold]);
    const auto length = static_cast<Eigen::Index>(starts_[fold + 1]) - from;
    Gram of_fold(memory_.gram[fold].data(), all, all, stride);
    of_fold.rightCols(fresh).noalias() =
        columns.middleRows(from, length).transpose() * weighted_columns.middleRows(from, length);
    of_fold.bottomLeftCorner(fresh, first) = of_fold.topRightCorner(first, fresh).transpose();
    whole.rightCols(fresh) += of_fold.rightCols(fresh);
  }
  whole.bottomLeftCorner(fresh, first) = whole.topRightCorner(first, fresh).transpose();
}

LassoFit::LassoFit(FoldedDesign& design, std::int64_t left_out) : design_(design), left_out_(left_out) {
  const auto k = static_cast<std::size_t>(design.covariates());
  std::vector<double> sums(static_cast<std::size_t>(design.folds()));
  const auto product = [&](std::span<const float> x, std::span<const float> y) {
    design_.products(design_.weighted(x), y, sums);
    return over_rows(sums);
  };
  cholesky_.assign(k * k, 0.0);
  reduced_targets_.resize(k);
  reduced_.resize(k);
  for (std::size_t i = 0; i < k; ++i) {
    const auto of_i = design.covariate(static_cast<std::int64_t>(i));
    reduced_targets_[i] = product(of_i, design.targets());
    for (std::size_t j = 0; j <= i; ++j) {
      double value = product(of_i, design.covariate(static_cast<std::int64_t>(j)));
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
  variance_ = product(design.targets(), design.targets());
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

double LassoFit::product(std::int64_t candidate, std::int64_t other) const {
  const auto a = static_cast<std::size_t>(candidate);
  const auto b = static_cast<std::size_t>(other);
  float gram = design_.gram(candidate, design_.folds())[b];
  if (left_out_ != no_fold) gram -= design_.gram(candidate, left_out_)[b];
  auto value = static_cast<double>(gram);
  for (const std::vector<double>& reduced : reduced_) value -= reduced[a] * reduced[b];
  return value;
}

void LassoFit::activate(std::int64_t candidate) {
  is_active_[static_cast<std::size_t>(candidate)] = true;
  active_.push_back(candidate);
  std::vector<double> own;
  for (std::size_t at = 0; at < active_.size(); ++at) {
    own.push_back(product(candidate, active_[at]));
    if (at < products_.size()) products_[at].push_back(own.back());
  }
  products_.push_back(std::move(own));
  pull_.push_back(gradient_[static_cast<std::size_t>(candidate)]);
}

/// Once over the active candidates; returns the largest change of the fit.
double LassoFit::sweep(double lambda) {
  double largest = 0;
  for (std::size_t at = 0; at < active_.size(); ++at) {
    const std::vector<double>& row = products_[at];
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
    const float* whole = design_.gram(candidate, design_.folds()).data();
    const float* out = left_out_ == no_fold ? nullptr : design_.gram(candidate, left_out_).data();
    for (std::size_t at = 0; at < gradient_.size(); ++at)
      gradient_[at] -= effect * static_cast<double>(out == nullptr ? whole[at] : whole[at] - out[at]);
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
  const auto add = [&](std::span<const float> column, double effect) {
    if (effect == 0) return;
    const float* x = column.data() + first;
    for (std::size_t at = 0; at < values.size(); ++at) values[at] += effect * static_cast<double>(x[at]);
  };
  const std::vector<double> covariates = covariate_effects();
  for (std::size_t k = 0; k < covariates.size(); ++k)
    add(design_.covariate(static_cast<std::int64_t>(k)), covariates[k]);
  for (const std::int64_t candidate : active_)
    add(design_.candidate(candidate), effects_[static_cast<std::size_t>(candidate)]);
  return values;
}

}  // namespace dko
