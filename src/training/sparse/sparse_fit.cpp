#include "dko/training/sparse/sparse_fit.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <utility>

#include "bit_columns.hpp"
#include "cell_state.hpp"
#include "dealt_table.hpp"
#include "dko/base/error.hpp"
#include "dko/base/random.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/training/sparse/fit_job.hpp"
#include "fit_assembly.hpp"
#include "fit_cost.hpp"
#include "fit_rounds.hpp"
#include "fit_state.hpp"
#include "gene_fit.hpp"
#include "gene_shares.hpp"
#include "passed_effects.hpp"
#include "prior_choice.hpp"
#include "regulator_penalties.hpp"
#include "state_choice.hpp"
#include "totals.hpp"

namespace dko {

namespace {

constexpr PenaltyPath quick_path{.folds = 3, .ratio = 0.5, .to_shares = true};
constexpr std::int64_t quick_factors = 4;
constexpr double factor_penalty = 0.5;

class SparseFitter {
 public:
  SparseFitter(const RelativeProfiles& profiles, std::span<const std::int64_t> cells,
               std::span<const std::int32_t> level_genes, std::uint64_t seed,
               const Communicator& communicator, FitJob& job, const NetworkPrior& prior = {})
      : profiles_(profiles),
        cells_(cells),
        seed_(seed),
        communicator_(communicator),
        job_(job),
        nodes_(communicator),
        inputs_(profiles, find_levels(profiles, cells, level_genes), nodes_),
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
    start_or_resume();
    find_factors();
    find_prior_factor();
    const std::vector<GeneCells> data = cells_of_genes(profiles_, cells_, own_);
    while (stage_ < in_rounds + std::ssize(rounds)) fit_round(data);
    job_.conclude([this] { return state(); });
    return finish(fits_);
  }

