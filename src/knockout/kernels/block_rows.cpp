#include "block_rows.hpp"

#include <algorithm>

#include "interleaved.hpp"
#include "pair_precision.hpp"

namespace dko {

void BlockRows::set_rows(std::int64_t stride) {
  stride_ = stride;
  nothing_.assign(stride, 0);
}

/// The columns, and those of nothing up to whole panels or strips.
std::span<const float* const> BlockRows::padded(std::span<const float* const> columns, std::int64_t group) {
  padded_.assign(columns.begin(), columns.end());
  padded_.resize(static_cast<std::size_t>(round_up(std::ssize(columns), group)), nothing_.data());
  return padded_;
}

void BlockRows::fill_firsts(const float* rest, std::span<const float* const> columns) {
  const auto all = padded(columns, panel_firsts);
  panels_.resize(stride_ * std::ssize(all));
  interleave_rest(rest, all, stride_, panel_firsts, panels_.data());
}

void BlockRows::set_first(std::size_t f, std::int64_t row, float value) {
  const auto first = static_cast<std::int64_t>(f);
  panels_[(first / panel_firsts * stride_ + row) * panel_firsts + first % panel_firsts] = value;
}

void BlockRows::fill_seconds(std::span<const float* const> columns) {
  const auto all = padded(columns, strip_seconds);
  strips_.resize(stride_ * std::ssize(all));
  interleave(all, stride_, strip_seconds, strips_.data());
  begin_ = 0;
}

void BlockRows::of_seconds(std::int64_t row, std::int64_t count, std::array<float, block_seconds>& to) const {
  for (std::int64_t s = 0; s < count; s += strip_seconds)
    std::copy_n(strips_.data() + (begin_ + s) * stride_ + row * strip_seconds, strip_seconds, to.begin() + s);
}

PairBlock BlockRows::block(std::int64_t firsts, std::int64_t seconds, std::int64_t rows,
                           const float* share) const {
  return {.panels = panels_.data(),
          .strips = strips_.data() + begin_ * stride_,
          .stride = stride_,
          .firsts = firsts,
          .seconds = seconds,
          .share = share,
          .rows = rows,
          .parameter = nullptr,
          .sums = nullptr,
          .diagonal = 0};
}

}  // namespace dko
