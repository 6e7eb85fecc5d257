#include "score_buffer.hpp"

#include <algorithm>

#include "dko/knockout/screen/pending_events.hpp"

namespace dko {

ScoreSpans ScoreBuffer::extend(std::size_t count) {
  if (events_ + count > scores_per_write) write_to_multiple_of(events_of_block);
  events_ += count;
  ScoreSpans spans;
  for (const Score score : every_score) {
    if (!wanted_.has(score)) continue;
    values_[score].resize(events_);
    spans[score] = std::span(values_[score]).last(count);
  }
  return spans;
}

void ScoreBuffer::flush_whole(std::int64_t block) {
  write_to_multiple_of(block);
  next_ += static_cast<std::int64_t>(events_);
  events_ = 0;
  for (const Score score : every_score) values_[score].clear();
}

void ScoreBuffer::write_to_multiple_of(std::int64_t block) {
  const std::int64_t end = next_ + static_cast<std::int64_t>(events_);
  write(static_cast<std::size_t>(std::max<std::int64_t>(0, end / block * block - next_)));
}

void ScoreBuffer::write(std::size_t count) {
  if (count == 0) return;
  ScoreViews scores;
  for (const Score score : every_score) {
    if (wanted_.has(score)) scores[score] = std::span<const float>(values_[score]).first(count);
  }
  sink_.write(array_, next_, scores);
  for (const Score score : every_score) {
    if (!wanted_.has(score)) continue;
    std::vector<float>& values = values_[score];
    values.erase(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(count));
  }
  next_ += static_cast<std::int64_t>(count);
  events_ -= count;
}

}  // namespace dko
