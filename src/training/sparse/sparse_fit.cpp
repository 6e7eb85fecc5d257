#include "dko/training/sparse/sparse_fit.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "cell_state.hpp"
#include "dko/base/random.hpp"
#include "gene_fit.hpp"
#include "gene_shares.hpp"
#include "passed_effects.hpp"
#include "prior_choice.hpp"
#include "state_choice.hpp"
#include "totals.hpp"

namespace dko {

namespace {

/// How the genes are fitted, one round after the other.
struct Round {
  PenaltyPath path;
  bool weigh_next = false;  ///< cells far off a fit weigh less in the next round
  /// Cost of a gene's fit, as measured, in per cent of the first round's. Only the progress depends on it.
  std::int64_t cost = 0;
};
constexpr std::array<Round, 3> rounds{
    Round{{.folds = 5, .ratio = 0.5}, false, 100}, Round{{.folds = 0}, true, 17},
    Round{{.start = 2, .ratio = 0.7, .least_steps = 2, .settle = true}, false, 80}};

constexpr PenaltyPath quick_path{.folds = 3, .ratio = 0.5};
constexpr std::int64_t quick_factors = 4;
constexpr double factor_penalty = 0.5;
constexpr std::int64_t state_cost = 100;
constexpr std::int64_t prior_cost = 80;
constexpr double weakest_regulator = 0.02;  // in parts of the strongest
constexpr double regulator_power = 0.5;

class SparseFitter {
 public:
  SparseFitter(const RelativeProfiles& profiles, std::span<const std::int64_t> cells,
               std::span<const std::int32_t> level_genes, std::uint64_t seed,
               const Communicator& communicator, const ProgressCallback& progress,
               const NetworkPrior& prior = {})
      : profiles_(profiles),
        cells_(cells),
        seed_(seed),
        communicator_(communicator),
        progress_(progress),
        inputs_(profiles, find_levels(profiles, cells, level_genes)),
        prior_(prior),
        support_(prior, profiles.genes()),
        counts_(profiles.cells_per_gene(cells)),
        own_(own_genes(counts_, communicator)) {
    setting_.profiles = &profiles_;
    setting_.inputs = &inputs_;
    setting_.folds = 5;
    setting_.fold_of_cell =
        deal_into_folds(profiles.cells(), cells, setting_.folds, RandomStream(seed, "sparse folds"));
    setting_.totals = totals_by_levels(inputs_, profiles);
    setting_.penalties.assign(static_cast<std::size_t>(profiles.genes()), 1.0);
    setting_.covariate_width = profiles.covariate_width();
    setting_.covariates = covariate_columns(profiles);
  }

  FittedMapping run() {
    setting_.factor_penalty = factor_penalty;
    find_components(most_factors);
    const std::vector<std::int32_t> judging = judging_genes(profiles_, cells_, communicator_);
    const std::vector<std::int32_t> targets = prior_targets(support_, profiles_, cells_);
    plan_work(judging, targets);
    use_factors(choose_factors(setting_, state_, cells_, judging, communicator_, memory_,
                               [&](std::int32_t gene) { advance(state_cost * work_of(gene)); }));
    if (!support_.empty()) {
      setting_.support = &support_;
      setting_.prior_factor =
          choose_prior_factor(setting_, targets, cells_, communicator_, memory_,
                              [&](std::int32_t gene) { advance(prior_cost * work_of(gene)); });
    }
    const std::vector<GeneCells> data = cells_of_genes(profiles_, cells_, own_);
    std::vector<std::vector<float>> weights;
    for (const GeneCells& of_gene : data) weights.emplace_back(of_gene.cells.size(), 1.0F);
    std::vector<GeneFit> fits;
    fits.resize(static_cast<std::size_t>(profiles_.genes()));
    for (std::size_t round = 0; round < rounds.size(); ++round) {
      if (round > 0) prepare_round(fits);
      fits = fit_all(data, weights, fits, round);
    }
    return finish(fits);
  }

