#include "dko/system/terminal.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>

namespace dko {

namespace {

/// As wide as it says it is, or as usual.
std::optional<std::size_t> columns_of(int descriptor) {
  if (isatty(descriptor) != 1) return std::nullopt;
  constexpr std::size_t usual = 80;
  winsize size{};
  const bool is_known = ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return is_known ? size.ws_col : usual;
}

bool is_pipe(int descriptor) {
  struct stat status {};
  return fstat(descriptor, &status) == 0 && S_ISFIFO(status.st_mode);
}

/// Whether the parent process is Open MPI's launcher, under one of its names.
bool is_launched_by_mpirun() {
  std::string name;
  std::getline(std::ifstream(fmt::format("/proc/{}/comm", getppid())), name);
  constexpr std::array launchers{"mpirun", "mpiexec", "orterun", "prterun"};
  return std::any_of(launchers.begin(), launchers.end(),
                     [&](const char* launcher) { return name.starts_with(launcher); });
}

}  // namespace

std::optional<std::size_t> terminal_columns() {
  const char* kind = std::getenv("TERM");
  if (kind != nullptr && std::string_view(kind) == "dumb") return std::nullopt;
  if (!is_pipe(STDERR_FILENO) || !is_launched_by_mpirun()) return columns_of(STDERR_FILENO);
  const int of_launcher =
      open(fmt::format("/proc/{}/fd/2", getppid()).c_str(), O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (of_launcher < 0) return std::nullopt;
  const auto columns = columns_of(of_launcher);
  close(of_launcher);
  return columns;
}

}  // namespace dko
