#include "dko/results/score_reader.hpp"

#include <algorithm>

#include "dko/knockout/events/event_index.hpp"

namespace dko {

namespace {

constexpr std::int64_t block_scores = std::int64_t{1} << 20;
constexpr std::int64_t scores_read_ahead = 1024;

}  // namespace

ScoreReader::ScoreReader(const ScreenReader& screen, ScoreArray array, Measure measure)
    : screen_(screen), array_(array), measure_(measure) {
  const bool is_sum = measure.score == Score::share && array != ScoreArray::singles;
  if (!is_sum) scores_ = screen.scores(array, measure.score);
  if (is_sum || measure.is_interaction) singles_ = screen.scores(ScoreArray::singles, measure.score);
}

void ScoreReader::read(std::int64_t first, std::span<float> values) {
  if (values.empty()) return;
  if (scores_) scores_->read(first, values);
  if (!singles_) return;
  if (array_ == ScoreArray::list)
    derive_list(first, values);
  else
    derive_pairs(first, values);
}

float ScoreReader::at(std::int64_t number) {
  const bool is_held = number >= held_first_ && number < held_first_ + std::ssize(held_);
  if (!is_held) {
    held_first_ = number;
    const std::int64_t left = screen_.events(array_) - number;
    held_.resize(static_cast<std::size_t>(std::min(left, scores_read_ahead)));
    read(held_first_, held_);
  }
  return held_[static_cast<std::size_t>(number - held_first_)];
}

void ScoreReader::load_singles(std::int64_t cell) {
  if (cell == loaded_cell_) return;
  of_cell_.resize(static_cast<std::size_t>(screen_.targets().count(cell)));
  if (!of_cell_.empty()) {
    singles_->read(screen_.targets().starts()[static_cast<std::size_t>(cell)], std::span<float>(of_cell_));
  }
  loaded_cell_ = cell;
}

/// Derives the measure of a pair from its stored score (if that is read) and those of its two genes.
float ScoreReader::derived(float stored, float first, float second) const {
  if (measure_.is_interaction) return static_cast<float>(interaction_of(stored, first, second));
  return static_cast<float>(static_cast<double>(first) + static_cast<double>(second));
}

void ScoreReader::derive_pairs(std::int64_t first, std::span<float> values) {
  const std::span<const std::int64_t> starts = screen_.pair_starts();
  for (std::size_t done = 0; done < values.size();) {
    const std::int64_t number = first + static_cast<std::int64_t>(done);
    const std::int64_t cell = cell_of_event(starts, number);
    load_singles(cell);
    const auto m = std::ssize(of_cell_);
    TargetPair pair = PairIndex::pair_of(m, number - starts[static_cast<std::size_t>(cell)]);
    for (; pair.first + 1 < m && done < values.size(); ++pair.first, pair.second = pair.first + 1) {
      const float a = of_cell_[static_cast<std::size_t>(pair.first)];
      for (; pair.second < m && done < values.size(); ++pair.second, ++done) {
        const float b = of_cell_[static_cast<std::size_t>(pair.second)];
        values[done] = derived(values[done], a, b);
      }
    }
  }
}

void ScoreReader::derive_list(std::int64_t first, std::span<float> values) {
  for (std::size_t at = 0; at < values.size(); ++at) {
    const Event event = screen_.event(array_, first + static_cast<std::int64_t>(at));
    load_singles(event.cell);
    const auto targets = screen_.targets().of(event.cell);
    const auto single = [&](std::int32_t gene) {
      const auto place = std::lower_bound(targets.begin(), targets.end(), gene) - targets.begin();
      return of_cell_[static_cast<std::size_t>(place)];
    };
    if (event.genes.size() == 2) {
      values[at] = derived(values[at], single(event.genes[0]), single(event.genes[1]));
      continue;
    }
    double sum = 0;  // interactions are of two genes: this is a share
    for (const std::int32_t gene : event.genes) sum += static_cast<double>(single(gene));
    values[at] = static_cast<float>(sum);
  }
}

void ScoreStream::fill() {
  const std::int64_t count = std::min(left_.last - left_.first, block_scores);
  block_.resize(static_cast<std::size_t>(count));
  reader_.read(left_.first, block_);
  left_.first += count;
  at_ = 0;
}

}  // namespace dko
