#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "dko/hdf5/file.hpp"
#include "dko/results/screen_file/screen_reader.hpp"

namespace dko {

/// Reads one measure of the events of one array. What is not stored is derived here, from single knockouts in
/// the same cell: an interaction is the stored score of the pair less those of its two genes, the share of
/// several genes the sum of theirs. The screen must have the measure
/// (ScreenReader::has) and outlive the reader. All calls are local and throw InputError for a damaged file.
class ScoreReader {
 public:
  ScoreReader(const ScreenReader& screen, ScoreArray array, Measure measure);

  /// Values of the events [first, first + values.size()).
  void read(std::int64_t first, std::span<float> values);
  /// Value of one event; fastest in ascending order, because it reads ahead.
  float at(std::int64_t number);

 private:
  void load_singles(std::int64_t cell);
  float derived(float stored, float first, float second) const;
  void derive_pairs(std::int64_t first, std::span<float> values);
  void derive_list(std::int64_t first, std::span<float> values);

  const ScreenReader& screen_;
  ScoreArray array_;
  Measure measure_;
  std::optional<hdf5::Dataset> scores_;   // of the events themselves
  std::optional<hdf5::Dataset> singles_;  // what is derived is derived from
  std::int64_t loaded_cell_ = -1;
  std::vector<float> of_cell_;  // the singles of that cell, one per target
  std::int64_t held_first_ = 0;
  std::vector<float> held_;  // what at() has read
};

/// Reads a measure of the events of an array, or of a range of them, one after the other, in blocks.
class ScoreStream {
 public:
  ScoreStream(const ScreenReader& screen, ScoreArray array, Measure measure)
      : ScoreStream(screen, array, measure, {0, screen.events(array)}) {}
  ScoreStream(const ScreenReader& screen, ScoreArray array, Measure measure, EventRange range)
      : reader_(screen, array, measure), left_(range) {}

  /// The next score; to be called at most once per event of the range.
  float next() {
    if (at_ == block_.size()) fill();
    return block_[at_++];
  }

 private:
  void fill();

  ScoreReader reader_;
  EventRange left_;
  std::vector<float> block_;
  std::size_t at_ = 0;
};

}  // namespace dko