  /// Outputs of `genes` in `cells`, cells × genes by rows.
  std::vector<float> quick(std::span<const std::int32_t> genes, std::span<const std::int64_t> cells) {
    find_components(quick_factors);
    use_factors(state_.factors);
    std::vector<float> outputs(cells.size() * genes.size(), 0.0F);
    const RankShare mine = communicator_.share_of(std::ssize(genes));
    for (auto at = static_cast<std::size_t>(mine.first); at < static_cast<std::size_t>(mine.last); ++at) {
      const GeneCells data = cells_of_genes(profiles_, cells_, genes.subspan(at, 1)).front();
      std::vector<float> weights(data.cells.size(), 1.0F);
      const GeneFit fit = fit_gene(setting_, genes[at], data, quick_path, {}, weights, memory_);
      for (std::size_t row = 0; row < cells.size(); ++row)
        outputs[row * genes.size() + at] = static_cast<float>(output_of(fit, cells[row]));
    }
    communicator_.sum(std::span<float>(outputs));
    return outputs;
  }

 private:
  double output_of(const GeneFit& fit, std::int64_t cell) const {
    double output = fit.offset;
    for (std::size_t at = 0; at < fit.regulators.size(); ++at) {
      output += fit.effects[at] * static_cast<double>(inputs_.value(cell, fit.regulators[at]));
    }
    for (std::int64_t k = 0; k < setting_.responses(); ++k)
      output += fit.responses[static_cast<std::size_t>(k)] * static_cast<double>(setting_.column(k, cell));
    return std::max(output, floor_share * fit.mean);
  }

  std::vector<GeneFit> fit_all(const std::vector<GeneCells>& data, std::vector<std::vector<float>>& weights,
                               const std::vector<GeneFit>& last, std::size_t round) {
    std::vector<GeneFit> own;
    for (std::size_t at = 0; at < own_.size(); ++at) {
      std::vector<float> of_gene = weights[at];
      own.push_back(fit_gene(setting_, own_[at], data[at], rounds[round].path,
                             last[static_cast<std::size_t>(own_[at])], of_gene, memory_));
      if (rounds[round].weigh_next) weights[at] = std::move(of_gene);
      advance(rounds[round].cost * work_of(own_[at]));
    }
    return exchange(communicator_, own_, own, profiles_.genes(), setting_.responses());
  }

  /// A gene's fit takes the longer the more cells express it: as measured about their number to the
  /// power 1.5.
  std::int64_t work_of(std::int32_t gene) const {
    const auto cells = static_cast<double>(counts_[static_cast<std::size_t>(gene)]);
    return 1 + std::llround(std::pow(cells, 1.5));
  }

  /// What this rank will do, once the components of the state are known: its `judging` genes for each number
  /// of factors, its part of the targets of a prior by each of its factors, then its own genes in each round.
  void plan_work(const std::vector<std::int32_t>& judging, const std::vector<std::int32_t>& targets) {
    const auto work = [&](const std::vector<std::int32_t>& genes) {
      return std::accumulate(genes.begin(), genes.end(), std::int64_t{0},
                             [&](std::int64_t sum, std::int32_t gene) { return sum + work_of(gene); });
    };
    work_ = state_cost * std::ssize(factor_choices(state_.factors)) * work(judging);
    for (auto at = static_cast<std::size_t>(communicator_.rank()); at < targets.size();
         at += static_cast<std::size_t>(communicator_.size()))
      work_ += prior_fits * prior_cost * work_of(targets[at]);
    for (const Round& round : rounds) work_ += round.cost * work(own_);
  }

  void advance(std::int64_t work) {
    done_ += work;
    if (progress_) progress_(done_, work_);
  }

  void use_factors(std::int64_t count) {
    setting_.factors = count;
    setting_.state = state_.scores(profiles_, count);
  }

