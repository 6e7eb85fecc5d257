#include "dko/system/stop_signals.hpp"

#include <array>
#include <csignal>

namespace dko {

namespace {

struct StopSignal {
  int number;
  const char* name;
};

constexpr std::array stop_signals{StopSignal{SIGTERM, "SIGTERM"}, StopSignal{SIGINT, "SIGINT"},
                                  StopSignal{SIGUSR1, "SIGUSR1"}};

volatile std::sig_atomic_t first_caught = 0;
std::array<struct sigaction, stop_signals.size()> before;

extern "C" void remember(int signal) {
  if (first_caught == 0) first_caught = signal;
}

}  // namespace

void fail_on_file_size_limit() {
  std::signal(SIGXFSZ, SIG_IGN);
}

StopSignals::StopSignals() {
  first_caught = 0;
  struct sigaction action {};
  action.sa_handler = remember;
  action.sa_flags = SA_RESTART;  // reading and writing are not to fail by it
  for (std::size_t at = 0; at < stop_signals.size(); ++at)
    ::sigaction(stop_signals[at].number, &action, &before[at]);
}

StopSignals::~StopSignals() {
  for (std::size_t at = 0; at < stop_signals.size(); ++at)
    ::sigaction(stop_signals[at].number, &before[at], nullptr);
}

std::optional<std::string> StopSignals::caught() {
  for (const StopSignal& signal : stop_signals) {
    if (signal.number == first_caught) return signal.name;
  }
  return std::nullopt;
}

}  // namespace dko
