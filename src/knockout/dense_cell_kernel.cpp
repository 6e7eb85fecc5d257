#include "dko/knockout/dense_cell_kernel.hpp"

#include <cmath>

namespace dko {

namespace {
constexpr std::size_t width = 8;
}  // namespace

double DenseCellKernel::lane_sum(const Lanes& lanes) {
  const auto& v = lanes.at;
  return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]));
}

void DenseCellKernel::load(std::span<const std::int32_t> expressed) {
  expressed_ = std::ssize(expressed);
  const std::size_t rows = (expressed.size() + width - 1) / width;
  for (Row* row : {&u_, &c_, &q_, &keep_, &base_, &outputs_}) row->assign(rows, Lanes{});
  tile_.assign(rows * expressed.size(), Lanes{});
  for (std::size_t j = 0; j < expressed.size(); ++j) {
    const std::span<const double> from = mapping_->column(expressed[j]);
    Lanes* to = tile_.data() + j * rows;
    for (std::size_t i = 0; i < expressed.size(); ++i) {
      to[i / width].at[i % width] = from[static_cast<std::size_t>(expressed[i])];
    }
    for (std::size_t row = 0; row < rows; ++row) {
      for (std::size_t lane = 0; lane < width; ++lane) u_[row].at[lane] += to[row].at[lane];
    }
    c_[j / width].at[j % width] = mapping_->offset()[static_cast<std::size_t>(expressed[j])];
    keep_[j / width].at[j % width] = 1;
  }
  const Row none(rows, Lanes{});
  const double total = fill_outputs(u_, none.data(), expressed_);
  intact_is_zero_ = !(total > 0);
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t lane = 0; lane < width; ++lane) {
      q_[row].at[lane] = intact_is_zero_ ? 0 : outputs_[row].at[lane] / total;
    }
  }
}

void DenseCellKernel::subtract(std::int32_t position) {
  const Lanes* removed = column(position);
  for (std::size_t row = 0; row < base_.size(); ++row) {
    for (std::size_t lane = 0; lane < width; ++lane) base_[row].at[lane] -= removed[row].at[lane];
  }
}

/// |o| into outputs_ for the genes that are kept; returns their sum. `left` is the number of genes kept.
double DenseCellKernel::fill_outputs(const Row& base, const Lanes* last, std::int64_t left) {
  const double scale = 1.0 / static_cast<double>(left);
  Lanes sum{};
  for (std::size_t row = 0; row < base.size(); ++row) {
    for (std::size_t lane = 0; lane < width; ++lane) {
      const double o = (base[row].at[lane] - last[row].at[lane]) * scale + c_[row].at[lane];
      const double y = std::abs(o) * keep_[row].at[lane];
      outputs_[row].at[lane] = y;
      sum.at[lane] += y;
    }
  }
  return lane_sum(sum);
}

/// Subtracts all removed genes but the last from base_, and clears all in keep_.
void DenseCellKernel::remove_all(std::span<const std::int32_t> removed) {
  base_ = u_;
  for (const std::int32_t position : removed) keep(position) = 0;
  for (const std::int32_t position : removed.first(removed.size() - 1)) subtract(position);
}

void DenseCellKernel::restore(std::span<const std::int32_t> removed) {
  for (const std::int32_t position : removed) keep(position) = 1;
}

/// Σ q over the genes that are kept.
double DenseCellKernel::kept_share() const {
  Lanes sum{};
  for (std::size_t row = 0; row < q_.size(); ++row) {
    for (std::size_t lane = 0; lane < width; ++lane) sum.at[lane] += q_[row].at[lane] * keep_[row].at[lane];
  }
  return lane_sum(sum);
}

/// BC(outputs_ / total_after, before), `before(row, lane)` being a profile that sums to one, or is zero.
template <class Before>
double DenseCellKernel::distance(double total_after, bool before_is_zero, Before before) const {
  const bool after_is_zero = !(total_after > 0);
  const double scale = after_is_zero ? 0.0 : 1.0 / total_after;
  Lanes sum{};
  for (std::size_t row = 0; row < outputs_.size(); ++row) {
    for (std::size_t lane = 0; lane < width; ++lane) {
      sum.at[lane] += std::abs(outputs_[row].at[lane] * scale - before(row, lane));
    }
  }
  const int profiles = (after_is_zero ? 0 : 1) + (before_is_zero ? 0 : 1);  // Σ(q'+q)
  return profiles == 0 ? 0.0 : lane_sum(sum) / profiles;
}

/// Once all removed genes but the last are subtracted from base_, and all are cleared in keep_.
KnockoutScores DenseCellKernel::scores_of_last(std::int32_t last, std::int64_t left, ScoreSet wanted) {
  const double total = fill_outputs(base_, column(last), left);
  KnockoutScores scores;
  if (wanted.impact) {
    scores.impact = distance(total, intact_is_zero_,
                             [this](std::size_t row, std::size_t lane) { return q_[row].at[lane]; });
  }
  if (wanted.network) {
    const double kept = kept_share();
    const bool nothing_kept = !(kept > 0);
    const double scale = nothing_kept ? 0.0 : 1.0 / kept;
    const double network = distance(total, nothing_kept, [this, scale](std::size_t row, std::size_t lane) {
      return q_[row].at[lane] * keep_[row].at[lane] * scale;
    });
    scores.network = network * kept < residue ? 0.0 : network;
  }
  return scores;
}

KnockoutScores DenseCellKernel::scores(std::span<const std::int32_t> removed) {
  remove_all(removed);
  const std::int64_t left = expressed_ - std::ssize(removed);
  const KnockoutScores scores = scores_of_last(removed.back(), left, both_scores);
  restore(removed);
  return scores;
}

void DenseCellKernel::pair_scores(std::span<const std::int32_t> positions, EventRange pairs,
                                  const ScoreSpans& scores) {
  const ScoreSet wanted{{!scores.impact.empty(), !scores.network.empty()}};
  PairIndex::for_each_row(std::ssize(positions), pairs,
                          [&](std::int64_t a, EventRange seconds, std::int64_t to) {
                            const std::int32_t first = positions[static_cast<std::size_t>(a)];
                            base_ = u_;
                            subtract(first);
                            keep(first) = 0;
                            auto at = static_cast<std::size_t>(to);
                            for (std::int64_t b = seconds.first; b < seconds.last; ++b, ++at) {
                              const std::int32_t second = positions[static_cast<std::size_t>(b)];
                              keep(second) = 0;
                              const KnockoutScores pair = scores_of_last(second, expressed_ - 2, wanted);
                              if (wanted.impact) scores.impact[at] = static_cast<float>(pair.impact);
                              if (wanted.network) scores.network[at] = static_cast<float>(pair.network);
                              keep(second) = 1;
                            }
                            keep(first) = 1;
                          });
}

std::vector<double> DenseCellKernel::over_genes(const Row& row, double scale) const {
  std::vector<double> values(static_cast<std::size_t>(expressed_));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = row[i / width].at[i % width] * scale;
  return values;
}

std::vector<double> DenseCellKernel::intact_profile() const {
  return over_genes(q_, 1.0);
}

std::vector<double> DenseCellKernel::profile_after(std::span<const std::int32_t> removed) {
  remove_all(removed);
  const double total = fill_outputs(base_, column(removed.back()), expressed_ - std::ssize(removed));
  restore(removed);
  return over_genes(outputs_, total > 0 ? 1.0 / total : 0.0);
}

}  // namespace dko