  /// On rank 0, for all.
  void find_components(std::int64_t factors) {
    if (communicator_.is_root()) state_ = principal_components(profiles_, cells_, factors);
    communicator_.broadcast(state_.factors);
    communicator_.broadcast(state_.loadings);
    communicator_.broadcast(state_.centre);
  }

  void prepare_round(const std::vector<GeneFit>& fits) {
    // With levels their factor stands for the total.
    if (!inputs_.levels().any())
      setting_.totals = totals_by(assemble(fits), profiles_, cells_, communicator_);
    setting_.penalties = regulator_penalties(fits);
  }

  /// Penalty of gene j: (strength_j / largest)^−½, the strength being the root mean square over genes i of
  /// A_ij sd(x_j) in parts of the mean of i. Who regulates many is likelier to regulate one more.
  std::vector<double> regulator_penalties(const std::vector<GeneFit>& fits) const {
    std::vector<double> strength(counts_.size(), 0.0);
    for (const GeneFit& fit : fits) {
      for (std::size_t at = 0; at < fit.regulators.size(); ++at) {
        const auto gene = static_cast<std::size_t>(fit.regulators[at]);
        const double part = fit.effects[at] / fit.mean;
        strength[gene] += input_variance(gene, part * part);
      }
    }
    for (double& value : strength) value = std::sqrt(value);
    const double largest = *std::max_element(strength.begin(), strength.end());
    if (!(largest > 0)) return std::vector<double>(strength.size(), 1.0);
    for (double& value : strength)
      value = std::pow(std::max(value / largest, weakest_regulator), -regulator_power);
    return strength;
  }

  /// `square` times the variance of x over the cells.
  double input_variance(std::size_t gene, double square) const {
    const GeneLevels& levels = inputs_.levels();
    if (levels.any() && levels.scale[gene] > 0) return square * level_variance;
    const double frequency = static_cast<double>(counts_[gene]) / static_cast<double>(cells_.size());
    return square * frequency * (1 - frequency);
  }

  SparseMapping assemble(const std::vector<GeneFit>& fits) const {
    const auto genes = static_cast<std::size_t>(profiles_.genes());
    const auto r = static_cast<std::size_t>(setting_.factors);
    SparseMappingParts parts;
    parts.starts.assign(genes + 1, 0);
    for (const GeneFit& fit : fits) {
      for (const std::int32_t regulator : fit.regulators)
        ++parts.starts[static_cast<std::size_t>(regulator) + 1];
    }
    std::partial_sum(parts.starts.begin(), parts.starts.end(), parts.starts.begin());
    std::vector<std::int64_t> next(parts.starts.begin(), parts.starts.end() - 1);
    parts.rows.resize(static_cast<std::size_t>(parts.starts.back()));
    parts.effects.resize(parts.rows.size());
    const double least_mean = least_seen_mean(fits);
    for (std::size_t gene = 0; gene < genes; ++gene) {
      const GeneFit& fit = fits[gene];
      for (std::size_t at = 0; at < fit.regulators.size(); ++at) {
        const auto to = static_cast<std::size_t>(next[static_cast<std::size_t>(fit.regulators[at])]++);
        parts.rows[to] = static_cast<std::int32_t>(gene);
        parts.effects[to] = fit.effects[at];
      }
      const bool is_seen = fit.mean > 0;
      double offset = is_seen ? fit.offset : least_mean;
      const auto of_state = fit.responses.begin() + setting_.covariate_width;
      for (std::size_t k = 0; k < r; ++k)
        offset -= of_state[static_cast<std::ptrdiff_t>(k)] * state_.centre[k];
      parts.offset.push_back(offset);
      parts.floor.push_back(floor_share * (is_seen ? fit.mean : least_mean));
      parts.covariate_responses.insert(parts.covariate_responses.end(), fit.responses.begin(), of_state);
      parts.responses.insert(parts.responses.end(), of_state, fit.responses.end());
      const auto loading = state_.loadings.begin() + static_cast<std::ptrdiff_t>(gene) * state_.factors;
      parts.loadings.insert(parts.loadings.end(), loading, loading + setting_.factors);
    }
    parts.levels = inputs_.levels();
    pass_on(parts);
    return SparseMapping(std::move(parts));
  }

