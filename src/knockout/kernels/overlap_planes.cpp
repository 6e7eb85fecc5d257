#include "overlap_planes.hpp"

#include "pair_precision.hpp"

namespace dko {

double OverlapPlanes::bytes(std::int64_t genes) {
  return 2 * sizeof(float) * static_cast<double>(genes) * static_cast<double>(round_up(genes, 16));
}

void OverlapPlanes::clear(std::int64_t genes) {
  stride_ = round_up(genes, 16);
  effects_.assign(genes * stride_, 0);
  after_.assign(genes * stride_, beyond);
}

// Everything is worked out for every pair, and then chosen from: with branches it would not become vectors.

void OverlapPlanes::add_changes(const TouchedRow& touched, std::int64_t first, std::int64_t last,
                                float* change, float* untouched, float* along) const {
  const float* const effects = effects_.data() + touched.row * stride_;
  const float* const after = after_.data() + touched.row * stride_;
  const auto [row, raw, floor, share, weight, effect, of_first] = touched;
  const float left = raw - effect;
  const float single_first = of_first - share;
#pragma GCC ivdep
  for (std::int64_t b = first; b < last; ++b) {
    const float reduced = left - effects[b];
    const float both = (reduced < floor ? floor : reduced) - share;
    const float single = after[b] - share;
    const float single_second = after[b] < beyond ? single : 0.0F;
    change[b] += both - single_first - single_second;
    untouched[b] += after[b] < beyond ? share : 0.0F;
  }
  if (along == nullptr) return;
#pragma GCC ivdep
  for (std::int64_t b = first; b < last; ++b) {
    const float reduced = left - effects[b];
    const float both = (reduced < floor ? floor : reduced) - share;
    const float single = after[b] - share;
    along[b] += weight * (both - single_first - (after[b] < beyond ? single : 0.0F));
  }
}

void OverlapPlanes::add_losses(const TouchedRow& touched, std::int64_t first, std::int64_t last,
                               const float* one_more, float* losses) const {
  const float* const effects = effects_.data() + touched.row * stride_;
  const float* const after = after_.data() + touched.row * stride_;
  const auto [row, raw, floor, share, weight, effect, of_first] = touched;
  const float left = raw - effect;
#pragma GCC ivdep
  for (std::int64_t b = first; b < last; ++b) {
    const float reduced = left - effects[b];
    const float scaled = one_more[b] * share;
    losses[b] += positive(scaled - (reduced < floor ? floor : reduced)) - positive(scaled - of_first) -
                 positive(scaled - after[b]);
  }
}

}  // namespace dko
