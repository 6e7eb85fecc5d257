#include "batch_loss.hpp"

#include <array>
#include <cmath>
#include <cstddef>

namespace dko {

namespace {

/// Σ term(i) for i < count, in lanes of their own, so that it is vectorised and always in the same order.
template <class Term>
float sum_of(std::size_t count, Term term) {
  constexpr std::size_t lanes = 8;
  std::array<float, lanes> sums{};
  std::size_t at = 0;
  for (; at + lanes <= count; at += lanes) {
    for (std::size_t lane = 0; lane < lanes; ++lane) sums[lane] += term(at + lane);
  }
  for (std::size_t lane = 0; at < count; ++at, ++lane) sums[lane] += term(at);
  for (std::size_t half = lanes / 2; half > 0; half /= 2) {
    for (std::size_t lane = 0; lane < half; ++lane) sums[lane] += sums[lane + half];
  }
  return sums[0];
}

/// Outputs and relative profile of one cell's expressed genes.
struct CellOutputs {
  std::span<const float> o;
  std::span<const float> p;

  std::size_t size() const { return o.size(); }
  float total() const {
    return sum_of(size(), [&](std::size_t at) { return std::abs(o[at]); });
  }
};

CellOutputs outputs_of(const CellBatch& batch, std::span<const float> outputs, std::int64_t cell) {
  const auto first = static_cast<std::size_t>(batch.cell_starts()[static_cast<std::size_t>(cell)]);
  const auto last = static_cast<std::size_t>(batch.cell_starts()[static_cast<std::size_t>(cell) + 1]);
  return {outputs.subspan(first, last - first), batch.values().subspan(first, last - first)};
}

float cell_loss(const CellOutputs& cell) {
  const float total = cell.total();
  if (!(total > 0)) return std::isnan(total) ? total : 1.0F;
  const float inverse = 1.0F / total;
  return 0.5F * sum_of(cell.size(),
                       [&](std::size_t at) { return std::abs(std::abs(cell.o[at]) * inverse - cell.p[at]); });
}

/// ½ sign(q − p)
float half_sign(float difference) {
  return 0.5F * static_cast<float>((difference > 0) - (difference < 0));
}

void cell_slopes(const CellOutputs& cell, std::span<float> slopes) {
  const float total = cell.total();
  if (!(total > 0)) {
    for (float& slope : slopes) slope = 0;
    return;
  }
  const float inverse = 1.0F / total;
  const float mean_sign = sum_of(cell.size(), [&](std::size_t at) {
    const float q = std::abs(cell.o[at]) * inverse;
    return half_sign(q - cell.p[at]) * q;
  });
  for (std::size_t at = 0; at < cell.size(); ++at) {
    const float o = cell.o[at];
    const float along = (half_sign(std::abs(o) * inverse - cell.p[at]) - mean_sign) * inverse;
    slopes[at] = along * static_cast<float>((o > 0) - (o < 0));
  }
}

}  // namespace

double batch_loss(const CellBatch& batch, std::span<const float> outputs) {
  double sum = 0;
  for (std::int64_t cell = 0; cell < batch.cells(); ++cell)
    sum += static_cast<double>(cell_loss(outputs_of(batch, outputs, cell)));
  return sum;
}

void batch_slopes(const CellBatch& batch, std::span<const float> outputs, std::span<float> slopes) {
  for (std::int64_t cell = 0; cell < batch.cells(); ++cell) {
    const CellOutputs of_cell = outputs_of(batch, outputs, cell);
    const auto first = static_cast<std::size_t>(batch.cell_starts()[static_cast<std::size_t>(cell)]);
    cell_slopes(of_cell, slopes.subspan(first, of_cell.size()));
  }
}

}  // namespace dko
