#include "dko/training/sparse/effect_q_values.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "cell_state.hpp"
#include "chosen_share.hpp"
#include "column_shifts.hpp"
#include "decoy_effects.hpp"
#include "decoy_tally.hpp"
#include "decoys.hpp"
#include "dko/base/give_back.hpp"
#include "dko/training/sparse/fit_job.hpp"
#include "effect_statistics.hpp"
#include "fit_cost.hpp"
#include "gene_shares.hpp"
#include "regulator_rows.hpp"
#include "totals.hpp"

namespace dko {

namespace {

/// A look at one gene, by the cells that express it, as effects_cost and decoy_cost: see FitJob::plan().
using LookCost = double (*)(double genes, double expressing);
std::int64_t work_on(const RelativeProfiles& profiles, std::int64_t cells, LookCost cost) {
  return work_of(cost(static_cast<double>(profiles.genes()), static_cast<double>(cells)));
}

/// How much of an effect with the statistic t is taken as a part of paths: as much as the fit keeps of
/// effects whose gain stands out as much.
double certain_part(double statistic) {
  constexpr double least = 2;
  if (!(statistic > least)) return 0;
  const double doubt = least * least / (statistic * statistic);
  return 1 - doubt * doubt;
}

/// What paths add to the statistic of a slope with this squared error: their sum in errors, if it has the
/// slope's sign.
double added_by_paths(double sum, double slope, double square) {
  constexpr double most = 4;
  const double along = slope < 0 ? -sum : sum;
  return along > 0 ? std::min(along / std::sqrt(square), most) : 0;
}

/// f = Vᵀ z of every cell, and after that its covariates: (factors + covariates) × cells.
std::vector<float> states_by(const SparseMapping& mapping, const ExpressionMatrix& matrix) {
  const CellState state{mapping.factors(),
                        {mapping.loadings().begin(), mapping.loadings().end()},
                        std::vector<double>(static_cast<std::size_t>(mapping.factors()), 0.0)};
  std::vector<float> states = state.scores(matrix, mapping.factors());
  const std::vector<float> covariates = covariate_columns(matrix);
  states.insert(states.end(), covariates.begin(), covariates.end());
  return states;
}

class EffectJudge {
 public:
  EffectJudge(const RelativeProfiles& profiles, std::span<const std::int64_t> cells,
              const SparseMapping& mapping, const Communicator& communicator)
      : profiles_(profiles),
        cells_(cells),
        mapping_(mapping),
        communicator_(communicator),
        nodes_(communicator),
        inputs_(profiles, mapping.levels(), nodes_),
        setting_{&profiles,
                 mapping.has_levels() ? totals_by_levels(inputs_, profiles)
                                      : totals_by(mapping, profiles, cells, communicator),
                 states_by(mapping, profiles), mapping.factors() + mapping.covariates()},
        regulators_(regulators_of(mapping)),
        slopes_(static_cast<std::size_t>(mapping.effects_count()), 0.0),
        errors_(slopes_.size(), 0.0),
        certain_(slopes_.size(), 0.0),
        mean_inputs_(slopes_.size(), 0.0),
        scales_(static_cast<std::size_t>(profiles.genes())),
        shifts_(profiles.genes()) {}

  EffectQuality judge(double cross_validated_distance, std::uint64_t seed, FitJob& job) {
    const auto strata = strata_of(profiles_, cells_, setting_.state, setting_.factors);
    inflation_ = inflation_by(cross_validated_distance);
    const auto counts = profiles_.cells_per_gene(cells_);
    own_ = own_genes(counts, communicator_);
    std::vector<GeneCells> data = cells_of_genes(profiles_, cells_, own_);
    residuals_.resize(own_.size());
    for_own_genes(job, counts, effects_cost, [&](std::size_t at) {
      residuals_[at] = look_at_effects(own_[at], data[at]);
      give_back(data[at].shares);  // residuals take their place in memory
    });
    gather_effects();
    EffectQuality quality;
    for (std::int64_t draw = 0; draw < decoy_draws; ++draw) {
      const PresenceBits decoys = decoy_presence(profiles_, cells_, strata, seed, draw, nodes_);
      for_own_genes(job, counts, decoy_cost, [&](std::size_t at) { look_at_decoys(at, data[at], decoys); });
      // Effects of levels have no decoys that shifts could be compared with.
      if (mapping_.has_levels()) continue;
      AtRoot<GatheredDecoys> gathered = collector_.gather(profiles_.genes(), communicator_);
      if (gathered.is_here()) {
        quality.q_values.decoys.push_back(std::move(gathered->effects));
        quality.decoy_q.push_back(std::move(gathered->statistics));
      }
      collector_ = {};
    }
    tally_.gather(communicator_);
    const std::vector<double> statistics = statistics_with_paths();
    const QValueCurve curve = tally_.curve_of(statistics, decoy_draws);
    for (std::vector<double>& of_draw : quality.decoy_q) of_draw = q_values_of(of_draw, curve);
    quality.q_values.effects = q_values_of(statistics, curve);
    quality.q_values.genes = gene_q_values(mapping_, quality.q_values.effects);
    quality.inputs = std::move(mean_inputs_);
    return quality;
  }

