#pragma once
// Which cells a screen goes from, and toward which.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "dko/expression/matrix.hpp"
#include "dko/knockout/score/direction.hpp"
#include "dko/mapping/base_profile.hpp"
#include "dko/mapping/collapsed_mapping.hpp"
#include "dko/parallel/communicator.hpp"

namespace dko {

/// Cells A and B by number, and in the words of the user. B may be a profile instead.
struct FromTo {
  std::string from;    ///< the condition on A
  std::string toward;  ///< that on B, or the file of the profile
  std::vector<std::int32_t> from_cells;
  std::vector<std::int32_t> toward_cells;  ///< empty with a profile
  std::vector<double> profile;             ///< by gene, of sum 1; empty with cells

  bool is_toward_profile() const { return !profile.empty(); }

  /// Checksums of the cells, and of the profile.
  std::string from_checksum() const;
  std::string toward_checksum() const;

  /// Root's, on every rank. Collective.
  static FromTo replicate(const Communicator& ranks, AtRoot<FromTo> root);
};

/// d from the mean base profile of A, over the members too, to that of B, or to the profile. Shares are
/// summed as whole multiples of some 2⁻⁴²: the same bits for any number of ranks. The kernels' memory of the
/// largest cell on each rank. Arguments are the same on all ranks. Collective.
/// @throws InputError, on all ranks, where both profiles are the same
Direction find_direction(const FromTo& from_to, const RelativeProfiles& profiles,
                         std::span<const CollapsedMapping> members, Base base, const Communicator& ranks);

/// Bytes of it all on each rank, for `members` kernels of cells of up to `expressed` genes. Local.
double direction_bytes(const FromTo& from_to, std::int64_t genes, std::int64_t expressed, double members);

}  // namespace dko
