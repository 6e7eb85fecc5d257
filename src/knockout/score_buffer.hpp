#pragma once
// Shared by this room's sources only.

#include <cstdint>
#include <vector>

#include "dko/knockout/screen.hpp"

namespace dko {

/// Gathers scores of consecutive events and hands them to the sink in large pieces, which end where as many
/// events as make up a block of 1 MiB do, as file systems like it; the first and the last end where they
/// must.
class ScoreBuffer {
 public:
  ScoreBuffer(ScoreSink& sink, ScoreArray array, ScoreSet wanted, std::int64_t first)
      : sink_(sink), array_(array), wanted_(wanted), next_(first) {}

  /// Room for `count` more events, to be filled by the caller.
  ScoreSpans extend(std::size_t count);
  void flush() { write(events_); }

 private:
  void write(std::size_t count);

  ScoreSink& sink_;
  ScoreArray array_;
  ScoreSet wanted_;
  std::int64_t next_;
  std::size_t events_ = 0;
  PerScore<std::vector<float>> values_;
};

}  // namespace dko