 private:
  template <class Look>
  void for_own_genes(FitJob& job, const std::vector<std::int64_t>& counts, LookCost cost, Look look) {
    job.begin();
    for (std::size_t at = 0; at < own_.size(); ++at) {
      look(at);
      job.did(work_on(profiles_, counts[static_cast<std::size_t>(own_[at])], cost));
    }
    job.end();
  }

  /// Error in cells that were left out, in parts of that in the cells of the fit; at least 1.
  /// Collective.
  double inflation_by(double cross_validated_distance) const {
    std::vector<double> distances(cells_.size(),
                                  0.0);  // one entry a cell: the same bits on any number of ranks
    const RankShare mine = communicator_.share_of(std::ssize(cells_));
    for (auto at = static_cast<std::size_t>(mine.first); at < static_cast<std::size_t>(mine.last); ++at) {
      const std::int64_t cell = cells_[at];
      const std::vector<double> outputs = outputs_of(mapping_, profiles_, cell);
      const auto shares = profiles_.values(cell);
      for (std::size_t gene = 0; gene < outputs.size(); ++gene) {
        const double predicted = outputs[gene] / setting_.totals[static_cast<std::size_t>(cell)];
        distances[at] += 0.5 * std::abs(static_cast<double>(shares[gene]) - predicted);
      }
    }
    communicator_.sum(std::span<double>(distances));
    double distance = std::accumulate(distances.begin(), distances.end(), 0.0);
    distance /= static_cast<double>(cells_.size());
    return distance > 0 ? std::max(1.0, cross_validated_distance / distance) : 1.0;
  }

  const Regulators& regulators_on(std::int32_t gene) const {
    return regulators_[static_cast<std::size_t>(gene)];
  }

  /// @returns the residuals, without the covariates, of which there may be more than all else
  Residuals look_at_effects(std::int32_t gene, const GeneCells& data) {
    const Regulators& regulators = regulators_on(gene);
    inputs_.presence().columns_of(data.cells, columns_);
    note_inputs(data, regulators);
    Residuals residuals =
        residuals_of(setting_, data, inputs_, columns_, regulators.genes, regulators.effects);
    if (residuals.deviation > 0) note_effects(gene, regulators, data, residuals);
    give_back(residuals.covariates);
    return residuals;
  }

  /// Looks at the columns of all genes but the gene itself and those that enter by their level, which no
  /// decoy could tell.
  PresenceStatistics statistics_of(std::int32_t gene, const GeneCells& data,
                                   const Residuals& residuals) const {
    PresenceStatistics found = presence_statistics(residuals, data.cells.size(), columns_, profiles_.genes());
    found.error[static_cast<std::size_t>(gene)] = 0;
    for (std::size_t other = 0; other < found.error.size(); ++other) {
      if (inputs_.is_level(static_cast<std::int32_t>(other))) found.error[other] = 0;
    }
    return found;
  }

  /// Counts the decoys of one of this rank's genes, and collects those that are kept.
  void look_at_decoys(std::size_t at, const GeneCells& data, const PresenceBits& decoys) {
    const std::int32_t gene = own_[at];
    if (!(residuals_[at].deviation > 0)) return;
    Residuals residuals = residuals_[at];
    residuals.covariates = residual_covariates(setting_, data.cells);
    decoys.columns_of(data.cells, columns_);
    const PresenceStatistics found = statistics_of(gene, data, residuals);
    const std::vector<double> with_paths = count_decoys(gene, residuals.mean, found);
    if (!mapping_.has_levels()) collect_decoys(gene, found, with_paths);
  }

