#pragma once
// Shared by this room's sources only.

#include <cstdint>
#include <vector>

#include "dko/knockout/screen/screen.hpp"

namespace dko {

/// Gathers scores of consecutive events and hands them to the sink in large pieces, which end where a block
/// of the largest size does; the first begins and the last ends where they must.
class ScoreBuffer {
 public:
  ScoreBuffer(ScoreSink& sink, ScoreArray array, ScoreSet wanted, std::int64_t first)
      : sink_(sink), array_(array), wanted_(wanted), next_(first) {}

  /// Room for `count` more events, to be filled by the caller.
  ScoreSpans extend(std::size_t count);
  void flush() { write(events_); }
  /// What makes up whole blocks of as many events; forgets the rest.
  void flush_whole(std::int64_t block);

 private:
  void write(std::size_t count);
  void write_to_multiple_of(std::int64_t block);

  ScoreSink& sink_;
  ScoreArray array_;
  ScoreSet wanted_;
  std::int64_t next_;
  std::size_t events_ = 0;
  PerScore<std::vector<float>> values_;
};

}  // namespace dko
