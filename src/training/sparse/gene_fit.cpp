#include "gene_fit.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "lasso.hpp"
#include "prior_choice.hpp"

namespace dko {

namespace {

constexpr std::size_t least_cells = 10;
constexpr double least_penalty = 0.004;    // where the path of λ ends, in parts of the largest
constexpr double error_tolerance = 0.007;  // errors this near the least are as good
constexpr double least_gain = 0.01;        // halving λ for less than this part of the error ends the path
// A fit without a fold may use the genes whose gradient in the fit on all cells reaches this part of λ.
constexpr double screening = 0.7;
// Effects whose gain in error is this many standard errors or less are dropped; of others a part is kept.
constexpr double least_certainty = 2;

// Gradients are summed in single precision.
constexpr double rounding = 1e-4;

/// Coefficients of each candidate and each covariate.
struct Coefficients {
  std::vector<double> effects;
  std::vector<double> covariates;
};

/// One λ of the path.
struct Step {
  double error = 0;  // cross-validated, squared, weighted
  Coefficients whole;
  // By the fits that leave a fold out:
  Coefficients mean;
  std::vector<std::int32_t> signs;  // of each candidate, summed
  std::vector<double> predicted;    // of each row, by the fit without its fold
};

/// In place of a cell: the row fills up a fold.
constexpr auto filling = std::numeric_limits<std::size_t>::max();

class GeneRegression {
 public:
  GeneRegression(const RegressionSetting& setting, std::int32_t gene, const GeneCells& data,
                 const std::vector<float>& weights, std::int32_t folds, GramMemory& memory)
      : setting_(setting),
        gene_(gene),
        penalties_(setting.penalties),
        signs_(penalties_.size(), 0),
        design_(make_design(data, weights, memory)),
        whole_(design_, LassoFit::no_fold) {
    for (std::int64_t fold = 0; fold < folds; ++fold) without_.emplace_back(design_, fold);
    place_.assign(static_cast<std::size_t>(setting.profiles->genes()), -1);
    add_factors();
    gradient_.assign(setting.presence->padded_genes(), 0.0F);
    take_support();
  }

  /// The fits at the λ that is chosen; `fit` has the penalty and regulators to start from, and gets the
  /// penalty.
  Step choose(const PenaltyPath& how, GeneFit& fit) {
    const double largest = search_gradient();
    // Where the targets do not vary, what is left is rounding.
    const double least = 1e-6 * whole_.weight() * std::abs(whole_.covariate_effects().front());
    if (!(largest > least)) return step(largest, how.folds > 0);
    const Step none = how.settle ? without_genes(largest) : Step{};
    add(fit.regulators);
    if (how.folds == 0) return step(largest * fit.penalty, false);
    std::vector<Step> path;
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
    return path[chosen];
  }

  /// Their numbers: of a gene its own, of factor k of the state, where it is penalised, genes + k.
  const std::vector<std::int32_t>& candidates() const { return candidates_; }
  const FoldedDesign& design() const { return design_; }
  /// Σ |predicted − true share| over the gene's cells.
  double distance(const Step& step) const {
    double sum = 0;
    for (std::size_t row = 0; row < step.predicted.size(); ++row) {
      if (rows_[row] == filling) continue;
      sum += std::abs(static_cast<double>(design_.targets()[row]) - step.predicted[row]) /
             setting_.totals[static_cast<std::size_t>(cells_[row])];
    }
    return sum;
  }
  /// The place of each row's cell in the gene's list of cells, or `filling`.
  const std::vector<std::size_t>& rows() const { return rows_; }

 private:
  void take_support() {
    if (setting_.support == nullptr) return;
    for (const PairSupport::Pair& pair : setting_.support->of(gene_)) {
      const auto regulator = static_cast<std::size_t>(pair.regulator);
      penalties_[regulator] *= std::pow(setting_.prior_factor, pair.weight);
      signs_[regulator] = pair.sign;
    }
  }

  /// Whether a pull of this sign on a gene's effect is against the sign that it must have.
  bool is_held(std::size_t gene) const { return gradient_[gene] * static_cast<float>(signs_[gene]) < 0; }

