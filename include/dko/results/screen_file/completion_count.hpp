#pragma once

#include <cstdint>
#include <filesystem>

#include "dko/hdf5/header.hpp"

namespace dko {

inline constexpr hdf5::FileKind screen_kind{"dko screen", 1};

/// How far a screen is that is not finished.
struct CompletionCount {
  std::int64_t scored = 0;  ///< knockouts on record, those in the files that ranks have saved included
  std::int64_t of = 0;      ///< all that are to be scored
};

/// Counts what is scored in an unfinished screen's file, whether a job is writing it or not: nothing is
/// changed, locked or compared with its checksums. Where not all pairs are kept they are counted by the files
/// beside it (RankSnapshots) and, in a summary, by its complete rows. Local.
/// @throws InputError for another file, or one that cannot be read
CompletionCount count_scored(const std::filesystem::path& partial);

}  // namespace dko
