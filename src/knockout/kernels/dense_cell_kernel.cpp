#include "dko/knockout/kernels/dense_cell_kernel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

#include "cell_direction.hpp"
#include "dense_pair_tile.hpp"
#include "pair_block.hpp"

namespace dko {

namespace {
static_assert(DenseCellKernel::panel_rows == block_firsts);

constexpr std::size_t width = 8;

/// Of |o| over a cell: less counts as nothing, since 1/S must be finite.
constexpr double least_sum = 1e-300;

bool is_nothing(double sum) {
  return !(sum > least_sum);
}

/// @throws std::logic_error unless A was computed for these genes (collapse_for)
void require_effects(const CollapsedMapping& mapping, std::span<const std::int32_t> genes) {
  for (const std::int32_t gene : genes) {
    if (std::isnan(mapping.offset()[static_cast<std::size_t>(gene)]))
      throw std::logic_error(fmt::format("A = W2·W1 was not computed for gene {}", gene));
  }
}
}  // namespace

double DenseCellKernel::lane_sum(const Lanes& lanes) {
  const auto& v = lanes.at;
  return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]));
}

DenseCellKernel::DenseCellKernel(const CollapsedMapping& mapping, InstructionSet instructions,
                                 BaseProfile base)
    : mapping_(&mapping),
      base_(base),
      pairs_(std::make_unique<DensePairTile>(instructions)),
      along_(std::make_unique<CellDirection>()) {}

DenseCellKernel::~DenseCellKernel() = default;

double DenseCellKernel::bytes(std::int64_t expressed, std::int64_t absent) {
  constexpr double of_gene = 2600;  // panels of a block of pairs, rows in double and single precision
  constexpr double of_absent = 32;
  constexpr double of_block = 300e3;  // what is known of its pairs
  const auto genes = static_cast<double>(expressed);
  const double strips = std::min(genes * genes, static_cast<double>(DensePairTile::usually_kept));
  // Twice, as all rows may change their signs.
  return sizeof(float) * 2 * (genes * genes + strips) + of_gene * genes +
         of_absent * static_cast<double>(absent) + of_block;
}

void DenseCellKernel::load(const KernelCell& cell) {
  for (const auto& genes : {cell.expressed, cell.absent}) require_effects(*mapping_, genes);
  expressed_.assign(cell.expressed.begin(), cell.expressed.end());
  const std::size_t rows = (expressed_.size() + width - 1) / width;
  for (Row* row : {&u_, &c_, &q_, &keep_, &outputs_}) row->assign(rows, Lanes{});
  std::vector<double> total(expressed_.size(), 0.0);
  pairs_->load(*mapping_, expressed_, total);
  for (std::size_t j = 0; j < expressed_.size(); ++j) {
    u_[j / width].at[j % width] = total[j];
    c_[j / width].at[j % width] = mapping_->offset()[static_cast<std::size_t>(expressed_[j])];
    keep_[j / width].at[j % width] = 1;
  }
  left_ = u_;
  ratio_ = keep_;
  weight_ = keep_;
  double sum = fill_outputs(static_cast<double>(expressed_.size()));
  intact_is_zero_ = is_nothing(sum);
  if (!base_.is_fitted() && !intact_is_zero_) {
    set_ratios(base_.ratios(cell, over_genes(outputs_, 1.0)));
    sum = fill_outputs(static_cast<double>(expressed_.size()));
  }
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t lane = 0; lane < width; ++lane) {
      q_[row].at[lane] = intact_is_zero_ ? 0 : outputs_[row].at[lane] / sum;
    }
  }
  load_absent(cell);
  if (direction_ != nullptr) load_direction();
}

