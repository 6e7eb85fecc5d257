#include <fmt/format.h>

#include <array>

#include "dko/base/error.hpp"
#include "dko/parallel/mpi_access.hpp"

namespace dko {

std::string words_of_mpi(int code) {
  std::array<char, MPI_MAX_ERROR_STRING> words{};
  int length = 0;
  if (MPI_Error_string(code, words.data(), &length) != MPI_SUCCESS) length = 0;
  return {words.data(), static_cast<std::size_t>(length)};
}

void check_mpi(int code, const char* call) {
  if (code == MPI_SUCCESS) return;
  throw Error(ExitCode::failure, fmt::format("{} failed: {}", call, words_of_mpi(code)));
}

}  // namespace dko