  /// @returns t' of each; 0 where it cannot be told
  std::vector<double> count_decoys(std::int32_t gene, double mean, const PresenceStatistics& found) {
    std::vector<double> with_paths(found.error.size(), 0.0);
    const std::vector<double> sums = sums_of_paths(regulators_, certain_, gene);
    // Errors in the cells of the fit are as much too small as those in cells left out are too large.
    const double inflation = std::sqrt(inflation_);
    for (std::size_t decoy = 0; decoy < found.error.size(); ++decoy) {
      if (!(found.error[decoy] > 0)) continue;
      const double statistic = inflation * std::abs(found.slope[decoy]) / found.error[decoy];
      const double error = found.error[decoy] / mean;
      const double added = added_by_paths(sums[decoy], found.slope[decoy], error * error + shared_.variance);
      with_paths[decoy] = statistic + added;
      tally_.add(with_paths[decoy], chosen_.of(statistic));
    }
    return with_paths;
  }

  void collect_decoys(std::int32_t gene, const PresenceStatistics& found,
                      const std::vector<double>& with_paths) {
    std::vector<double> statistics(found.error.size(), 0.0);
    for (std::size_t decoy = 0; decoy < statistics.size(); ++decoy) {
      if (found.error[decoy] > 0)
        statistics[decoy] = inflation_ * std::abs(found.slope[decoy]) / found.error[decoy];
    }
    EffectScale scale = scales_[static_cast<std::size_t>(gene)];
    scale.kept *= inflation_;
    collector_.add(gene, scale, found.slope, {statistics, with_paths});
  }

  void note_effects(std::int32_t gene, const Regulators& regulators, const GeneCells& data,
                    const Residuals& residuals) {
    PresenceStatistics own = statistics_of(gene, data, residuals);
    for (std::size_t at = 0; at < regulators.genes.size(); ++at)
      own.slope[static_cast<std::size_t>(regulators.genes[at])] += residuals.part * regulators.effects[at];
    scales_[static_cast<std::size_t>(gene)] =
        scale_of(regulators.genes, regulators.effects, own.slope, own.error);
    for (double& slope : own.slope) slope /= residuals.mean;
    for (double& error : own.error) error /= residuals.mean;
    for (std::size_t at = 0; at < regulators.genes.size(); ++at) {
      slopes_[regulators.places[at]] = own.slope[static_cast<std::size_t>(regulators.genes[at])];
      errors_[regulators.places[at]] = own.error[static_cast<std::size_t>(regulators.genes[at])];
    }
    note_chosen(regulators, own);
    shifts_.note(gene, own);
  }

  void note_chosen(const Regulators& regulators, const PresenceStatistics& own) {
    std::vector<char> is_chosen(own.error.size(), 0);
    for (const std::int32_t regulator : regulators.genes) is_chosen[static_cast<std::size_t>(regulator)] = 1;
    for (std::size_t other = 0; other < own.error.size(); ++other) {
      if (own.error[other] > 0)
        chosen_.note(std::abs(own.slope[other]) / own.error[other], is_chosen[other] != 0);
    }
  }

  void note_inputs(const GeneCells& data, const Regulators& regulators) {
    for (std::size_t at = 0; at < regulators.genes.size() && !data.cells.empty(); ++at) {
      const std::int32_t regulator = regulators.genes[at];
      double sum = 0;
      if (inputs_.is_level(regulator)) {
        for (const std::int64_t cell : data.cells) sum += static_cast<double>(inputs_.value(cell, regulator));
      } else {
        sum = static_cast<double>(columns_.count(static_cast<std::size_t>(regulator)));
      }
      mean_inputs_[regulators.places[at]] = sum / static_cast<double>(data.cells.size());
    }
  }

  /// Slopes and errors of all effects, and what all genes have in common. Collective.
  void gather_effects() {
    for (auto* values : {&slopes_, &errors_, &mean_inputs_}) communicator_.sum(std::span<double>(*values));
    shifts_.gather(communicator_);
    chosen_.gather(communicator_);
    shared_ = shifts_.find();
    for (std::size_t gene = 0; gene + 1 < mapping_.starts().size(); ++gene) {
      for (auto at = static_cast<std::size_t>(mapping_.starts()[gene]);
           at < static_cast<std::size_t>(mapping_.starts()[gene + 1]); ++at) {
        if (!(errors_[at] > 0)) continue;
        slopes_[at] -= shared_.of_genes[gene];
        errors_[at] = std::sqrt(errors_[at] * errors_[at] + shared_.variance);
        certain_[at] = certain_part(std::abs(slopes_[at]) / errors_[at]) * slopes_[at];
      }
    }
  }

