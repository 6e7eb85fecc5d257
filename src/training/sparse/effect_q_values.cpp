#include "dko/training/sparse/effect_q_values.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "cell_state.hpp"
#include "column_shifts.hpp"
#include "decoy_effects.hpp"
#include "decoys.hpp"
#include "dko/training/sparse/fit_job.hpp"
#include "effect_statistics.hpp"
#include "fit_cost.hpp"
#include "gene_shares.hpp"
#include "gene_targets.hpp"
#include "totals.hpp"

namespace dko {

namespace {

constexpr double resolution = 1e-3;  // that statistics are rounded down to
constexpr double largest_statistic = 64;
constexpr auto bins = static_cast<std::size_t>(largest_statistic / resolution) + 1;

std::size_t bin_of(double statistic) {
  return static_cast<std::size_t>(std::min(statistic, largest_statistic) / resolution);
}

/// On the decoys of one gene in one draw, by the cells that express it: see FitJob::plan().
std::int64_t work_on(const RelativeProfiles& profiles, std::int64_t cells) {
  return work_of(decoy_cost({0, static_cast<double>(profiles.genes())}, static_cast<double>(cells)));
}

/// The row of A that acts on one gene.
struct Regulators {
  std::vector<std::int32_t> genes;
  std::vector<double> effects;
  std::vector<std::size_t> places;  ///< among the mapping's effects
};

std::vector<Regulators> regulators_of(const SparseMapping& mapping) {
  std::vector<Regulators> rows(static_cast<std::size_t>(mapping.genes()));
  for (std::int32_t gene = 0; gene < mapping.genes(); ++gene) {
    const SparseColumn column = mapping.column(gene);
    const auto first = static_cast<std::size_t>(mapping.starts()[static_cast<std::size_t>(gene)]);
    for (std::size_t at = 0; at < column.genes.size(); ++at) {
      Regulators& row = rows[static_cast<std::size_t>(column.genes[at])];
      row.genes.push_back(gene);
      row.effects.push_back(column.effects[at]);
      row.places.push_back(first + at);
    }
  }
  return rows;
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
        slopes_(static_cast<std::size_t>(mapping.effects_count()), 0.0),
        errors_(slopes_.size(), 0.0),
        mean_inputs_(slopes_.size(), 0.0),
        decoy_counts_(bins, 0.0),
        scales_(static_cast<std::size_t>(profiles.genes())),
        shifts_(profiles.genes()) {}

  EffectQuality judge(double cross_validated_distance, std::uint64_t seed, FitJob& job) {
    const auto strata = strata_of(profiles_, cells_, setting_.state, setting_.factors);
    const double inflation = inflation_by(cross_validated_distance);
    const std::vector<Regulators> regulators = regulators_of(mapping_);
    const auto counts = profiles_.cells_per_gene(cells_);
    const auto own = own_genes(counts, communicator_);
    const std::vector<GeneCells> data = cells_of_genes(profiles_, cells_, own);
    EffectQuality quality;
    for (std::int64_t draw = 0; draw < decoy_draws; ++draw) {
      const PresenceBits decoys = decoy_presence(profiles_, cells_, strata, seed, draw, nodes_);
      job.begin();
      for (std::size_t at = 0; at < own.size(); ++at) {
        const std::int32_t gene = own[at];
        look_at(gene, data[at], regulators[static_cast<std::size_t>(gene)], decoys, inflation, draw == 0);
        job.did(work_on(profiles_, counts[static_cast<std::size_t>(gene)]));
      }
      job.end();
      // Effects of levels have no decoys that shifts could be compared with.
      if (mapping_.has_levels()) continue;
      AtRoot<DecoyEffects> effects = collector_.gather(profiles_.genes(), communicator_);
      if (effects.is_here()) quality.q_values.decoys.push_back(std::move(*effects));
      collector_ = {};
    }
    for (auto* values : {&slopes_, &errors_, &mean_inputs_, &decoy_counts_})
      communicator_.sum(std::span<double>(*values));
    shifts_.gather(communicator_);
    quality.q_values.effects = q_values(statistics());
    quality.q_values.genes = gene_q_values(mapping_, quality.q_values.effects);
    quality.inputs = std::move(mean_inputs_);
    return quality;
  }

 private:
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

  /// Counts the decoys of one gene, and the first time notes its effects.
  void look_at(std::int32_t gene, const GeneCells& data, const Regulators& regulators,
               const PresenceBits& decoys, double inflation, bool is_first) {
    if (is_first) note_inputs(data, regulators);
    const Residuals residuals = residuals_of(setting_, data, inputs_, regulators.genes, regulators.effects);
    if (!(residuals.deviation > 0)) return;
    if (is_first) note_effects(gene, regulators, data, residuals);
    decoys.columns_of(data.cells, columns_);
    const PresenceStatistics of_decoys =
        presence_statistics(residuals, data.cells.size(), columns_, profiles_.genes());
    std::vector<double> found(of_decoys.error.size(), 0.0);
    for (std::size_t other = 0; other < of_decoys.error.size(); ++other) {
      if (!(of_decoys.error[other] > 0) || other == static_cast<std::size_t>(gene) ||
          inputs_.is_level(static_cast<std::int32_t>(other)))
        continue;
      found[other] = inflation * std::abs(of_decoys.slope[other]) / of_decoys.error[other];
      decoy_counts_[bin_of(found[other])] += 1;
    }
    if (mapping_.has_levels()) return;
    EffectScale scale = scales_[static_cast<std::size_t>(gene)];
    scale.kept *= inflation;
    collector_.add(gene, scale, of_decoys.slope, found);
  }

  /// What the effects on a gene are like; `slopes` are theirs, beside errors of all genes.
  static EffectScale scale_of(const Regulators& regulators, const PresenceStatistics& own) {
    EffectScale scale{std::ssize(regulators.genes), 0, 0};
    double effects = 0;
    double slopes = 0;
    for (std::size_t at = 0; at < regulators.genes.size(); ++at) {
      const auto regulator = static_cast<std::size_t>(regulators.genes[at]);
      if (!(own.error[regulator] > 0)) continue;
      const double statistic = std::abs(own.slope[regulator]) / own.error[regulator];
      scale.least_statistic = slopes > 0 ? std::min(scale.least_statistic, statistic) : statistic;
      effects += std::abs(regulators.effects[at]);
      slopes += std::abs(own.slope[regulator]);
    }
    if (slopes > 0) scale.kept = std::min(largest_slope, effects / slopes);
    return scale;
  }

  void note_effects(std::int32_t gene, const Regulators& regulators, const GeneCells& data,
                    const Residuals& residuals) {
    inputs_.presence().columns_of(data.cells, columns_);
    PresenceStatistics own = presence_statistics(residuals, data.cells.size(), columns_, profiles_.genes());
    for (std::size_t at = 0; at < regulators.genes.size(); ++at)
      own.slope[static_cast<std::size_t>(regulators.genes[at])] += residuals.part * regulators.effects[at];
    own.error[static_cast<std::size_t>(gene)] = 0;
    scales_[static_cast<std::size_t>(gene)] = scale_of(regulators, own);
    for (std::size_t other = 0; other < own.error.size(); ++other) {
      if (inputs_.is_level(static_cast<std::int32_t>(other))) own.error[other] = 0;  // not to be told
    }
    for (double& slope : own.slope) slope /= residuals.mean;
    for (double& error : own.error) error /= residuals.mean;
    for (std::size_t at = 0; at < regulators.genes.size(); ++at) {
      slopes_[regulators.places[at]] = own.slope[static_cast<std::size_t>(regulators.genes[at])];
      errors_[regulators.places[at]] = own.error[static_cast<std::size_t>(regulators.genes[at])];
    }
    shifts_.note(gene, own);
  }

  void note_inputs(const GeneCells& data, const Regulators& regulators) {
    for (std::size_t at = 0; at < regulators.genes.size() && !data.cells.empty(); ++at) {
      double sum = 0;
      for (const std::int64_t cell : data.cells)
        sum += static_cast<double>(inputs_.value(cell, regulators.genes[at]));
      mean_inputs_[regulators.places[at]] = sum / static_cast<double>(data.cells.size());
    }
  }

  /// t of each effect; 0 where it cannot be told.
  std::vector<double> statistics() const {
    const ColumnShifts::Found shifts = shifts_.find();
    std::vector<double> statistics(slopes_.size(), 0.0);
    for (std::size_t gene = 0; gene + 1 < mapping_.starts().size(); ++gene) {
      for (auto at = static_cast<std::size_t>(mapping_.starts()[gene]);
           at < static_cast<std::size_t>(mapping_.starts()[gene + 1]); ++at) {
        if (errors_[at] > 0)
          statistics[at] = std::abs(slopes_[at] - shifts.of_genes[gene]) /
                           std::sqrt(errors_[at] * errors_[at] + shifts.variance);
      }
    }
    return statistics;
  }

  std::vector<double> q_values(const std::vector<double>& statistics) const {
    std::vector<std::int64_t> at_least(bins + 1, 0);
    for (std::size_t bin = bins; bin-- > 0;)
      at_least[bin] = at_least[bin + 1] + std::llround(decoy_counts_[bin]);
    std::vector<double> found;
    std::vector<std::int64_t> above;
    for (const double statistic : statistics) {
      found.push_back(static_cast<double>(bin_of(statistic)));
      above.push_back(at_least[bin_of(statistic)]);
    }
    std::vector<double> q = q_values_by_decoys(found, above, decoy_draws);
    for (std::size_t at = 0; at < q.size(); ++at) {
      if (!(statistics[at] > 0)) q[at] = 1;
    }
    return q;
  }

  const RelativeProfiles& profiles_;
  std::span<const std::int64_t> cells_;
  const SparseMapping& mapping_;
  const Communicator& communicator_;
  NodeGroup nodes_;
  GeneInputs inputs_;
  StatisticSetting setting_;
  std::vector<double> slopes_;        // b of each effect
  std::vector<double> errors_;        // e; 0: not known
  std::vector<double> mean_inputs_;   // mean x of the regulator in the target's cells
  std::vector<double> decoy_counts_;  // whole numbers, by bin_of
  std::vector<EffectScale> scales_;   // of this rank's genes
  DecoyCollector collector_;          // of the draw at hand
  ColumnShifts shifts_;
  BitColumns columns_;  // presence, or decoys, in the cells of one gene
};

}  // namespace

std::vector<double> q_values_by_decoys(std::span<const double> found, std::span<const std::int64_t> above,
                                       std::int64_t draws) {
  std::vector<std::size_t> order(found.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t x, std::size_t y) { return found[x] > found[y]; });
  std::vector<double> q(found.size(), 1.0);
  double least = 1;
  for (std::size_t last = order.size(); last > 0;) {
    std::size_t first = last - 1;
    while (first > 0 && found[order[first - 1]] == found[order[last - 1]]) --first;
    const auto decoys = static_cast<double>(above[order[first]]);
    least = std::min(least, (1 + decoys) / (static_cast<double>(draws) * static_cast<double>(last)));
    for (std::size_t at = first; at < last; ++at) q[order[at]] = least;
    last = first;
  }
  return q;
}