  /// Rows by fold, each filled up to whole lanes.
  FoldedDesign make_design(const GeneCells& data, const std::vector<float>& weights, GramMemory& memory) {
    FoldStarts starts{0};
    for (std::int32_t fold = 0; fold < setting_.folds; ++fold) {
      for (std::size_t at = 0; at < data.cells.size(); ++at) {
        if (setting_.fold_of_cell[static_cast<std::size_t>(data.cells[at])] == fold) rows_.push_back(at);
      }
      while (std::ssize(rows_) % row_lanes != 0) rows_.push_back(filling);
      starts.push_back(std::ssize(rows_));
    }
    std::vector<float> targets(rows_.size(), 0.0F);
    std::vector<float> of_rows(rows_.size(), 0.0F);
    std::vector<float> covariates(rows_.size() * static_cast<std::size_t>(1 + setting_.free_columns()), 0.0F);
    cells_.assign(rows_.size(), -1);
    padding_ = static_cast<std::size_t>(std::count(rows_.begin(), rows_.end(), filling));
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      if (rows_[row] == filling) continue;
      cells_[row] = data.cells[rows_[row]];
      const auto cell = static_cast<std::size_t>(cells_[row]);
      targets[row] = static_cast<float>(static_cast<double>(data.shares[rows_[row]]) * setting_.totals[cell]);
      of_rows[row] = weights[rows_[row]];
      covariates[row] = 1.0F;
      for (std::int64_t k = 0; k < setting_.free_columns(); ++k)
        covariates[static_cast<std::size_t>(k + 1) * rows_.size() + row] = setting_.column(k, cells_[row]);
    }
    return {std::move(starts), std::move(covariates), std::move(targets), std::move(of_rows), memory};
  }

  void add_factors() {
    if (!(setting_.factor_penalty > 0)) return;
    const auto count = static_cast<std::size_t>(setting_.factors);
    std::vector<float> columns(count * cells_.size(), 0.0F);
    for (std::size_t k = 0; k < count; ++k) {
      candidates_.push_back(static_cast<std::int32_t>(place_.size() + k));
      for (std::size_t row = 0; row < cells_.size(); ++row) {
        if (rows_[row] != filling)
          columns[k * cells_.size() + row] =
              setting_.column(setting_.covariate_width + static_cast<std::int64_t>(k), cells_[row]);
      }
    }
    design_.add_candidates(columns, std::vector<double>(count, setting_.factor_penalty),
                           std::vector<std::int32_t>(count, 0));
    genes_from_ = candidates_.size();
    whole_.extend();
  }

  /// The gradient of the fit on all cells to every gene into gradient_; returns the least λ at which all
  /// effects would vanish without a prior: with one, unsupported genes enter at the same places of the path.
  double search_gradient() {
    if (candidates_.size() - genes_from_ + 1 == place_.size()) return 0;  // there is none left to find
    const std::vector<double> fitted = whole_.fitted(0, design_.rows());
    gradient_.assign(setting_.presence->padded_genes(), 0.0F);
    for (std::size_t row = 0; row < cells_.size(); ++row) {
      if (rows_[row] == filling) continue;
      const double pull = static_cast<double>(design_.weights()[row]) *
                          (static_cast<double>(design_.targets()[row]) - fitted[row]);
      setting_.presence->add(cells_[row], static_cast<float>(pull), gradient_);
    }
    gradient_[static_cast<std::size_t>(gene_)] = 0;
    double largest = 0;
    for (std::size_t gene = 0; gene < place_.size(); ++gene) {
      if (!is_held(gene))
        largest =
            std::max(largest, static_cast<double>(std::abs(gradient_[gene])) / setting_.penalties[gene]);
    }
    return largest;
  }

  void add(const std::vector<std::int32_t>& genes) {
    std::vector<float> columns(genes.size() * cells_.size(), 0.0F);
    std::vector<double> penalties;
    std::vector<std::int32_t> signs;
    for (std::size_t at = 0; at < genes.size(); ++at) {
      place_[static_cast<std::size_t>(genes[at])] = std::ssize(candidates_);
      candidates_.push_back(genes[at]);
      penalties.push_back(penalties_[static_cast<std::size_t>(genes[at])]);
      signs.push_back(signs_[static_cast<std::size_t>(genes[at])]);
      float* column = columns.data() + at * cells_.size();
      for (std::size_t row = 0; row < cells_.size(); ++row) {
        if (rows_[row] != filling && setting_.presence->has(cells_[row], genes[at])) column[row] = 1.0F;
      }
    }
    design_.add_candidates(columns, penalties, signs);
  }

