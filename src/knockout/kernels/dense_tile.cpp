#include "dense_tile.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "pair_block.hpp"
#include "pair_precision.hpp"

namespace dko {

namespace {

// Between these, effects that matter are normal floats in the units of A, and so are units themselves.
constexpr double least_total = 1e-30;
constexpr double most_total = 1e30;

/// Sums in a fixed number of lanes, which the compiler may put into vectors.
template <class Value>
double lane_sum(std::int64_t count, Value value) {
  constexpr std::int64_t lanes = 16;
  std::array<float, lanes> sums{};
  std::int64_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    for (std::int64_t lane = 0; lane < lanes; ++lane) sums[static_cast<std::size_t>(lane)] += value(i + lane);
  }
  double sum = 0;
  for (const float lane : sums) sum += static_cast<double>(lane);
  for (; i < count; ++i) sum += static_cast<double>(value(i));
  return sum;
}

}  // namespace

std::int64_t padded_rows(std::int64_t rows) {
  constexpr std::int64_t page = 1024;
  constexpr std::int64_t line = 16;  // numbers of a line of the cache
  const std::int64_t padded = round_up(rows, line);
  return padded % page == 0 && padded > 0 ? padded + line : padded;
}

void DenseTile::load(const CollapsedMapping& mapping, std::span<const std::int32_t> expressed,
                     std::span<double> total) {
  genes = std::ssize(expressed);
  stride = padded_rows(genes);
  is_prepared_ = false;
  columns.resize(stride * genes + strip_seconds);
  std::fill_n(own_column(genes), strip_seconds, 0.0F);
  gathered_.resize(expressed.size());
  for (auto* extremes : {&largest_, &smallest_}) {
    for (AlignedArray& extreme : *extremes) extreme.assign(stride, std::numeric_limits<float>::lowest());
  }
  for (std::int64_t position = 0; position < genes; ++position) {
    const double* const from = mapping.column(expressed[static_cast<std::size_t>(position)]).data();
    float* const to = own_column(position);
    const std::int64_t following = std::min(position + 1, genes - 1);
    const double* const next = mapping.column(expressed[static_cast<std::size_t>(following)]).data();
    for (std::size_t i = 0; i < expressed.size(); ++i) {
      gathered_[i] = from[expressed[i]];
      __builtin_prefetch(next + expressed[i]);  // A is far larger than the caches
    }
    for (std::size_t i = 0; i < expressed.size(); ++i) {
      total[i] += gathered_[i];
      to[i] = static_cast<float>(gathered_[i]);
    }
    std::fill(to + genes, to + stride, 0.0F);
    note_extremes(position, to);
  }
}

void DenseTile::note_extremes(std::int64_t position, const float* values) {
  const auto note = [&](std::array<AlignedArray, 2>& extremes, float sign) {
    float* const most = extremes[0].data();
    float* const second = extremes[1].data();
    const std::array own{most[position], second[position]};
    for (std::int64_t i = 0; i < stride; ++i) {
      const float value = sign * values[i];
      const float lesser = value < most[i] ? value : most[i];
      second[i] = lesser > second[i] ? lesser : second[i];
      most[i] = value > most[i] ? value : most[i];
    }
    most[position] = own[0];
    second[position] = own[1];
  };
  note(largest_, 1);
  note(smallest_, -1);
}

void DenseTile::prepare(std::span<const double> outputs, std::span<const double> profile_before,
                        std::span<const double> scales, std::span<const double> along) {
  if (is_prepared_) return;
  is_prepared_ = true;
  crossing.clear();
  double total = 0;
  for (const double w : outputs) total += std::abs(w);
  is_usable = total > least_total && total < most_total &&
              std::accumulate(profile_before.begin(), profile_before.end(), 0.0) > 0;
  if (!is_usable) return;
  for (AlignedArray* array : {&output, &profile, &signed_scale_, &safe_scale_, &share, &rest})
    array->assign(stride, 0);
  for (AlignedArray* array : {&centre, &column_sum, &magnitude}) array->resize(genes);
  for (std::int64_t i = 0; i < genes; ++i) {
    const auto row = static_cast<std::size_t>(i);
    output[i] = static_cast<float>(std::abs(outputs[row]) / total);
    profile[i] = static_cast<float>(profile_before[row]);
    signed_scale_[i] = static_cast<float>((outputs[row] < 0 ? -scales[row] : scales[row]) / total);
  }
  find_crossing(outputs, scales);
  double safe = 0;
  for (std::int64_t i = 0; i < genes; ++i) {
    if (crossing_place[static_cast<std::size_t>(i)] >= 0) continue;
    const auto row = static_cast<std::size_t>(i);
    safe_scale_[i] = signed_scale_[i];
    share[i] = profile[i];
    rest[i] = static_cast<float>(profile_before[row] - std::abs(outputs[row]) / total);
    safe += profile_before[row];
  }
  share_sum = static_cast<float>(safe);
  crossing_columns.assign(crossing_stride * genes, 0);
  prepare_along(outputs, profile_before, total, along);
  for (std::int64_t position = 0; position < genes; ++position) {
    take_crossing(position);
    if (!along.empty()) bend_by_column(position);
    centre_column(position);
  }
}

