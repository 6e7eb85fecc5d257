#include "score_buffer.hpp"

#include <algorithm>

namespace dko {

namespace {

constexpr std::int64_t events_of_block = (std::int64_t{1} << 20) / static_cast<std::int64_t>(sizeof(float));

}  // namespace

ScoreSpans ScoreBuffer::extend(std::size_t count) {
  if (events_ + count > scores_per_write) {
    const std::int64_t end = next_ + static_cast<std::int64_t>(events_);
    write(
        static_cast<std::size_t>(std::max<std::int64_t>(0, end / events_of_block * events_of_block - next_)));
  }
  events_ += count;
  ScoreSpans spans;
  for (const Score score : every_score) {
    if (!wanted_.has(score)) continue;
    values_[score].resize(events_);
    spans[score] = std::span(values_[score]).last(count);
  }
  return spans;
}

void ScoreBuffer::write(std::size_t count) {
  if (count == 0) return;
  for (const Score score : every_score) {
    if (!wanted_.has(score)) continue;
    std::vector<float>& values = values_[score];
    sink_.write(array_, score, next_, std::span<const float>(values).first(count));
    values.erase(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(count));
  }
  next_ += static_cast<std::int64_t>(count);
  events_ -= count;
}

}  // namespace dko
