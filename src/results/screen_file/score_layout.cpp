#include "score_layout.hpp"

#include "screen_layout.hpp"

namespace dko {

namespace layout = screen_layout;

void create_scores(hdf5::Location& group, ScoreSet wanted, std::int64_t events) {
  for (const Score score : every_score) {
    if (!wanted.has(score)) continue;
    group.create(layout::name_of(score), hdf5::Type::f32, {events});
    group.set_encoding(layout::name_of(score), "array", "0.2.0");
  }
}

hdf5::Dataset scores_of(const hdf5::File& file, ScoreArray array, Score score) {
  const hdf5::Location group = file.group(layout::group_of(array));
  if (array == ScoreArray::singles) return group.group(layout::name_of(score)).dataset(layout::data);
  return group.dataset(layout::name_of(score));
}

ScoreViews read_scores(const hdf5::File& file, ScoreArray array, ScoreSet scores, EventRange events,
                       PerScore<std::vector<float>>& values) {
  ScoreViews views;
  for (const Score score : every_score) {
    if (!scores.has(score)) continue;
    values[score].resize(static_cast<std::size_t>(events.size()));
    scores_of(file, array, score).read(events.first, std::span(values[score]));
    views[score] = values[score];
  }
  return views;
}

}  // namespace dko
