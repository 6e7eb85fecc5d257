#pragma once
// What a screen file says of the direction that its shifts are along.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dko/hdf5/location.hpp"
#include "dko/knockout/score/direction.hpp"
#include "dko/knockout/screen/screen_plan.hpp"

namespace dko {

struct StoredDirection {
  std::string from;    ///< condition on A
  std::string toward;  ///< on B, or the file of a profile
  bool is_toward_profile = false;
  std::vector<std::int32_t> from_cells;
  std::vector<std::int32_t> toward_cells;  ///< empty with a profile
  Direction direction;
  std::vector<double> q_values;  ///< of each gene's mean shift over A; empty: not known
};

/// Approximate bytes of it in a file.
double direction_file_bytes(const ScreenPlan& plan, std::int64_t genes, std::int64_t cells);

/// Writes direction/ with attributes from, toward, toward_is_profile (0 or 1), length (|d|);
/// from_mean and toward_mean float64[N]; from_cells and toward_cells int32; gene_q_value float64[N] where it
/// is known. Nothing of a plan without a direction. Local. @throws IoError
void write_direction(hdf5::Location& file, const ScreenPlan& plan);

/// Nothing from a file without. Local. @throws InputError for arrays of other lengths or checksums, numbers
/// of cells that are not there, values that are no shares, and means that are not as far apart as stated
std::optional<StoredDirection> read_direction(const hdf5::Location& file, std::int64_t genes,
                                              std::int64_t cells);

}  // namespace dko
