#include "dko/system/child_process.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "dko/base/error.hpp"

namespace dko {

namespace {

/// Signals end this process with default handlers: no message from MPI, no core dump.
void end_quietly_on_signals() {
  for (const int signal : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGPROF}) std::signal(signal, SIG_DFL);
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
}

/// Limits the processor time from now on.
void allow(int seconds) {
  const itimerval time{{0, 0}, {seconds, 0}};
  setitimer(ITIMER_PROF, &time, nullptr);
}

void write_all(int to, const std::string& text) {
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t written = write(to, text.data() + done, text.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    done += static_cast<std::size_t>(written);
  }
}

std::string read_all(int from) {
  std::string text;
  std::array<char, 4096> buffer;
  for (;;) {
    const ssize_t count = read(from, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

}  // namespace

ChildResult run_in_child(int seconds,
                         const std::function<void(const std::function<void(const std::string&)>&)>& work) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0)
    throw Error(ExitCode::failure,
                fmt::format("cannot create a pipe to a child process: {}", std::strerror(errno)));
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    end_quietly_on_signals();
    allow(seconds);
    work([&](const std::string& text) {
      allow(seconds);
      write_all(ends[1], text);
    });
    _exit(0);  // what else this process would do at its end is its parent's
  }
  close(ends[1]);
  ChildResult end;
  if (child > 0) end.said = read_all(ends[0]);
  close(ends[0]);
  if (child < 0)
    throw Error(ExitCode::failure, fmt::format("cannot start a child process: {}", std::strerror(errno)));
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
  return end;
}

}  // namespace dko