/// A z of the genes that may be switched on.
void DenseCellKernel::load_absent(const KernelCell& cell) {
  absent_.assign(cell.absent.begin(), cell.absent.end());
  absent_u_.assign(absent_.size(), 0.0);
  if (absent_.empty()) return;
  for (const std::int32_t gene : expressed_) {
    const std::span<const double> column = mapping_->column(gene);
    for (std::size_t at = 0; at < absent_.size(); ++at)
      absent_u_[at] += column[static_cast<std::size_t>(absent_[at])];
  }
}

/// v and m in lanes; 0 for padding.
void DenseCellKernel::load_direction() {
  along_->load(*direction_, expressed_, over_genes(q_, 1.0), absent_);
  for (Row* row : {&along_weight_, &along_target_}) row->assign(q_.size(), Lanes{});
  for (std::size_t j = 0; j < expressed_.size(); ++j) {
    along_weight_[j / width].at[j % width] = along_->weight[j];
    along_target_[j / width].at[j % width] = along_->target[j];
  }
}

/// Σ v r|o| over the genes that are kept.
double DenseCellKernel::along_outputs() const {
  Lanes sum{};
  for (std::size_t row = 0; row < outputs_.size(); ++row) {
    for (std::size_t lane = 0; lane < width; ++lane)
      sum.at[lane] += outputs_[row].at[lane] * along_weight_[row].at[lane];
  }
  return lane_sum(sum);
}

/// <b' − r, v>, Σ q v being 0 of all genes.
double DenseCellKernel::shift_of(std::span<const std::int32_t> lost, double total, double kept) const {
  double of_removed = 0;
  for (const std::int32_t position : lost) {
    const auto at = static_cast<std::size_t>(position);
    of_removed += along_->weight[at] * q_[at / width].at[at % width];
  }
  return along_outputs() / total + of_removed / kept;
}

/// BC(r, m) − BC(b', m) over the kept genes, m without the removed rescaled: what it has of genes that the
/// cell does not express is the same in both.
double DenseCellKernel::approach_of(std::span<const std::int32_t> removed, double total, double kept) const {
  const double left = 1 - along_->target_of(removed);
  const double of_target = left > residue ? 1 / left : 0.0;
  const double before = 1 / kept;
  const double after = 1 / total;
  Lanes sum{};
  for (std::size_t row = 0; row < outputs_.size(); ++row) {
    for (std::size_t lane = 0; lane < width; ++lane) {
      const double target = along_target_[row].at[lane] * of_target;
      const double nearer =
          std::abs(q_[row].at[lane] * before - target) - std::abs(outputs_[row].at[lane] * after - target);
      sum.at[lane] += nearer * keep_[row].at[lane];
    }
  }
  return lane_sum(sum) / 2;
}

void DenseCellKernel::set_ratios(std::span<const double> ratios) {
  for (std::size_t j = 0; j < ratios.size(); ++j) ratio_[j / width].at[j % width] = ratios[j];
  weight_ = ratio_;
}

/// r|o| into outputs_ for the genes that are kept; returns their sum. `left` is the sum of presences.
double DenseCellKernel::fill_outputs(double left) {
  const double scale = 1.0 / left;
  Lanes sum{};
  for (std::size_t row = 0; row < left_.size(); ++row) {
    for (std::size_t lane = 0; lane < width; ++lane) {
      const double o = left_[row].at[lane] * scale + c_[row].at[lane];
      const double y = std::abs(o) * weight_[row].at[lane];
      outputs_[row].at[lane] = y;
      sum.at[lane] += y;
    }
  }
  return lane_sum(sum);
}

/// Takes the lost genes, or that part of them that goes, from left_, and adds those that are switched on;
/// clears the former in keep_ and weight_.
void DenseCellKernel::apply(const Change& change) {
  left_ = u_;
  for (const std::int32_t position : change.lost) at(keep_, position) = at(weight_, position) = 0;
  const auto add = [this](std::int32_t gene, double presence) {
    const std::span<const double> column = mapping_->column(gene);
    for (std::size_t i = 0; i < expressed_.size(); ++i)
      left_[i / width].at[i % width] += column[static_cast<std::size_t>(expressed_[i])] * presence;
  };
  for (const std::int32_t position : change.lost)
    add(expressed_[static_cast<std::size_t>(position)], -lost_presence());
  for (const std::int32_t position : change.added) add(absent_gene(position), 1);
}

