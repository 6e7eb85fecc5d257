#include <fmt/format.h>

#include <array>
#include <string_view>

#include "dko/base/error.hpp"
#include "dko/parallel/mpi_access.hpp"

namespace dko {

void check_mpi(int code, const char* call) {
  if (code == MPI_SUCCESS) return;
  std::array<char, MPI_MAX_ERROR_STRING> words{};
  int length = 0;
  if (MPI_Error_string(code, words.data(), &length) != MPI_SUCCESS) length = 0;
  throw Error(
      ExitCode::failure,
      fmt::format("{} failed: {}", call, std::string_view(words.data(), static_cast<std::size_t>(length))));
}

}  // namespace dko