  /// Outputs of `genes` in `cells`, cells × genes by rows.
  std::vector<float> quick(std::span<const std::int32_t> genes, std::span<const std::int64_t> cells) {
    state_ = principal_components(profiles_, cells_, quick_factors, communicator_);
    use_factors(state_.factors);
    std::vector<float> outputs(cells.size() * genes.size(), 0.0F);
    const RankShare mine = communicator_.share_of(std::ssize(genes));
    const auto own =
        genes.subspan(static_cast<std::size_t>(mine.first), static_cast<std::size_t>(mine.last - mine.first));
    const std::vector<GeneCells> data = cells_of_genes(profiles_, cells_, own);
    for (auto at = static_cast<std::size_t>(mine.first); at < static_cast<std::size_t>(mine.last); ++at) {
      const GeneCells& of_gene = data[at - static_cast<std::size_t>(mine.first)];
      std::vector<float> weights(of_gene.cells.size(), 1.0F);
      const GeneFit fit = fit_gene(setting_, genes[at], of_gene, quick_path, {}, weights, memory_);
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

  /// The components of the state, and what a checkpoint has beside them; this rank's work from there on.
  void start_or_resume() {
    std::optional<FitState> saved = job_.resume(own_);
    if (saved)
      state_ = std::move(saved->components);
    else
      state_ = principal_components(profiles_, cells_, most_factors, communicator_);
    judging_ = judging_genes(profiles_, cells_, communicator_);
    targets_ = prior_targets(support_, profiles_, cells_);
    distances_.emplace(factor_distances(state_.factors, communicator_));
    errors_.emplace(targets_.size(), prior_fits, communicator_);
    fits_.resize(static_cast<std::size_t>(profiles_.genes()));
    now_.resize(own_.size());
    weights_.resize(own_.size());
    if (saved) {
      on_every_rank(communicator_, [&] {
        if (!is_whole(*saved, {profiles_.genes(), distances_->size(), errors_->size(), own_, counts_}))
          job_.refuse_incomplete(saved->stage);
      });
      go_on_from(std::move(*saved));
    }
    plan_work();
  }

  std::int64_t cells_of(std::int32_t gene) const { return counts_[static_cast<std::size_t>(gene)]; }

  void go_on_from(FitState saved) {
    stage_ = saved.stage;
    if (!saved.choices.empty()) distances_->take(saved.choices);
    if (!saved.errors.empty()) errors_->take(saved.errors);
    if (stage_ > choosing_factors) use_factors(saved.factors);
    setting_.prior_factor = saved.prior_factor;
    for (std::size_t at = 0; at < saved.last.genes.size(); ++at)
      fits_[static_cast<std::size_t>(saved.last.genes[at])] = std::move(saved.last.fits[at]);
    for (std::size_t at = 0; at < saved.now.genes.size(); ++at)
      now_[place_of(saved.now.genes[at])] = std::move(saved.now.fits[at]);
    for (std::size_t at = 0; at < saved.weighted.size(); ++at)
      weights_[place_of(saved.weighted[at])] = std::move(saved.weights[at]);
  }

  /// Place of one of this rank's genes among them.
  std::size_t place_of(std::int32_t gene) const {
    return static_cast<std::size_t>(std::lower_bound(own_.begin(), own_.end(), gene) - own_.begin());
  }

  /// What there is, to be saved. Collective.
  FitState state() const {
    FitState state;
    state.stage = stage_;
    state.components = state_;
    state.factors = setting_.factors;
    state.prior_factor = setting_.prior_factor;
    if (stage_ == choosing_factors) state.choices = distances_->all(communicator_);
    if (stage_ == choosing_prior_factor) state.errors = errors_->all(communicator_);
    for (std::size_t at = 0; at < own_.size(); ++at) {
      if (stage_ > in_rounds) {
        state.last.genes.push_back(own_[at]);
        state.last.fits.push_back(fits_[static_cast<std::size_t>(own_[at])]);
      }
      if (now_[at]) {
        state.now.genes.push_back(own_[at]);
        state.now.fits.push_back(*now_[at]);
      }
      if (!weights_[at].empty()) {
        state.weighted.push_back(own_[at]);
        state.weights.push_back(weights_[at]);
      }
    }
    state.fits = communicator_.sum(fits_made());
    state.fits_asked = communicator_.sum(fits_asked());
    return state;
  }

  /// By this rank, of those that it is asked for.
  std::int64_t fits_made() const {
    std::int64_t made = stage_ > choosing_factors ? factor_fits() : distances_->known();
    if (stage_ >= choosing_prior_factor) made += stage_ >= in_rounds ? errors_->own() : errors_->known();
    if (stage_ >= in_rounds) made += (stage_ - in_rounds) * std::ssize(own_);
    return made + std::count_if(now_.begin(), now_.end(), [](const auto& fit) { return fit.has_value(); });
  }
  std::int64_t fits_asked() const {
    return factor_fits() + errors_->own() + std::ssize(rounds) * std::ssize(own_);
  }
  std::int64_t factor_fits() const {
    return std::ssize(judging_) * std::ssize(factor_choices(state_.factors));
  }

  void find_factors() {
    if (stage_ > choosing_factors) return;
    job_.begin([this] { return state(); });
    find_factor_distances(setting_, state_, cells_, judging_, *distances_, communicator_, memory_,
                          [&](std::int32_t gene) { job_.did(factor_work(gene)); });
    job_.end();
    use_factors(choose_factors(state_.factors, *distances_, communicator_));
    stage_ = choosing_prior_factor;
  }

  void find_prior_factor() {
    if (!support_.empty()) setting_.support = &support_;
    if (stage_ > choosing_prior_factor) return;
    if (!support_.empty()) {
      job_.begin([this] { return state(); });
      find_prior_errors(setting_, targets_, cells_, *errors_, memory_,
                        [&](std::int32_t gene) { job_.did(prior_work(gene)); });
      job_.end();
      setting_.prior_factor = choose_prior_factor(*errors_, communicator_);
    }
    stage_ = in_rounds;
  }

  /// The next round, or what is left of it.
  void fit_round(const std::vector<GeneCells>& data) {
    if (stage_ > in_rounds) prepare_round(fits_);
    job_.begin([this] { return state(); });
    for (std::size_t at = 0; at < own_.size(); ++at) {
      if (!now_[at]) fit_own(at, data[at], rounds[static_cast<std::size_t>(stage_ - in_rounds)]);
    }
    job_.end();
    std::vector<GeneFit> own;
    for (std::optional<GeneFit>& fit : now_) own.push_back(std::move(*fit));
    fits_ = exchange(communicator_, own_, own, profiles_.genes(), setting_.responses());
    now_.assign(own_.size(), std::nullopt);
    ++stage_;
  }

  void fit_own(std::size_t at, const GeneCells& data, const PenaltyPath& path) {
    const std::int32_t gene = own_[at];
    std::vector<float> weights = std::move(weights_[at]);
    if (weights.empty()) weights.assign(data.cells.size(), 1.0F);
    now_[at] = fit_gene(setting_, gene, data, path, fits_[static_cast<std::size_t>(gene)], weights, memory_);
    weights_[at] = path.weigh_next ? std::move(weights) : std::vector<float>();
    job_.did(round_work(gene, stage_ - in_rounds));
  }

  double genes() const { return static_cast<double>(profiles_.genes()); }
  std::int64_t factor_work(std::int32_t gene) const {
    return work_of(factor_fit_cost(genes(), expressing(gene)));
  }
  std::int64_t prior_work(std::int32_t gene) const {
    return work_of(prior_fit_cost(genes(), expressing(gene)));
  }
  std::int64_t round_work(std::int32_t gene, std::int64_t round) const {
    return work_of(round_cost(genes(), expressing(gene), round));
  }
  double expressing(std::int32_t gene) const { return static_cast<double>(cells_of(gene)); }

  /// What this rank is yet to do: its judging genes for each number of factors, its part of the targets of a
  /// prior by each of its factors, then its own genes in each round.
  void plan_work() {
    const auto choices = factor_choices(state_.factors).size();
    for (std::size_t at = 0; stage_ == choosing_factors && at < judging_.size(); ++at) {
      for (std::size_t choice = 0; choice < choices; ++choice) {
        if (!distances_->is_known(place_of_judging(at, communicator_), choice))
          job_.plan(factor_work(judging_[at]));
      }
    }
    for (std::size_t at = 0; stage_ <= choosing_prior_factor && at < targets_.size(); ++at) {
      for (std::size_t choice = 0; errors_->is_own(at) && choice < prior_fits; ++choice) {
        if (!errors_->is_known(at, choice)) job_.plan(prior_work(targets_[at]));
      }
    }
    const std::int64_t rounds_before = std::max<std::int64_t>(0, stage_ - in_rounds);
    for (std::int64_t round = rounds_before; round < std::ssize(rounds); ++round) {
      for (std::size_t at = 0; at < own_.size(); ++at) {
        if (round > rounds_before || !now_[at]) job_.plan(round_work(own_[at], round));
      }
    }
  }

  void use_factors(std::int64_t count) {
    setting_.factors = count;
    setting_.state = state_.scores(profiles_, count);
  }

  void prepare_round(const std::vector<GeneFit>& fits) {
    // With levels their factor stands for the total.
    if (!inputs_.levels().any())
      setting_.totals = totals_by(assemble(fits, setting_, state_), profiles_, cells_, communicator_);
    setting_.penalties = regulator_penalties(fits, inputs_.levels(), counts_, std::ssize(cells_));
  }

  FittedMapping finish(const std::vector<GeneFit>& fits) const {
    FittedMapping fitted{assemble(fits, setting_, state_), {}};
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
  FitJob& job_;
  NodeGroup nodes_;
  GeneInputs inputs_;
  const NetworkPrior& prior_;
  PairSupport support_;
  std::vector<std::int64_t> counts_;  // cells that express each gene
  std::vector<std::int32_t> own_;     // this rank's genes
  std::int64_t stage_ = choosing_factors;
  std::vector<std::int32_t> judging_;        // this rank's
  std::vector<std::int32_t> targets_;        // of all ranks
  std::optional<DealtTable> distances_;      // of the first stage
  std::optional<DealtTable> errors_;         // of the second
  std::vector<GeneFit> fits_;                // of all genes, in the round before
  std::vector<std::optional<GeneFit>> now_;  // of this rank's genes, in this round
  std::vector<std::vector<float>> weights_;  // likewise; empty: all are 1, or they are not needed any more
  RegressionMemory memory_;
  CellState state_;
  RegressionSetting setting_;
};

}  // namespace

FittedMapping fit_sparse(const RelativeProfiles& profiles, std::span<const std::int64_t> cells,
                         std::uint64_t seed, const Communicator& communicator, FitJob& job,
                         const NetworkPrior& prior, std::span<const std::int32_t> level_genes) {
  return SparseFitter(profiles, cells, level_genes, seed, communicator, job, prior).run();
}

FittedMapping fit_sparse(const RelativeProfiles& profiles, std::span<const std::int64_t> cells,
                         std::uint64_t seed, const Communicator& communicator,
                         const ProgressCallback& progress, const NetworkPrior& prior,
                         std::span<const std::int32_t> level_genes) {
  FitJob job(communicator, progress);
  return fit_sparse(profiles, cells, seed, communicator, job, prior, level_genes);
}

std::vector<float> quick_sparse_outputs(const RelativeProfiles& profiles, std::span<const std::int64_t> known,
                                        std::span<const std::int64_t> cells,
                                        std::span<const std::int32_t> genes, std::uint64_t seed,
                                        const Communicator& communicator) {
  const ProgressCallback silent;
  FitJob job(communicator, silent);
  return SparseFitter(profiles, known, {}, seed, communicator, job).quick(genes, cells);
}

double sparse_fit_bytes(const ExpressionMatrix& matrix, double ranks, bool has_levels) {
  constexpr double most_candidates = 2000;
  constexpr double most_active = 1000;  // of them in a fit
  constexpr double of_nonzero = 16;     // cell, share and weight
  constexpr double of_row = 211;  // targets, weights, tables of these, and what is predicted along the path
  constexpr double fits = 6;      // five folds and all rows
  constexpr double room = 1.5;    // of what grows
  const auto cells = static_cast<double>(matrix.cells());
  const auto genes = static_cast<double>(matrix.genes());
  const double candidates = std::min(genes, most_candidates);
  const double active = std::min(genes, most_active);
  const auto covariates = static_cast<double>(matrix.covariate_width());
  const double products = fits * room * room * sizeof(float) * (candidates + active) * active;
  // Columns of all cells, and of a gene's three times; their products with candidates in each fold, and in
  // each fit; responses of all genes, gathered and taken apart.
  const double of_covariates =
      covariates *
      (4 * 4 * cells + 2 * fits * sizeof(double) * (candidates + covariates) + 4 * sizeof(double) * genes);
  const auto nonzeros = static_cast<double>(matrix.nonzeros());
  const double levels = has_levels ? 2 * sizeof(float) * candidates * cells : 0;
  return BitColumns::bytes(cells, genes) + room * BitColumns::bytes(cells, candidates) + of_row * cells +
         of_nonzero * nonzeros / ranks + products + levels + of_covariates;
}

double sparse_node_bytes(const ExpressionMatrix& matrix, bool has_levels) {
  const auto cells = static_cast<double>(matrix.cells());
  const auto genes = static_cast<double>(matrix.genes());
  const double levels = has_levels ? static_cast<double>(matrix.nonzeros()) : 0;
  return GeneInputs::bytes(cells, genes, levels) + PresenceBits::bytes(cells, genes);
}

}  // namespace dko