/// What does not depend on the columns: v, Σ v (|w| − q), and that part of E.
void DenseTile::prepare_along(std::span<const double> outputs, std::span<const double> profile_before,
                              double total, std::span<const double> along) {
  weight.assign(along.empty() ? 0 : stride, 0);
  if (along.empty()) return;
  bend.resize(genes);
  crossing_weight.assign(crossing_stride, 0);
  double sum = 0;
  largest_weight = 0;
  for (std::int64_t i = 0; i < genes; ++i) {
    const auto row = static_cast<std::size_t>(i);
    const double own = along[row] * (std::abs(outputs[row]) / total - profile_before[row]);
    weight[i] = static_cast<float>(along[row]);
    bend[i] = static_cast<float>(own);
    largest_weight = std::max(largest_weight, std::abs(weight[i]));
    sum += own;
  }
  weight_sum = static_cast<float>(sum);
  for (std::size_t row = 0; row < crossing.size(); ++row)
    crossing_weight[static_cast<std::int64_t>(row)] = weight[crossing[row]];
}

/// Adds Σ_{i≠g} v_i Â_ig to E_g, while the column is one of A.
void DenseTile::bend_by_column(std::int64_t position) {
  const float* const values = column(position);
  const float* const scale = signed_scale_.data();
  const float* const along = weight.data();
  const double sum = lane_sum(genes, [=](std::int64_t i) { return along[i] * (scale[i] * values[i]); });
  const double own = static_cast<double>(along[position] * (scale[position] * values[position]));
  bend[position] = static_cast<float>(static_cast<double>(bend[position]) + (sum - own));
}

/// The rows whose output the two largest effects against it could bring past zero.
void DenseTile::find_crossing(std::span<const double> outputs, std::span<const double> scales) {
  constexpr double rounding = 1 + 1e-5;
  crossing_place.assign(static_cast<std::size_t>(genes), -1);
  for (std::int64_t i = 0; i < genes; ++i) {
    const double w = outputs[static_cast<std::size_t>(i)];
    const auto& against = w < 0 ? smallest_ : largest_;
    const double most = scales[static_cast<std::size_t>(i)] *
                        (static_cast<double>(against[0][i]) + static_cast<double>(against[1][i]));
    if (std::abs(w) > most * rounding) continue;
    crossing_place[static_cast<std::size_t>(i)] = static_cast<std::int32_t>(crossing.size());
    crossing.push_back(static_cast<std::int32_t>(i));
  }
  const auto rows = std::ssize(crossing);
  crossing_stride = rows == 0 ? 0 : padded_rows(rows);
  crossing_share.assign(crossing_stride, 0);
  crossing_output.assign(crossing_stride, 0);
  for (std::int64_t row = 0; row < rows; ++row) {
    const std::int32_t gene = crossing[static_cast<std::size_t>(row)];
    crossing_share[row] = profile[gene];
    crossing_output[row] = output[gene];
  }
}

void DenseTile::take_crossing(std::int64_t position) {
  const float* const from = column(position);
  float* const to = own_crossing_column(position);
  for (std::size_t row = 0; row < crossing.size(); ++row)
    to[row] = signed_scale_[crossing[row]] * from[crossing[row]];
}

/// A column of A becomes one of Q, its sums are noted, its own row is taken out.
void DenseTile::centre_column(std::int64_t position) {
  float* const values = own_column(position);
  const float* const scale = signed_scale_.data();
  const double sum = lane_sum(genes, [=](std::int64_t i) { return scale[i] * values[i]; });
  magnitude[position] =
      static_cast<float>(lane_sum(genes, [=](std::int64_t i) { return std::abs(scale[i] * values[i]); }));
  const double own = static_cast<double>(scale[position] * values[position]);
  const auto kappa = static_cast<float>(sum - own + static_cast<double>(output[position]) -
                                        static_cast<double>(profile[position]));
  centre[position] = kappa;
  const float* const safe = safe_scale_.data();
  const float* const q = share.data();
  for (std::int64_t i = 0; i < stride; ++i) values[i] = q[i] * kappa - safe[i] * values[i];
  values[position] = 0;
  column_sum[position] = static_cast<float>(lane_sum(genes, [=](std::int64_t i) { return values[i]; }));
  const std::int32_t place = crossing_place[static_cast<std::size_t>(position)];
  if (place < 0)
    values[position] = -beyond;
  else
    own_crossing_column(position)[place] = -beyond;
}

}  // namespace dko