/// Sum of presences.
double DenseCellKernel::size_after(const Change& change) const {
  return static_cast<double>(expressed_.size()) - lost_presence() * static_cast<double>(change.lost.size()) +
         static_cast<double>(change.added.size());
}

void DenseCellKernel::restore(std::span<const std::int32_t> removed) {
  for (const std::int32_t position : removed) {
    at(keep_, position) = 1;
    at(weight_, position) = at(ratio_, position);
  }
}

/// Σ|o| over the genes that are kept, as the mapping has it: of r = 1.
double DenseCellKernel::fitted_total() const {
  Lanes sum{};
  for (std::size_t row = 0; row < outputs_.size(); ++row) {
    for (std::size_t lane = 0; lane < width; ++lane) {
      const double ratio = weight_[row].at[lane];
      sum.at[lane] += ratio > 0 ? outputs_[row].at[lane] / ratio : 0.0;
    }
  }
  return lane_sum(sum);
}

/// q' of the genes that are switched on into added_, after fill_outputs; returns their sum. `total` is Σ
/// r|o|.
double DenseCellKernel::fill_added(const Change& change, double total) {
  added_.clear();
  if (change.added.empty()) return 0;
  const double scale = 1.0 / size_after(change);
  double all = base_.is_fitted() ? total : fitted_total();
  for (const std::int32_t position : change.added) {
    const auto gene = static_cast<std::size_t>(absent_gene(position));
    double u = absent_u_[static_cast<std::size_t>(position) - expressed_.size()];
    for (const std::int32_t lost : change.lost)
      u -= mapping_->column(expressed_[static_cast<std::size_t>(lost)])[gene];
    for (const std::int32_t added : change.added) u += mapping_->column(absent_gene(added))[gene];
    added_.push_back(std::abs(u * scale + mapping_->offset()[gene]));
    all += added_.back();
  }
  double mass = 0;
  for (double& share : added_) mass += share = is_nothing(all) ? 0 : share / all;
  return mass;
}

/// Σ b over the genes that are lost.
double DenseCellKernel::lost_share(const Change& change) const {
  double share = 0;
  for (const std::int32_t position : change.lost) {
    const auto at = static_cast<std::size_t>(position);
    share += q_[at / width].at[at % width];
  }
  return share;
}

/// Σ q over the genes that are kept.
double DenseCellKernel::kept_share() const {
  Lanes sum{};
  for (std::size_t row = 0; row < q_.size(); ++row) {
    for (std::size_t lane = 0; lane < width; ++lane) sum.at[lane] += q_[row].at[lane] * keep_[row].at[lane];
  }
  return lane_sum(sum);
}

/// BC(b', before), `before(row, lane)` being a profile that sums to one, or is zero but for what it has on K.
/// Genes that are lost count as if b' had nothing of them: `on` tells what is to be added.
template <class Before>
double DenseCellKernel::distance(double total_after, bool before_is_zero, const OnChanged& on,
                                 Before before) const {
  const bool after_is_zero = is_nothing(total_after);
  const double scale = after_is_zero ? 0.0 : (1 - on.mass) / total_after;
  Lanes sum{};
  for (std::size_t row = 0; row < outputs_.size(); ++row) {
    for (std::size_t lane = 0; lane < width; ++lane) {
      sum.at[lane] += std::abs(outputs_[row].at[lane] * scale - before(row, lane));
    }
  }
  const double profiles =
      (after_is_zero ? on.mass : 1.0) + (before_is_zero ? on.mass_before : 1.0);  // Σ(b'+before)
  return profiles > 0 ? (lane_sum(sum) + on.beyond_lost) / profiles : 0.0;
}

