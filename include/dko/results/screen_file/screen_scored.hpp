#pragma once

#include <cstdint>
#include <filesystem>

#include "dko/hdf5/header.hpp"

namespace dko {

inline constexpr hdf5::FileKind screen_kind{"dko screen", 1};

/// How far a screen is that is not finished.
struct ScreenScored {
  std::int64_t scored = 0;  ///< knockouts on record, those in the files that ranks have put down included
  std::int64_t of = 0;      ///< all that are to be scored
};

/// Of the file that a screen has while it is not finished, whether a job is at it or not: nothing is changed,
/// locked or held against its checksums. Pairs of which not all are kept are counted by what lies beside the
/// file (ScreenStates) and, of a summary, by its complete rows. Local.
/// @throws InputError for another file, or one that cannot be read
ScreenScored count_scored(const std::filesystem::path& partial);

}  // namespace dko