  /// t of each effect; 0 where it cannot be told.
  std::vector<double> statistics_with_paths() const {
    std::vector<double> statistics(slopes_.size(), 0.0);
    for (std::int32_t gene = 0; gene < mapping_.genes(); ++gene) {
      const std::vector<double> sums = sums_of_paths(regulators_, certain_, gene);
      const Regulators& regulators = regulators_on(gene);
      for (std::size_t at = 0; at < regulators.genes.size(); ++at) {
        const std::size_t place = regulators.places[at];
        if (!(errors_[place] > 0) || slopes_[place] == 0) continue;
        const double sum = sums[static_cast<std::size_t>(regulators.genes[at])];
        statistics[place] = std::abs(slopes_[place]) / errors_[place] +
                            added_by_paths(sum, slopes_[place], errors_[place] * errors_[place]);
      }
    }
    return statistics;
  }

  const RelativeProfiles& profiles_;
  std::span<const std::int64_t> cells_;
  const SparseMapping& mapping_;
  const Communicator& communicator_;
  NodeGroup nodes_;
  GeneInputs inputs_;
  StatisticSetting setting_;
  std::vector<Regulators> regulators_;
  std::vector<std::int32_t> own_;  // this rank's genes
  double inflation_ = 1;
  std::vector<double> slopes_;       // b − m of each effect, once they are gathered
  std::vector<double> errors_;       // √(e² + τ²) likewise; 0: not known
  std::vector<double> certain_;      // x of each effect
  std::vector<double> mean_inputs_;  // mean x of the regulator in the target's cells
  DecoyTally tally_;
  std::vector<Residuals> residuals_;  // of this rank's genes, without covariates
  std::vector<EffectScale> scales_;   // likewise
  DecoyCollector collector_;          // of the draw at hand
  ColumnShifts shifts_;
  ColumnShifts::Found shared_;
  ChosenShare chosen_;
  BitColumns columns_;  // presence, or decoys, in the cells of one gene
};

}  // namespace

void plan_q_values(const RelativeProfiles& profiles, std::span<const std::int64_t> cells,
                   const Communicator& communicator, FitJob& job) {
  const auto counts = profiles.cells_per_gene(cells);
  for (const std::int32_t gene : own_genes(counts, communicator)) {
    const std::int64_t expressing = counts[static_cast<std::size_t>(gene)];
    job.plan(work_on(profiles, expressing, effects_cost) +
             decoy_draws * work_on(profiles, expressing, decoy_cost));
  }
}

EffectQuality find_q_values(const RelativeProfiles& profiles, std::span<const std::int64_t> cells,
                            const SparseMapping& mapping, double cross_validated_distance, std::uint64_t seed,
                            const Communicator& communicator, FitJob& job) {
  return EffectJudge(profiles, cells, mapping, communicator).judge(cross_validated_distance, seed, job);
}

EffectQuality find_q_values(const RelativeProfiles& profiles, std::span<const std::int64_t> cells,
                            const SparseMapping& mapping, double cross_validated_distance, std::uint64_t seed,
                            const Communicator& communicator) {
  const ProgressCallback silent;
  FitJob job(communicator, silent);
  return find_q_values(profiles, cells, mapping, cross_validated_distance, seed, communicator, job);
}

double q_values_bytes(const ExpressionMatrix& matrix, double ranks) {
  constexpr double of_nonzero = 12;      // cell, and share or residual
  constexpr double of_factors = 8 * 12;  // at most 8: state, and what others leave of it in double precision
  // Columns as they are read and put together, and what others leave of them, also narrowed.
  const double of_covariates = 20 * static_cast<double>(matrix.covariate_width());
  const auto cells = static_cast<double>(matrix.cells());
  const auto genes = static_cast<double>(matrix.genes());
  const double of_cell = sizeof(double) + of_factors + of_covariates;
  constexpr double of_gene = 3 * sizeof(double);  // sums of paths to one target, statistics of decoys
  // Residuals of a rank's genes, filled up to whole blocks.
  constexpr double of_own_gene = sizeof(Residuals) + (BitColumns::block_rows - 1) * sizeof(float);
  return of_gene * genes +
         (of_nonzero * static_cast<double>(matrix.nonzeros()) + of_own_gene * genes) / ranks +
         BitColumns::bytes(cells, genes) + cells * of_cell + ColumnShifts::bytes(matrix.genes()) +
         DecoyTally::bytes();
}

DecoyBytes decoy_bytes(std::int64_t genes, double effects, double ranks) {
  const double kept = decoy_draw_bytes(genes, effects);
  return {decoy_draws * kept, DecoyCollector::bytes_of_rank(effects / ranks),
          DecoyCollector::bytes_of_root(effects) + decoy_draws * sizeof(double) * effects};
}

}  // namespace dko
