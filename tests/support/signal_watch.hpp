#pragma once
// Tells whether the program has handled a signal, whichever of its threads did.

#include <array>
#include <atomic>
#include <csignal>

namespace signal_watch {

inline std::atomic<bool> has_signal{false};
inline std::array<struct sigaction, NSIG> handlers{};  ///< those of the program

inline void handle(int signal, siginfo_t* info, void* context) {
  const struct sigaction& handler = handlers[static_cast<std::size_t>(signal)];
  if ((handler.sa_flags & SA_SIGINFO) != 0)
    handler.sa_sigaction(signal, info, context);
  else
    handler.sa_handler(signal);
  has_signal = true;
}

/// Has the program's own handler of a signal, if there is one, run by the one above. Local.
inline void watch(int signal) {
  struct sigaction& handler = handlers[static_cast<std::size_t>(signal)];
  if (::sigaction(signal, nullptr, &handler) != 0) return;
  const bool is_plain = (handler.sa_flags & SA_SIGINFO) == 0;
  if (is_plain && (handler.sa_handler == SIG_DFL || handler.sa_handler == SIG_IGN)) return;
  struct sigaction ours = handler;
  ours.sa_flags |= SA_SIGINFO;
  ours.sa_sigaction = handle;
  ::sigaction(signal, &ours, nullptr);
}

}  // namespace signal_watch