  /// What a gene that no cell of the fit expresses is taken for.
  static double least_seen_mean(const std::vector<GeneFit>& fits) {
    double least = 0;
    for (const GeneFit& fit : fits) {
      if (fit.mean > 0 && (least == 0 || fit.mean < least)) least = fit.mean;
    }
    return least;
  }

  FittedMapping finish(const std::vector<GeneFit>& fits) const {
    FittedMapping fitted{assemble(fits), {}};
    SparseRecord& record = fitted.record;
    record.seed = seed_;
    record.cells = std::ssize(cells_);
    record.factors = setting_.factors;
    record.effects = fitted.mapping.effects_count();
    record.prior = prior_.checksum;
    record.prior_pairs = prior_.pairs();
    record.prior_factor = setting_.prior_factor;
    record.prior_signs = prior_.holds_signs ? 1 : 0;
    for (const GeneFit& fit : fits) {
      record.cross_validated_distance += 0.5 * fit.distance / static_cast<double>(cells_.size());
      record.penalties.push_back(static_cast<float>(fit.penalty));
    }
    return fitted;
  }

  const RelativeProfiles& profiles_;
  std::span<const std::int64_t> cells_;
  std::uint64_t seed_;
  const Communicator& communicator_;
  const ProgressCallback& progress_;
  GeneInputs inputs_;
  const NetworkPrior& prior_;
  PairSupport support_;
  std::vector<std::int64_t> counts_;  // cells that express each gene
  std::vector<std::int32_t> own_;     // this rank's genes
  std::int64_t work_ = 0;             // of this rank
  std::int64_t done_ = 0;
  GramMemory memory_;
  CellState state_;
  RegressionSetting setting_;
};

}  // namespace

FittedMapping fit_sparse(const RelativeProfiles& profiles, std::span<const std::int64_t> cells,
                         std::uint64_t seed, const Communicator& communicator,
                         const ProgressCallback& progress, const NetworkPrior& prior,
                         std::span<const std::int32_t> level_genes) {
  return SparseFitter(profiles, cells, level_genes, seed, communicator, progress, prior).run();
}

std::vector<float> quick_sparse_outputs(const RelativeProfiles& profiles, std::span<const std::int64_t> known,
                                        std::span<const std::int64_t> cells,
                                        std::span<const std::int32_t> genes, std::uint64_t seed,
                                        const Communicator& communicator) {
  return SparseFitter(profiles, known, {}, seed, communicator, {}).quick(genes, cells);
}

double sparse_fit_bytes(const ExpressionMatrix& matrix, double ranks, bool has_levels) {
  constexpr double most_candidates = 2000;
  constexpr double of_nonzero = 32;   // in vectors that may have grown to twice their content
  constexpr double products = 6 * 4;  // of five folds and of all rows, at twice the room
  const auto cells = static_cast<double>(matrix.cells());
  const auto genes = static_cast<double>(matrix.genes());
  const double candidates = std::min(genes, most_candidates);
  const auto covariates = static_cast<double>(matrix.covariate_width());
  // Columns of all cells, and of a gene's three times; their products with candidates in each fold, and in
  // each fit; responses of all genes, gathered and taken apart.
  constexpr double fits = 6;
  const double of_covariates =
      covariates *
      (4 * 4 * cells + 2 * fits * sizeof(double) * (candidates + covariates) + 4 * sizeof(double) * genes);
  const auto nonzeros = static_cast<double>(matrix.nonzeros());
  return GeneInputs::bytes(cells, genes, has_levels ? nonzeros : 0) + of_nonzero * nonzeros / ranks +
         4 * candidates * (3 * cells + products * candidates) + of_covariates;
}

}  // namespace dko