  /// Makes candidates of the genes whose gradient exceeds `threshold` in parts of their penalty.
  bool add_candidates(double threshold) {
    std::vector<std::int32_t> genes;
    for (std::size_t gene = 0; gene < place_.size(); ++gene) {
      if (place_[gene] < 0 && !is_held(gene) &&
          static_cast<double>(std::abs(gradient_[gene])) > threshold * penalties_[gene])
        genes.push_back(static_cast<std::int32_t>(gene));
    }
    if (!genes.empty()) add(genes);
    return !genes.empty();
  }

  /// The fit on all cells, exact over all genes, and those without each fold if they are asked for.
  Step step(double lambda, bool with_folds) {
    do {
      whole_.extend();
      whole_.solve(lambda);
      search_gradient();
    } while (add_candidates(lambda * (1 + rounding)));
    if (with_folds) add_candidates(screening * lambda);
    whole_.extend();
    return fitted_step(lambda, with_folds);
  }

  /// The fits by factors and covariates alone, while there are no other candidates.
  Step without_genes(double lambda) {
    whole_.extend();
    whole_.solve(lambda);
    return fitted_step(lambda, true);
  }

  /// What the solved fit on all cells is, and the fits without each fold, of the candidates that there are.
  Step fitted_step(double lambda, bool with_folds) {
    Step step;
    step.whole = {{whole_.effects().begin(), whole_.effects().end()}, whole_.covariate_effects()};
    step.mean = {std::vector<double>(step.whole.effects.size(), 0.0),
                 std::vector<double>(step.whole.covariates.size(), 0.0)};
    step.signs.assign(step.whole.effects.size(), 0);
    for (std::size_t fold = 0; with_folds && fold < without_.size(); ++fold) {
      LassoFit& fit = without_[fold];
      fit.extend();
      fit.solve(lambda * fit.weight() / whole_.weight());
      add_fold(fit, fold, step);
    }
    return step;
  }