KnockoutScores DenseCellKernel::scores(std::span<const std::int32_t> removed) {
  const Change change = change_of(removed, expressed_.size());
  apply(change);
  const double total = fill_outputs(size_after(change));
  KnockoutScores scores;
  scores.share = fill_added(change, total);
  const double kept_of_lost = presence_ > 0 ? presence_ * lost_share(change) : 0;
  const double mass = scores.share + kept_of_lost;
  scores.impact = distance(total, intact_is_zero_, {mass, scores.share - kept_of_lost},
                           [this](std::size_t row, std::size_t lane) { return q_[row].at[lane]; });
  const double kept = kept_share();
  const bool nothing_kept = is_nothing(kept);
  const double scale = nothing_kept ? 0.0 : (1 - mass) / kept;
  const double network =
      distance(total, nothing_kept, {mass, 0, mass}, [this, scale](std::size_t row, std::size_t lane) {
        return q_[row].at[lane] * keep_[row].at[lane] * scale;
      });
  scores.network = !nothing_kept && network * kept < residue ? 0.0 : network;
  if (direction_ != nullptr && scores.network > 0 && !nothing_kept && !is_nothing(total)) {
    scores.shift = (1 - mass) * shift_of(change.lost, total, kept);
    scores.approach = approach_of(removed, total, kept);
  }
  restore(change.lost);
  return scores;
}

void DenseCellKernel::pair_scores(std::span<const std::int32_t> positions, EventRange pairs,
                                  const ScoreSpans& scores) {
  if (!change_of(positions, expressed_.size()).added.empty())
    return scores_one_by_one(positions, pairs, scores);
  const double scale = 1.0 / (static_cast<double>(expressed_.size()) - 2 * lost_presence());
  const std::vector<double> u = over_genes(u_, scale);
  const std::vector<double> scales = over_genes(ratio_, scale * lost_presence());
  std::vector<double> outputs = over_genes(c_, 1.0);
  for (std::size_t i = 0; i < outputs.size(); ++i)
    outputs[i] = (outputs[i] + u[i]) * ratio_[i / width].at[i % width];
  pairs_->prepare(outputs, over_genes(q_, 1.0), scales,
                  direction_ != nullptr ? std::span<const double>(along_->weight) : std::span<const double>(),
                  presence_);
  pairs_->pair_scores(positions, pairs, scores, [this](std::int32_t first, std::int32_t second) {
    return this->scores(std::array{first, second});
  });
}

std::int64_t DenseCellKernel::crossing_rows() const {
  return pairs_->crossing_rows();
}

std::vector<double> DenseCellKernel::over_genes(const Row& row, double scale) const {
  std::vector<double> values(expressed_.size());
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = row[i / width].at[i % width] * scale;
  return values;
}

std::vector<double> DenseCellKernel::intact_profile() const {
  return over_genes(q_, 1.0);
}

std::vector<double> DenseCellKernel::profile_after(std::span<const std::int32_t> removed) {
  const Change change = change_of(removed, expressed_.size());
  apply(change);
  const double total = fill_outputs(size_after(change));
  double mass = fill_added(change, total);
  restore(change.lost);
  const std::vector<double> before = over_genes(q_, 1.0);
  for (const std::int32_t position : change.lost)
    mass += presence_ * before[static_cast<std::size_t>(position)];
  std::vector<double> profile = over_genes(outputs_, is_nothing(total) ? 0.0 : (1 - mass) / total);
  for (const std::int32_t position : change.lost)
    profile[static_cast<std::size_t>(position)] = presence_ * before[static_cast<std::size_t>(position)];
  profile.resize(expressed_.size() + absent_.size(), 0.0);
  for (std::size_t at = 0; at < change.added.size(); ++at)
    profile[static_cast<std::size_t>(change.added[at])] = added_[at];
  return profile;
}

}  // namespace dko
