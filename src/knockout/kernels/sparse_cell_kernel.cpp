#include "dko/knockout/kernels/sparse_cell_kernel.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "cell_direction.hpp"
#include "nearness_table.hpp"
#include "overlap_planes.hpp"
#include "sparse_pair_table.hpp"
#include "turn_tables.hpp"

namespace dko {

namespace {

constexpr std::int32_t not_expressed = -1;
constexpr double little = 1e-3;  // of a sum: a difference is rounding

std::size_t index(std::int32_t position) {
  return static_cast<std::size_t>(position);
}

}  // namespace

SparseCellKernel::SparseCellKernel(const SparseMapping& mapping, BaseProfile base,
                                   const SparseMapping* effects, InstructionSet instructions)
    : mapping_(&mapping),
      lost_effects_(effects != nullptr ? effects : &mapping),
      base_(base),
      pairs_(std::make_unique<SparsePairTable>(instructions)),
      along_(std::make_unique<CellDirection>()),
      nearness_(std::make_unique<NearnessTable>()),
      place_(static_cast<std::size_t>(mapping.genes()), not_expressed) {}

SparseCellKernel::~SparseCellKernel() = default;

double SparseCellKernel::bytes(std::int64_t genes, std::int64_t expressed, double effects) {
  constexpr double of_effect =
      64;  // by column and by row, in vectors that may have grown to twice their content
  constexpr double of_expressed = 224;
  const bool has_planes = OverlapPlanes::are_quicker(expressed, static_cast<std::int64_t>(effects));
  const auto n = static_cast<double>(expressed);
  return (has_planes ? OverlapPlanes::bytes(expressed) : 0) + TurnTables::bytes(n, effects) +
         of_effect * effects + of_expressed * n + sizeof(std::int32_t) * static_cast<double>(genes);
}

/// Outputs and floors, rescaled to the base profile.
void SparseCellKernel::fill_outputs(const KernelCell& cell) {
  raw_ = mapping_->raw_outputs(cell, cell.absent);
  absent_raw_.assign(raw_.begin() + std::ssize(cell.expressed), raw_.end());
  raw_.resize(cell.expressed.size());
  absent_floor_.clear();
  for (const std::int32_t gene : cell.absent) absent_floor_.push_back(mapping_->floor()[index(gene)]);
  floor_.clear();
  output_.clear();
  for (std::size_t at = 0; at < raw_.size(); ++at) {
    floor_.push_back(mapping_->floor()[index(cell.expressed[at])]);
    output_.push_back(std::max(raw_[at], floor_[at]));
  }
  ratio_ = base_.ratios(cell, output_);
  total_ = fitted_total_ = 0;
  for (std::size_t at = 0; at < raw_.size(); ++at) fitted_total_ += output_[at];
  for (std::size_t at = 0; at < raw_.size(); ++at) {
    for (auto* values : {&raw_, &floor_, &output_}) (*values)[at] *= ratio_[at];
    total_ += output_[at];
  }
}

/// What a column does to the genes of the cell, times the input of its gene, its rows rescaled likewise.
void SparseCellKernel::gather_column(std::int32_t gene, double input) {
  const auto n = static_cast<std::int32_t>(raw_.size());
  const SparseColumn column = lost_effects_->loss_column(gene);
  for (std::size_t at = 0; at < column.genes.size(); ++at) {
    const std::int32_t row = place_[index(column.genes[at])];
    if (row == not_expressed) continue;
    if (row < n) {
      rows_.push_back(row);
      effects_.push_back(column.effects[at] * input * ratio_[index(row)]);
    } else {
      absent_rows_.push_back(row - n);
      absent_effects_.push_back(column.effects[at] * input);
    }
  }
  starts_.push_back(std::ssize(rows_));
  absent_starts_.push_back(std::ssize(absent_rows_));
}

/// By columns what the loss of each expressed gene takes away, and what each absent one takes away, with the
/// other sign, when it is switched on.
void SparseCellKernel::gather_effects(const KernelCell& cell) {
  const std::vector<double> inputs = mapping_->inputs(cell);
  std::int32_t place = 0;
  for (const auto& genes : {cell.expressed, cell.absent})
    for (const std::int32_t gene : genes) place_[index(gene)] = place++;
  starts_.assign(1, 0);
  absent_starts_.assign(1, 0);
  for (auto* rows : {&rows_, &absent_rows_}) rows->clear();
  for (auto* effects : {&effects_, &absent_effects_}) effects->clear();
  for (std::size_t from = 0; from < cell.expressed.size(); ++from)
    gather_column(cell.expressed[from], inputs[from] * lost_presence());
  for (const std::int32_t gene : cell.absent) gather_column(gene, -mapping_->input_of_added(gene));
  for (const auto& genes : {cell.expressed, cell.absent})
    for (const std::int32_t gene : genes) place_[index(gene)] = not_expressed;
}

void SparseCellKernel::load(const KernelCell& cell) {
  fill_outputs(cell);
  gather_effects(cell);
  change_.assign(raw_.size(), 0.0);
  is_touched_.assign(raw_.size(), 0);
  is_removed_.assign(raw_.size(), 0);
  if (direction_ != nullptr) {
    along_->load(*direction_, cell.expressed, intact_profile(), cell.absent);
    nearness_->load(output_, std::span(along_->target).first(output_.size()));
  }
  pairs_->load({raw_, floor_, output_, total_, starts_, rows_, effects_,
                direction_ != nullptr ? std::span<const double>(along_->weight) : std::span<const double>(),
                presence_});
}

/// Sums what the genes of K did to the others, or with the other sign will do.
void SparseCellKernel::touch(const Change& change) {
  removed_.assign(change.lost.begin(), change.lost.end());
  for (const std::int32_t gene : removed_) is_removed_[index(gene)] = 1;
  for (const auto& genes : {change.lost, change.added}) {
    for (const std::int32_t gene : genes) {
      for (std::int64_t at = starts_[index(gene)]; at < starts_[index(gene) + 1]; ++at) {
        const std::int32_t row = rows_[static_cast<std::size_t>(at)];
        if (is_removed_[index(row)] != 0) continue;
        if (is_touched_[index(row)] == 0) touched_.push_back(row);
        is_touched_[index(row)] = 1;
        change_[index(row)] += effects_[static_cast<std::size_t>(at)];
      }
    }
  }
  if (change.lost.size() + change.added.size() > 1) std::sort(touched_.begin(), touched_.end());
}

/// Σ o' over the genes that stay, as the mapping has them: of r = 1.
double SparseCellKernel::fitted_total_after(const Change& change) const {
  double total = fitted_total_;
  for (const std::int32_t gene : change.lost) total -= output_[index(gene)] / ratio_[index(gene)];
  for (const std::int32_t row : touched_)
    total += (output_after(row) - output_[index(row)]) / ratio_[index(row)];
  if (total > little * fitted_total_) return total;
  total = 0;
  for (std::size_t at = 0; at < output_.size(); ++at) {
    if (is_removed_[at] == 0)
      total +=
          (is_touched_[at] != 0 ? output_after(static_cast<std::int32_t>(at)) : output_[at]) / ratio_[at];
  }
  return total;
}

/// q' of the genes that are switched on into added_, once the others are touched; returns their sum.
double SparseCellKernel::fill_added(const Change& change) {
  added_.clear();
  if (change.added.empty()) return 0;
  double all = fitted_total_after(change);
  for (const std::int32_t position : change.added) {
    const std::size_t absent = index(position) - output_.size();
    double raw = absent_raw_[absent];
    for (const auto& genes : {change.lost, change.added}) {
      for (const std::int32_t gene : genes) {
        const auto end = absent_rows_.begin() + absent_starts_[index(gene) + 1];
        const auto row = std::lower_bound(absent_rows_.begin() + absent_starts_[index(gene)], end,
                                          static_cast<std::int32_t>(absent));
        if (row != end && index(*row) == absent)
          raw -= absent_effects_[static_cast<std::size_t>(row - absent_rows_.begin())];
      }
    }
    added_.push_back(std::max(raw, absent_floor_[absent]));
    all += added_.back();
  }
  double mass = 0;
  for (double& share : added_) mass += share /= all;
  return mass;
}

void SparseCellKernel::restore() {
  for (const std::int32_t row : touched_) {
    is_touched_[index(row)] = 0;
    change_[index(row)] = 0;
  }
  for (const std::int32_t gene : removed_) is_removed_[index(gene)] = 0;
  touched_.clear();
}

double SparseCellKernel::output_after(std::int32_t position) const {
  return std::max(raw_[index(position)] - change_[index(position)], floor_[index(position)]);
}

/// Σ o over the genes that stay. By difference, but where little is left, and a difference would be rounding.
double SparseCellKernel::left_without(double of_removed) const {
  if (total_ - of_removed > little * total_) return total_ - of_removed;
  double left = 0;
  for (std::size_t at = 0; at < output_.size(); ++at) {
    if (is_removed_[at] == 0) left += output_[at];
  }
  return left;
}

KnockoutScores SparseCellKernel::scores(std::span<const std::int32_t> removed) {
  const Change change = change_of(removed, output_.size());
  touch(change);
  double of_removed = 0;
  for (const std::int32_t gene : change.lost) of_removed += output_[index(gene)];
  double of_touched = 0;
  double gained = 0;
  for (const std::int32_t row : touched_) {
    of_touched += output_[index(row)];
    gained += output_after(row) - output_[index(row)];
  }
  KnockoutScores scores;
  scores.share = fill_added(change);
  const double lost_share = of_removed / total_;
  const OnChanged on{scores.share + presence_ * lost_share, lost_presence() * lost_share + scores.share};
  const double left = left_without(of_removed);
  const bool is_cancelled = left + gained <= little * left;
  const KnockoutScores halves =
      is_cancelled ? whole_sums(on, left) : touched_sums(on, left, left + gained, of_touched);
  scores.impact = halves.impact / 2;
  scores.network = halves.network / 2 * (left / total_) < residue ? 0.0 : halves.network / 2;
  if (direction_ != nullptr && scores.network > 0) {
    const double total_after = is_cancelled ? whole_total_after() : left + gained;
    scores.shift = on.rest() * shift_of(change.lost, left, total_after);
    scores.approach = approach_of(removed, left, total_after);
  }
  restore();
  return scores;
}

/// Σ|b'−b| and Σ|b'−r|: genes that are not touched are only rescaled.
KnockoutScores SparseCellKernel::touched_sums(const OnChanged& on, double left, double total_after,
                                              double of_touched) const {
  const double kept = left / total_;
  const double untouched = std::max(0.0, (left - of_touched) / total_);
  KnockoutScores sums;
  sums.impact = on.difference + untouched * std::abs(on.rest() * total_ / total_after - 1);
  sums.network = untouched / kept * std::abs(kept * total_ / total_after - 1);
  for (const std::int32_t row : touched_) {
    const double after = output_after(row) / total_after;
    const double before = output_[index(row)] / total_;
    sums.impact += std::abs(on.rest() * after - before);
    sums.network += std::abs(after - before / kept);
  }
  sums.network *= on.rest();
  return sums;
}

/// The same gene by gene: where nearly all that was left is lost, what remains is no difference of sums.
KnockoutScores SparseCellKernel::whole_sums(const OnChanged& on, double left) const {
  const auto n = static_cast<std::int32_t>(output_.size());
  const double total_after = whole_total_after();
  KnockoutScores sums;
  sums.impact = on.difference;
  for (std::int32_t at = 0; at < n; ++at) {
    if (is_removed_[index(at)] != 0) continue;
    const double output = output_[index(at)];
    const double after = (is_touched_[index(at)] != 0 ? output_after(at) : output) / total_after;
    sums.impact += std::abs(on.rest() * after - output / total_);
    sums.network += std::abs(after - output / left);
  }
  sums.network *= on.rest();
  return sums;
}

/// S', gene by gene.
double SparseCellKernel::whole_total_after() const {
  const auto n = static_cast<std::int32_t>(output_.size());
  double total_after = 0;
  for (std::int32_t at = 0; at < n; ++at) {
    if (is_removed_[index(at)] == 0)
      total_after += is_touched_[index(at)] != 0 ? output_after(at) : output_[index(at)];
  }
  return total_after;
}

/// Genes that are not touched add nothing: Σ (v − w) o over the genes that stay is 0. Σ v o over all is, too.
double SparseCellKernel::shift_of(std::span<const std::int32_t> lost, double left, double total_after) const {
  double mean = 0;
  if (left > little * total_) {
    for (const std::int32_t gene : lost) mean -= along_->weight[index(gene)] * output_[index(gene)];
  } else {
    for (std::size_t at = 0; at < output_.size(); ++at) {
      if (is_removed_[at] == 0) mean += along_->weight[at] * output_[at];
    }
  }
  mean /= left;
  double shift = 0;
  for (const std::int32_t row : touched_)
    shift += (along_->weight[index(row)] - mean) * (output_after(row) - output_[index(row)]);
  return shift / total_after;
}

/// Both distances from the table, put right where genes are lost or touched.
double SparseCellKernel::approach_of(std::span<const std::int32_t> removed, double left,
                                     double total_after) const {
  const double kept = 1 - along_->target_of(removed);
  const double of_target = kept > residue ? 1 / kept : 0.0;
  const auto distance = [&](std::int32_t at, double output, double scale) {
    return std::abs(output * scale - along_->target[index(at)] * of_target);
  };
  const double before = 1 / left;
  const double after = 1 / total_after;
  double nearer = nearness_->distance(before, of_target) - nearness_->distance(after, of_target);
  for (const std::int32_t gene : change_of(removed, output_.size()).lost) {
    const double output = output_[index(gene)];
    nearer -= distance(gene, output, before) - distance(gene, output, after);
  }
  for (const std::int32_t row : touched_)
    nearer += distance(row, output_[index(row)], after) - distance(row, output_after(row), after);
  return nearer / 2;
}

void SparseCellKernel::pair_scores(std::span<const std::int32_t> positions, EventRange pairs,
                                   const ScoreSpans& scores) {
  if (!change_of(positions, output_.size()).added.empty()) return scores_one_by_one(positions, pairs, scores);
  pairs_->pair_scores(positions, pairs, scores, [this](std::int32_t first, std::int32_t second) {
    return this->scores(std::array{first, second});
  });
}

std::vector<double> SparseCellKernel::intact_profile() const {
  std::vector<double> profile = output_;
  for (double& share : profile) share /= total_;
  return profile;
}

std::vector<double> SparseCellKernel::profile_after(std::span<const std::int32_t> removed) {
  const Change change = change_of(removed, output_.size());
  touch(change);
  double mass = fill_added(change);
  std::vector<double> profile = output_;
  for (const std::int32_t row : touched_) profile[index(row)] = output_after(row);
  for (const std::int32_t gene : change.lost) profile[index(gene)] = 0;
  restore();
  double total = 0;
  for (const double output : profile) total += output;
  for (const std::int32_t gene : change.lost) mass += presence_ * (output_[index(gene)] / total_);
  for (double& share : profile) share = share / total * (1 - mass);
  for (const std::int32_t gene : change.lost)
    profile[index(gene)] = presence_ * (output_[index(gene)] / total_);
  profile.resize(output_.size() + absent_raw_.size(), 0.0);
  for (std::size_t at = 0; at < added_.size(); ++at) profile[index(change.added[at])] = added_[at];
  return profile;
}

}  // namespace dko
