#pragma once
// What the library of faults (file_faults.cpp) is told by the environment.

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <string>
#include <utility>

namespace fault_settings {

inline std::string setting(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

inline long number(const std::string& text) {
  return text.empty() ? 0 : std::strtol(text.c_str(), nullptr, 10);
}

/// By mpirun, or by srun --mpi=pmix; a process alone is rank 0.
inline std::string rank_in_environment() {
  for (const char* name : {"OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK"}) {
    if (const std::string rank = setting(name); !rank.empty()) return rank;
  }
  return "0";
}

struct Settings {
  std::string fault = setting("DKO_FAULT");
  long at = number(setting("DKO_FAULT_AT"));
  std::string rank = setting("DKO_FAULT_RANK");
  std::string path = setting("DKO_FAULT_PATH");
  std::string kinds = setting("DKO_FAULT_KINDS");
  std::string when = setting("DKO_FAULT_WHEN");
  std::string log = setting("DKO_FAULT_LOG");
  long delay = number(setting("DKO_FAULT_DELAY"));
  std::string gate = setting("DKO_FAULT_GATE");
  std::string own_rank = rank_in_environment();
};

inline const Settings& settings() {
  static const Settings read;
  return read;
}

/// 0 if the fault is none of these.
inline int signal_named(const std::string& name) {
  constexpr std::array<std::pair<const char*, int>, 6> known{{{"KILL", SIGKILL},
                                                              {"ABRT", SIGABRT},
                                                              {"SEGV", SIGSEGV},
                                                              {"TERM", SIGTERM},
                                                              {"INT", SIGINT},
                                                              {"USR1", SIGUSR1}}};
  for (const auto& [word, signal] : known) {
    if (name == word) return signal;
  }
  return 0;
}

inline int error_named(const std::string& name) {
  constexpr std::array<std::pair<const char*, int>, 6> known{{{"ENOSPC", ENOSPC},
                                                              {"EDQUOT", EDQUOT},
                                                              {"EIO", EIO},
                                                              {"EROFS", EROFS},
                                                              {"ESTALE", ESTALE},
                                                              {"SHORT", ENOSPC}}};
  for (const auto& [word, error] : known) {
    if (name == word) return error;
  }
  return 0;
}

}  // namespace fault_settings
