#include "batch_loss.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstring>

#include "dko/mapping/batch_network.hpp"

namespace dko {

namespace {

using Four = float __attribute__((vector_size(16)));

Four load(const float* from) {
  Four four;
  std::memcpy(&four, from, sizeof(four));
  return four;
}

Four magnitude(Four x) {
  return x < 0 ? -x : x;
}

/// ½ sign(x)
Four half_sign(Four x) {
  return x > 0 ? Four{} + 0.5F : x < 0 ? Four{} - 0.5F : Four{};
}

/// Outputs and relative profile of one cell's expressed genes.
struct CellOutputs {
  std::span<const float> o;
  std::span<const float> p;

  std::size_t size() const { return o.size(); }

  /// Σ term(o, p) over the genes, by eight lanes, so that it is always in the same order. Of zeros a term
  /// must be zero.
  template <class Term>
  float sum(Term term) const {
    constexpr std::size_t lanes = 8;
    Four first{};
    Four second{};
    std::size_t at = 0;
    for (; at + lanes <= size(); at += lanes) {
      first += term(load(&o[at]), load(&p[at]));
      second += term(load(&o[at + 4]), load(&p[at + 4]));
    }
    std::array<float, lanes> last_o{};
    std::array<float, lanes> last_p{};
    std::copy(o.begin() + static_cast<std::ptrdiff_t>(at), o.end(), last_o.begin());
    std::copy(p.begin() + static_cast<std::ptrdiff_t>(at), p.end(), last_p.begin());
    first += term(load(last_o.data()), load(last_p.data()));
    second += term(load(last_o.data() + 4), load(last_p.data() + 4));
    const Four sums = first + second;
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
  }
  float total() const {
    return sum([](Four of_o, Four) { return magnitude(of_o); });
  }
};

CellOutputs outputs_of(const CellBatch& batch, std::span<const float> outputs, std::int64_t cell) {
  const auto first = static_cast<std::size_t>(batch.cell_starts()[static_cast<std::size_t>(cell)]);
  const auto last = static_cast<std::size_t>(batch.cell_starts()[static_cast<std::size_t>(cell) + 1]);
  return {outputs.subspan(first, last - first), batch.values().subspan(first, last - first)};
}

float cell_loss(const CellOutputs& cell) {
  const float total = cell.total();
  if (!makes_profile(total)) return loss_without_profile(total);
  const float inverse = 1.0F / total;
  return 0.5F * cell.sum([inverse](Four o, Four p) { return magnitude(magnitude(o) * inverse - p); });
}

void cell_slopes(const CellOutputs& cell, std::span<float> slopes) {
  const float total = cell.total();
  if (!makes_profile(total)) {
    for (float& slope : slopes) slope = 0;
    return;
  }
  const float inverse = 1.0F / total;
  const float mean_sign = cell.sum([inverse](Four o, Four p) {
    const Four q = magnitude(o) * inverse;
    return half_sign(q - p) * q;
  });
  for (std::size_t at = 0; at < cell.size(); ++at) {
    const float o = cell.o[at];
    const float difference = std::abs(o) * inverse - cell.p[at];
    const float half = 0.5F * static_cast<float>((difference > 0) - (difference < 0));
    slopes[at] = (half - mean_sign) * inverse * static_cast<float>((o > 0) - (o < 0));
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
