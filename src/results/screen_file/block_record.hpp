#pragma once
// The record of one array's blocks in a screen file. Shared by this room's sources only.

#include <cstdint>
#include <span>
#include <vector>

#include "dko/hdf5/file.hpp"
#include "dko/knockout/screen/pending_events.hpp"

namespace dko {

/// Makes progress/<array> with nothing on record. @throws IoError
void create_block_record(hdf5::Location& progress, ScoreArray array, ScoreSet scores, std::int64_t block,
                         std::int64_t events);

/// Record of the blocks of one array of an open file.
class BlockRecord {
 public:
  /// Local. @throws InputError if the file has none
  BlockRecord(const hdf5::File& file, ScoreArray array);

  std::int64_t block() const { return block_; }
  std::int64_t events() const { return events_; }
  std::int64_t blocks() const { return (events_ + block_ - 1) / block_; }
  EventRange events_of(std::int64_t block) const {
    return {block * block_, std::min(events_, (block + 1) * block_)};
  }
  /// Scores that are stored.
  ScoreSet scores() const { return scores_; }

  /// Notes whole blocks from event `first` on, which are in the file. Local. @throws IoError
  void note(std::int64_t first, const ScoreViews& scores);

  /// What is on record of `count` blocks of a score from `first` on. Local. @throws InputError
  std::vector<std::uint64_t> read(Score score, std::int64_t first, std::int64_t count) const;

  /// Checksums of consecutive scores that begin and end where blocks do.
  std::vector<std::uint64_t> checksums(std::span<const float> values) const;

 private:
  hdf5::Location group_;
  std::int64_t block_;
  std::int64_t events_;
  ScoreSet scores_;
  std::vector<std::pair<Score, hdf5::Dataset>> datasets_;
};

}  // namespace dko
