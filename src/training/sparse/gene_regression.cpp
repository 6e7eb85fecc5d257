#include "gene_regression.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "gene_targets.hpp"
#include "prior_choice.hpp"

namespace dko {

namespace {

constexpr double least_penalty = 0.004;    // where the path of λ ends, in parts of the largest
constexpr double error_tolerance = 0.007;  // errors this near the least are as good
constexpr double least_gain = 0.01;        // halving λ for less than this part of the error ends the path
// A fit without a fold may use the genes whose gradient in the fit on all cells reaches this part of λ.
constexpr double screening = 0.7;
// Effects whose gain in error is this many standard errors or less are dropped; of others a part is kept.
constexpr double least_certainty = 2;

// Gradients are summed in single precision.
constexpr double rounding = 1e-4;

}  // namespace

GeneRegression::GeneRegression(const RegressionSetting& setting, std::int32_t gene, const GeneCells& data,
                               const std::vector<float>& weights, std::int32_t folds,
                               RegressionMemory& memory)
    : setting_(setting),
      gene_(gene),
      penalties_(setting.penalties),
      signs_(penalties_.size(), 0),
      presence_(memory.presence),
      design_(make_design(data, weights, memory)),
      folds_(folds),
      descents_(memory.descents),
      place_(static_cast<std::size_t>(setting.profiles->genes()), -1) {
  add_factors();
  take_support();
  restart(setting.factors);
}

void GeneRegression::restart(std::int64_t factors) {
  const auto folds = static_cast<std::size_t>(folds_);
  if (descents_.size() <= folds) descents_.resize(folds + 1);
  whole_.emplace(design_, LassoFit::no_fold, descents_[folds]);
  without_.clear();
  for (std::int64_t fold = 0; fold < folds_; ++fold)
    without_.emplace_back(design_, fold, descents_[static_cast<std::size_t>(fold)]);
  for (std::int64_t at = factors; at < std::ssize(candidates_); ++at) {
    whole_->bar(at);
    for (LassoFit& fit : without_) fit.bar(at);
  }
  is_candidate_.assign(place_.size(), false);
  candidate_genes_ = 0;
  gradient_.assign(presence_.padded_columns(), 0.0F);
}

PenaltyStep GeneRegression::choose(const PenaltyPath& how, GeneFit& fit) {
  const double largest = search_gradient();
  // Where the targets do not vary, what is left is rounding.
  const double least = 1e-6 * whole_->weight() * std::abs(whole_->covariate_effects().front());
  if (!(largest > least)) {
    PenaltyStep only = step(largest, how.folds > 0);
    if (how.to_shares) return_to_shares(only);
    return only;
  }
  const PenaltyStep none = how.settle ? without_genes(largest) : PenaltyStep{};
  add(fit.regulators);
  if (how.folds == 0) return step(largest * fit.penalty, false);
  std::vector<PenaltyStep> path;
  std::vector<double> parts;
  std::size_t best = 0;
  const double gain = least_gain * std::log(how.ratio) / std::log(0.5);
  for (double part = std::min(1.0, fit.penalty * how.start); part > least_penalty; part *= how.ratio) {
    const std::size_t at = path.size();
    path.push_back(step(largest * part, true));
    parts.push_back(part);
    if (path[at].error < path[best].error) best = at;
    if (at >= how.least_steps && path[at].error > (1 - gain) * path[at - 1].error) break;
  }
  std::size_t chosen = 0;
  while (path[chosen].error > path[best].error * (1 + error_tolerance)) ++chosen;
  fit.penalty = parts[chosen];
  fit.least_error = path[best].error;
  if (how.settle) settle(path[chosen], none);
  if (how.to_shares) return_to_shares(path[chosen]);
  return path[chosen];
}

double GeneRegression::distance(const PenaltyStep& step) const {
  return distance_to(targets_, step);
}

double GeneRegression::scaled_distance(const PenaltyStep& step) const {
  return distance_to(design_.targets(), step) / scale_.mean();
}

template <class Values>
double GeneRegression::distance_to(const Values& values, const PenaltyStep& step) const {
  double sum = 0;
  for (std::size_t row = 0; row < step.predicted.size(); ++row) {
    if (rows_[row] == filling) continue;
    sum += std::abs(static_cast<double>(values[row]) - step.predicted[row]) /
           setting_.totals[static_cast<std::size_t>(cells_[row])];
  }
  return sum;
}

void GeneRegression::take_support() {
  if (setting_.support == nullptr) return;
  for (const PairSupport::Pair& pair : setting_.support->of(gene_)) {
    const auto regulator = static_cast<std::size_t>(pair.regulator);
    penalties_[regulator] *= std::pow(setting_.prior_factor, pair.weight);
    signs_[regulator] = pair.sign;
  }
}

FoldedDesign GeneRegression::make_design(const GeneCells& data, const std::vector<float>& weights,
                                         RegressionMemory& memory) {
  FoldStarts starts{0};
  for (std::int32_t fold = 0; fold < setting_.folds; ++fold) {
    for (std::size_t at = 0; at < data.cells.size(); ++at) {
      if (setting_.fold_of_cell[static_cast<std::size_t>(data.cells[at])] == fold) rows_.push_back(at);
    }
    while (rows_.size() % BitColumns::block_rows != 0) rows_.push_back(filling);
    starts.push_back(std::ssize(rows_));
  }
  const std::vector<double> targets = targets_of(data, setting_.totals);
  scale_ = TargetScale(targets);
  targets_.assign(rows_.size(), 0.0);
  std::vector<float> scaled(rows_.size(), 0.0F);
  std::vector<float> of_rows(rows_.size(), 0.0F);
  std::vector<float> covariates(rows_.size() * static_cast<std::size_t>(1 + setting_.free_columns()), 0.0F);
  cells_.assign(rows_.size(), PresenceBits::no_cell);
  padding_ = static_cast<std::size_t>(std::count(rows_.begin(), rows_.end(), filling));
  for (std::size_t row = 0; row < rows_.size(); ++row) {
    if (rows_[row] == filling) continue;
    cells_[row] = data.cells[rows_[row]];
    targets_[row] = targets[rows_[row]];
    scaled[row] = static_cast<float>(scale_(targets_[row]));
    of_rows[row] = weights[rows_[row]];
    covariates[row] = 1.0F;
    for (std::int64_t k = 0; k < setting_.free_columns(); ++k)
      covariates[static_cast<std::size_t>(k + 1) * rows_.size() + row] = setting_.column(k, cells_[row]);
  }
  setting_.inputs->presence().columns_of(cells_, memory.presence);
  return {std::move(starts),  std::move(covariates), std::move(scaled),
          std::move(of_rows), memory.presence,       memory.gram};
}

void GeneRegression::add_factors() {
  if (!(setting_.factor_penalty > 0)) return;
  const auto count = static_cast<std::size_t>(setting_.factors);
  std::vector<float> columns(count * cells_.size(), 0.0F);
  std::vector<NewCandidate> factors;
  for (std::size_t k = 0; k < count; ++k) {
    candidates_.push_back(static_cast<std::int32_t>(place_.size() + k));
    factors.push_back({.penalty = setting_.factor_penalty,
                       .values = std::span(columns).subspan(k * cells_.size(), cells_.size())});
    for (std::size_t row = 0; row < cells_.size(); ++row) {
      if (rows_[row] != filling)
        columns[k * cells_.size() + row] =
            setting_.column(setting_.covariate_width + static_cast<std::int64_t>(k), cells_[row]);
    }
  }
  design_.add_candidates(factors);
  genes_from_ = candidates_.size();
}

double GeneRegression::search_gradient() {
  const std::vector<double> fitted = whole_->fitted(0, design_.rows());
  std::vector<float> pulls(cells_.size());
  for (std::size_t row = 0; row < cells_.size(); ++row) {
    pulls[row] = static_cast<float>(static_cast<double>(design_.weights()[row]) *
                                    (static_cast<double>(design_.targets()[row]) - fitted[row]));
  }
  gradient_.assign(presence_.padded_columns(), 0.0F);
  presence_.add_sums(pulls, 0, 0, gradient_);
  for (std::size_t row = 0; setting_.inputs->levels().any() && row < cells_.size(); ++row) {
    if (rows_[row] != filling) setting_.inputs->add_levels(cells_[row], pulls[row], gradient_);
  }
  gradient_[static_cast<std::size_t>(gene_)] = 0;
  double largest = 0;
  for (std::size_t gene = 0; gene < place_.size(); ++gene) {
    if (!is_held(gene))
      largest = std::max(largest, static_cast<double>(std::abs(gradient_[gene])) / setting_.penalties[gene]);
  }
  return largest;
}

std::vector<float> GeneRegression::values_of(std::int32_t gene) const {
  std::vector<float> values(cells_.size(), 0.0F);
  for (std::size_t row = 0; row < cells_.size(); ++row) {
    if (rows_[row] != filling) values[row] = setting_.inputs->value(cells_[row], gene);
  }
  return values;
}

void GeneRegression::allow(std::int64_t candidate) {
  whole_->allow(candidate);
  for (LassoFit& fit : without_) fit.allow(candidate);
}

void GeneRegression::add(const std::vector<std::int32_t>& genes) {
  std::vector<std::vector<float>> levels;
  std::vector<NewCandidate> added;
  for (const std::int32_t gene : genes) {
    const auto at = static_cast<std::size_t>(gene);
    is_candidate_[at] = true;
    ++candidate_genes_;
    if (place_[at] >= 0) {
      allow(place_[at]);
      continue;
    }
    place_[at] = std::ssize(candidates_);
    candidates_.push_back(gene);
    added.push_back({.penalty = penalties_[at], .sign = signs_[at], .column = at, .values = {}});
    if (!setting_.inputs->is_level(gene)) continue;
    levels.push_back(values_of(gene));
    added.back().values = levels.back();
  }
  design_.add_candidates(added);
}

bool GeneRegression::add_candidates(double threshold) {
  std::vector<std::int32_t> genes;
  for (std::size_t gene = 0; gene < place_.size(); ++gene) {
    if (!is_candidate_[gene] && !is_held(gene) &&
        static_cast<double>(std::abs(gradient_[gene])) > threshold * penalties_[gene])
      genes.push_back(static_cast<std::int32_t>(gene));
  }
  if (!genes.empty()) add(genes);
  return !genes.empty();
}

PenaltyStep GeneRegression::step(double lambda, bool with_folds) {
  do {
    whole_->extend();
    whole_->solve(lambda);
    if (has_all_genes()) break;
    search_gradient();
  } while (add_candidates(lambda * (1 + rounding)));
  if (with_folds) add_candidates(screening * lambda);
  whole_->extend();
  return fitted_step(lambda, with_folds);
}

PenaltyStep GeneRegression::without_genes(double lambda) {
  whole_->extend();
  whole_->solve(lambda);
  return fitted_step(lambda, true);
}

PenaltyStep GeneRegression::fitted_step(double lambda, bool with_folds) {
  PenaltyStep step;
  step.whole = {{whole_->effects().begin(), whole_->effects().end()}, whole_->covariate_effects()};
  step.mean = {std::vector<double>(step.whole.effects.size(), 0.0),
               std::vector<double>(step.whole.covariates.size(), 0.0)};
  step.signs.assign(step.whole.effects.size(), 0);
  for (std::size_t fold = 0; with_folds && fold < without_.size(); ++fold) {
    LassoFit& fit = without_[fold];
    fit.extend();
    fit.solve(lambda * fit.weight() / whole_->weight());
    add_fold(fit, fold, step);
  }
  return step;
}

void GeneRegression::add_fold(const LassoFit& fit, std::size_t fold, PenaltyStep& step) const {
  const auto folds = static_cast<double>(without_.size());
  const std::vector<double> covariates = fit.covariate_effects();
  for (std::size_t k = 0; k < covariates.size(); ++k) step.mean.covariates[k] += covariates[k] / folds;
  for (std::size_t at = 0; at < step.signs.size(); ++at) {
    const double effect = fit.effects()[at];
    step.mean.effects[at] += effect / folds;
    step.signs[at] += effect > 0 ? 1 : effect < 0 ? -1 : 0;
  }
  const std::int64_t first = design_.starts()[fold];
  const std::vector<double> fitted = fit.fitted(first, design_.starts()[fold + 1]);
  for (std::size_t at = 0; at < fitted.size(); ++at) {
    const std::size_t row = static_cast<std::size_t>(first) + at;
    step.predicted.push_back(fitted[at]);
    if (rows_[row] != filling) step.error += squared_error(step, row);
  }
}

double GeneRegression::squared_error(const PenaltyStep& step, std::size_t row) const {
  const double residual = static_cast<double>(design_.targets()[row]) - step.predicted[row];
  return static_cast<double>(design_.weights()[row]) * residual * residual;
}

void GeneRegression::settle(PenaltyStep& chosen, const PenaltyStep& none) const {
  for (std::size_t at = genes_from_; at < chosen.signs.size(); ++at) {
    double& effect = chosen.mean.effects[at];
    if (effect == 0 || std::abs(chosen.signs[at]) == std::ssize(without_)) continue;
    chosen.mean.covariates[0] += effect * design_.sum(static_cast<std::int64_t>(at)) / count();
    effect = 0;
  }
  const double part = supported_part(chosen, none);
  const auto blend = [&](std::vector<double>& x, const std::vector<double>& y, std::size_t values) {
    for (std::size_t at = 0; at < x.size(); ++at)
      x[at] = part * x[at] + (at < values ? (1 - part) * y[at] : 0);
  };
  blend(chosen.mean.effects, none.mean.effects, genes_from_);
  blend(chosen.mean.covariates, none.mean.covariates, none.mean.covariates.size());
  blend(chosen.predicted, none.predicted, none.predicted.size());
  chosen.whole = chosen.mean;
}

void GeneRegression::return_to_shares(PenaltyStep& step) const {
  double all = 0;
  double of_predicted = 0;
  double of_targets = 0;
  for (std::size_t row = 0; row < step.predicted.size(); ++row) {
    const auto weight = static_cast<double>(design_.weights()[row]);
    all += weight;
    of_predicted += weight * step.predicted[row];
    of_targets += weight * targets_[row];
  }
  if (!(all > 0)) return;  // all of few cells are in folds that a quick fit does not leave out
  of_predicted /= all;
  of_targets /= all;
  double variance = 0;
  double covariance = 0;
  for (std::size_t row = 0; row < step.predicted.size(); ++row) {
    const double off = static_cast<double>(design_.weights()[row]) * (step.predicted[row] - of_predicted);
    variance += off * (step.predicted[row] - of_predicted);
    covariance += off * (targets_[row] - of_targets);
  }
  const double slope = variance > 0 ? std::clamp(covariance / variance, 1 / largest_slope, largest_slope) : 1;
  const auto returned = [&](double value) { return of_targets + slope * (value - of_predicted); };
  for (double& effect : step.whole.effects) effect *= slope;
  for (std::size_t k = 1; k < step.whole.covariates.size(); ++k) step.whole.covariates[k] *= slope;
  step.whole.covariates[0] = returned(step.whole.covariates[0]);
  for (double& value : step.predicted) value = returned(value);
}

double GeneRegression::supported_part(const PenaltyStep& chosen, const PenaltyStep& none) const {
  double sum = 0;
  double squares = 0;
  for (std::size_t row = 0; row < rows_.size(); ++row) {
    if (rows_[row] == filling) continue;
    const double gain = squared_error(none, row) - squared_error(chosen, row);
    sum += gain;
    squares += gain * gain;
  }
  const double variance = (squares - sum * sum / count()) * count() / (count() - 1);
  if (!(sum > 0)) return 0;
  const double doubt = least_certainty * least_certainty * variance / (sum * sum);
  return std::max(0.0, 1 - doubt * doubt);
}

}  // namespace dko
