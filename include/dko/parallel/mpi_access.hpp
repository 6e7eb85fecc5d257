#pragma once
// The way to the MPI handle, for the few places that hand it to another library. Includes <mpi.h>.

#include <mpi.h>

#include <cstdint>
#include <limits>
#include <string>

#include "dko/parallel/communicator.hpp"

namespace dko {

struct MpiAccess {
  /// Takes over `comm`, which is freed with the last copy. Sets it to return errors. Local.
  static Communicator adopt(MPI_Comm comm);
  /// MPI_COMM_NULL for the group of one. Local.
  static MPI_Comm native(const Communicator& communicator);
};

/// Elements of one call, that its int counts can hold: more go in several.
inline constexpr std::int64_t most_at_once = std::int64_t{1} << 30;
static_assert(most_at_once <= std::numeric_limits<int>::max());

/// MPI's own words for a code.
std::string words_of_mpi(int code);

/// @throws Error that names `call` and gives MPI's own words if `code` is not MPI_SUCCESS.
void check_mpi(int code, const char* call);

}  // namespace dko