void plan_q_values(const RelativeProfiles& profiles, std::span<const std::int64_t> cells,
                   const Communicator& communicator, FitJob& job) {
  const auto counts = profiles.cells_per_gene(cells);
  for (const std::int32_t gene : own_genes(counts, communicator))
    job.plan(decoy_draws * work_on(profiles, counts[static_cast<std::size_t>(gene)]));
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
  constexpr double of_nonzero = 12;      // cell and share
  constexpr double of_factors = 8 * 12;  // at most 8: state, and what others leave of it in double precision
  // Columns as they are read and put together, and what others leave of them, also narrowed.
  const double of_covariates = 20 * static_cast<double>(matrix.covariate_width());
  const auto cells = static_cast<double>(matrix.cells());
  const auto genes = static_cast<double>(matrix.genes());
  const double of_cell = sizeof(double) + of_factors + of_covariates;
  return of_nonzero * static_cast<double>(matrix.nonzeros()) / ranks + BitColumns::bytes(cells, genes) +
         cells * of_cell + ColumnShifts::bytes(matrix.genes()) + static_cast<double>(bins * sizeof(double));
}

DecoyBytes decoy_bytes(std::int64_t genes, double effects, double ranks) {
  const double kept = decoy_draw_bytes(genes, effects);
  return {decoy_draws * kept, DecoyCollector::bytes_of_rank(effects / ranks),
          DecoyCollector::bytes_of_root(effects)};
}

}  // namespace dko