  void add_fold(const LassoFit& fit, std::size_t fold, Step& step) const {
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

  double squared_error(const Step& step, std::size_t row) const {
    const double residual = static_cast<double>(design_.targets()[row]) - step.predicted[row];
    return static_cast<double>(design_.weights()[row]) * residual * residual;
  }

  /// Effects are the means over the fits that leave a fold out; those that do not have the same sign in all
  /// are dropped, and the offset takes over what they gave on average. Of what is left the data support a
  /// part; the rest is the fit of `none`, without effects.
  void settle(Step& chosen, const Step& none) const {
    for (std::size_t at = genes_from_; at < chosen.signs.size(); ++at) {
      double& effect = chosen.mean.effects[at];
      if (effect == 0 || std::abs(chosen.signs[at]) == std::ssize(without_)) continue;
      const auto column = design_.candidate(static_cast<std::int64_t>(at));
      const double sum = std::accumulate(column.begin(), column.end(), 0.0);
      chosen.mean.covariates[0] += effect * sum / count();
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

  /// 1 − (2/t)⁴, at least 0: t is the mean over cells of what `chosen` gains
  /// in squared error over `none`, in standard errors.
  double supported_part(const Step& chosen, const Step& none) const {
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

  double count() const { return static_cast<double>(rows_.size() - padding_); }

  const RegressionSetting& setting_;
  std::int32_t gene_;
  std::vector<double> penalties_;    // of each gene's presence, in parts of λ
  std::vector<std::int32_t> signs_;  // that their effects must have
  std::vector<std::size_t> rows_;
  std::vector<std::int64_t> cells_;  // of the design's rows
  std::size_t padding_ = 0;          // rows that fill up folds
  FoldedDesign design_;              // makes the three before it
  LassoFit whole_;
  std::vector<LassoFit> without_;    // each fold
  std::vector<float> gradient_;      // one per gene, and padding
  std::vector<std::int64_t> place_;  // of a gene among the candidates, or -1
  std::vector<std::int32_t> candidates_;
  std::size_t genes_from_ = 0;  // candidates before are factors
};

/// Values of all rows by the chosen step.
std::vector<double> fitted_by(const Coefficients& step, const GeneRegression& regression) {
  const FoldedDesign& design = regression.design();
  std::vector<double> fitted(static_cast<std::size_t>(design.rows()), 0.0);
  const auto add = [&](std::span<const float> column, double effect) {
    if (effect == 0) return;
    for (std::size_t row = 0; row < fitted.size(); ++row)
      fitted[row] += effect * static_cast<double>(column[row]);
  };
  for (std::size_t k = 0; k < step.covariates.size(); ++k)
    add(design.covariate(static_cast<std::int64_t>(k)), step.covariates[k]);
  for (std::size_t at = 0; at < step.effects.size(); ++at)
    add(design.candidate(static_cast<std::int64_t>(at)), step.effects[at]);
  return fitted;
}

/// Huber weights of the residuals, mean 1, in the order of the gene's cells.
void weigh(std::span<const double> fitted, const GeneRegression& regression, std::vector<float>& weights) {
  std::vector<double> off(weights.size());
  for (std::size_t row = 0; row < fitted.size(); ++row) {
    const std::size_t cell = regression.rows()[row];
    if (cell == filling) continue;
    off[cell] = std::abs(static_cast<double>(regression.design().targets()[row]) - fitted[row]);
  }
  std::vector<double> sorted = off;
  const auto middle = sorted.begin() + std::ssize(sorted) / 2;
  std::nth_element(sorted.begin(), middle, sorted.end());
  const double median = *middle;
  double sum = 0;
  for (double& value : off) {
    value = value > median ? median / value : 1.0;
    sum += value;
  }
  for (std::size_t at = 0; at < off.size(); ++at)
    weights[at] = static_cast<float>(off[at] * static_cast<double>(off.size()) / sum);
}

/// Coefficients into the fit; candidates from the number of genes on are factors.
void take(const Coefficients& found, const std::vector<std::int32_t>& candidates,
          const RegressionSetting& setting, GeneFit& fit) {
  const auto genes = static_cast<std::int32_t>(setting.profiles->genes());
  fit.offset = found.covariates[0];
  std::copy(found.covariates.begin() + 1, found.covariates.end(), fit.responses.begin());
  fit.regulators.clear();
  fit.effects.clear();
  std::vector<std::size_t> order;
  for (std::size_t at = 0; at < found.effects.size(); ++at) {
    if (candidates[at] >= genes)
      fit.responses[static_cast<std::size_t>(setting.covariate_width + candidates[at] - genes)] =
          found.effects[at];
    else if (found.effects[at] != 0)
      order.push_back(at);
  }
  std::sort(order.begin(), order.end(),
            [&](std::size_t x, std::size_t y) { return candidates[x] < candidates[y]; });
  for (const std::size_t at : order) {
    fit.regulators.push_back(candidates[at]);
    fit.effects.push_back(found.effects[at]);
  }
}

}  // namespace

GeneFit fit_gene(const RegressionSetting& setting, std::int32_t gene, const GeneCells& data,
                 const PenaltyPath& path, GeneFit fit, std::vector<float>& weights, GramMemory& memory) {
  fit.mean = 0;
  fit.distance = 0;
  fit.least_error = 0;
  fit.responses.assign(static_cast<std::size_t>(setting.responses()), 0.0);
  for (std::size_t at = 0; at < data.cells.size(); ++at)
    fit.mean +=
        static_cast<double>(data.shares[at]) * setting.totals[static_cast<std::size_t>(data.cells[at])];
  fit.mean /= static_cast<double>(std::max<std::size_t>(1, data.cells.size()));
  fit.offset = fit.mean;
  if (data.cells.size() < least_cells + 2 * static_cast<std::size_t>(setting.covariate_width)) {
    for (std::size_t at = 0; at < data.cells.size(); ++at) {
      const double total = setting.totals[static_cast<std::size_t>(data.cells[at])];
      fit.distance += std::abs(static_cast<double>(data.shares[at]) - fit.mean / total);
    }
    return fit;
  }
  GeneRegression regression(setting, gene, data, weights, path.folds, memory);
  const Step step = regression.choose(path, fit);
  fit.distance = regression.distance(step);
  weigh(fitted_by(step.whole, regression), regression, weights);
  take(step.whole, regression.candidates(), setting, fit);
  return fit;
}

}  // namespace dko
