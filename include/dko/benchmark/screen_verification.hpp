#pragma once
// Whether the file of dko bench screen holds what it should: what dko bench verify finds out.

#include <cstdint>
#include <string>
#include <vector>

#include "dko/benchmark/screen_speed.hpp"
#include "dko/results/screen_file/read_back.hpp"
#include "dko/workflow/job.hpp"

namespace dko {

/// Largest difference between a score in single precision and the same in double precision.
inline constexpr double score_tolerance = 2e-5;
/// The part of all scores whose errors a sample is to find: one in 10⁵.
inline constexpr double share_to_find = 1e-5;

/// How much is computed again.
struct SampleOptions {
  std::int64_t events = 500'000;  ///< knockouts, of all; at least so many
  std::int64_t seed = 1;          ///< which ones; not below 0
};

/// A stored score and what double precision makes of the knockout.
struct ScoreDifference {
  ScoreArray array = ScoreArray::singles;
  std::int64_t event = -1;  ///< of the array; −1: none was compared
  double stored = 0;
  double computed = 0;
  double size = -1;  ///< |stored − computed|; infinite where stored is no number
};

/// What reading a screen back has found; the same on every rank.
struct ScreenVerification {
  BlockCounts singles;
  BlockCounts pairs;
  /// Where arrays are not on record as the screen stores them, or were not read whole.
  std::vector<std::string> not_stored;
  std::int64_t events = 0;    ///< knockouts of the screen
  std::int64_t drawn = 0;     ///< of them in the sample
  std::int64_t sampled = 0;   ///< of these scored again, and compared in every score that the screen stores
  std::int64_t compared = 0;  ///< scores of these
  std::int64_t wrong = 0;     ///< of these, beyond score_tolerance
  ScoreDifference largest;
  bool on_other_ranks = false;    ///< whether ranks read what others wrote; not where there is one rank
  bool is_cache_dropped = false;  ///< whether every node dropped the file from its page cache
  /// Chance, at least, of finding one wrong score where share_to_find of all are; 0 where not all of the
  /// sample was compared.
  double chance = 0;
  double seconds = 0;

  /// What is wrong, in words; empty if nothing is.
  std::vector<std::string> faults() const;
};

/// Reads all blocks of scores of the finished screen at `path` back, compares them with their checksums, and
/// scores a sample of its knockouts again in double precision; cells and mapping are made anew from the
/// options of the bench. The rank half of all ranks further on reads what a rank wrote, but for blocks at the
/// border of two shares. What is found is the same for any number of ranks. Collective.
/// @throws CollectiveFailure of exit code 3 if the file is none of this bench, is not finished, or cannot be
/// read; 2 if not every pair of it is stored
ScreenVerification verify_screen(const ScreenBench& bench, const std::string& path,
                                 const SampleOptions& options, Job& job);

}  // namespace dko
