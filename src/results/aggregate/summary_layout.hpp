#pragma once
// The summary of pairs in a screen file, known to its writer and its reader.

#include <cstdint>
#include <string>
#include <vector>

#include "dko/hdf5/file.hpp"
#include "dko/knockout/score/measure.hpp"
#include "dko/knockout/screen/screen.hpp"

namespace dko::summary_layout {

constexpr auto group = "summary";
constexpr auto genes = "genes";
constexpr auto cells = "cells";

constexpr auto mean = "mean";
constexpr auto sd = "sd";
constexpr auto min = "min";
constexpr auto max = "max";
constexpr auto same_sign = "same_sign";

/// The arrays of a measure: of a standard deviation over members only the mean.
std::vector<std::string> arrays_of(const Measure& measure);

/// Paths in the group of all arrays of pairs; of each there is, in progress/summary/ under the same path, the
/// record of its rows (first genes): u64[k], the block_checksum of the row's pairs, 0 of one that is not
/// there.
std::vector<std::string> all_arrays(const std::vector<Measure>& measures);

/// Makes the group with all its arrays, their space taken and nothing in them. @throws IoError
void create(hdf5::File& file, const ScreenPlan& plan, const ExpressionMatrix& matrix);

/// Where the rows of k genes start among their pairs, and the end of the last.
std::vector<std::int64_t> row_starts(std::int64_t k);

/// Makes that record with nothing on it. @throws IoError
void create_record(hdf5::Location& progress, const ScreenPlan& plan, const ExpressionMatrix& matrix);

}  // namespace dko::summary_layout
