#include "dko/knockout/cell_kernel.hpp"

#include <cmath>

namespace dko {

namespace {
constexpr std::size_t width = 8;
}

double CellKernel::lane_sum(const Lanes& lanes) {
  const auto& v = lanes.at;
  return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]));
}

void CellKernel::load(std::span<const std::int32_t> expressed) {
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

void CellKernel::subtract(std::int32_t position) {
  const Lanes* removed = column(position);
  for (std::size_t row = 0; row < base_.size(); ++row) {
    for (std::size_t lane = 0; lane < width; ++lane) base_[row].at[lane] -= removed[row].at[lane];
  }
}

/// |o| into outputs_ for the genes that are kept; returns their sum. `left` is the number of genes kept.
double CellKernel::fill_outputs(const Row& base, const Lanes* last, std::int64_t left) {
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

/// Impact once all removed genes but the last are subtracted from `base`, and all are cleared in keep_.
double CellKernel::impact_of_last(const Row& base, std::int32_t last, std::int64_t left) {
  const double total = fill_outputs(base, column(last), left);
  const bool is_zero = !(total > 0);
  const double scale = is_zero ? 0.0 : 1.0 / total;
  Lanes sum{};
  for (std::size_t row = 0; row < base.size(); ++row) {
    for (std::size_t lane = 0; lane < width; ++lane) {
      sum.at[lane] += std::abs(outputs_[row].at[lane] * scale - q_[row].at[lane]);
    }
  }
  const int profiles = (is_zero ? 0 : 1) + (intact_is_zero_ ? 0 : 1);  // Σ(q'+q)
  return profiles == 0 ? 0.0 : lane_sum(sum) / profiles;
}

double CellKernel::impact(std::span<const std::int32_t> removed) {
  base_ = u_;
  for (const std::int32_t position : removed) keep(position) = 0;
  for (const std::int32_t position : removed.first(removed.size() - 1)) subtract(position);
  const double impact = impact_of_last(base_, removed.back(), expressed_ - std::ssize(removed));
  for (const std::int32_t position : removed) keep(position) = 1;
  return impact;
}

void CellKernel::pair_impacts(std::int32_t first, std::span<const std::int32_t> seconds,
                              std::span<float> impacts) {
  base_ = u_;
  subtract(first);
  keep(first) = 0;
  for (std::size_t at = 0; at < seconds.size(); ++at) {
    keep(seconds[at]) = 0;
    impacts[at] = static_cast<float>(impact_of_last(base_, seconds[at], expressed_ - 2));
    keep(seconds[at]) = 1;
  }
  keep(first) = 1;
}

std::vector<double> CellKernel::intact_profile() const {
  std::vector<double> profile(static_cast<std::size_t>(expressed_));
  for (std::size_t i = 0; i < profile.size(); ++i) profile[i] = q_[i / width].at[i % width];
  return profile;
}

}  // namespace dko
