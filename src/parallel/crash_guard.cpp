// What runs in the handler may have met a broken heap or a full stack: it has a stack of its own, takes no
// memory, and writes with write(2). MPI_Abort alone is not made for handlers; should it crash or wait for a
// lock, a second signal or the alarm ends the process, and the launcher hears of its exit code all the same.

#include "dko/parallel/crash_guard.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <cstring>
#include <ctime>
#include <memory>

#include "dko/base/unfinished_files.hpp"
#include "dko/hdf5/file_being_read.hpp"
#include "dko/parallel/mpi_access.hpp"
#include "dko/parallel/session.hpp"

namespace dko {

namespace {

struct CrashSignal {
  int number;
  const char* name;
};

constexpr std::array crash_signals{CrashSignal{SIGSEGV, "SIGSEGV"}, CrashSignal{SIGBUS, "SIGBUS"},
                                   CrashSignal{SIGABRT, "SIGABRT"}, CrashSignal{SIGFPE, "SIGFPE"},
                                   CrashSignal{SIGILL, "SIGILL"}};
constexpr int input_code = static_cast<int>(ExitCode::input);

std::array<struct sigaction, crash_signals.size()> before;
std::atomic<bool> in_mpi = false;
std::atomic<int> rank = 0;
std::atomic<int> leaving_code = -1;  // ≥ 0: a failure was reported
std::atomic<bool> is_ending = false;

/// One line, without the heap.
class Line {
 public:
  void add(const char* text) {
    const std::size_t length = std::min(std::strlen(text), text_.size() - length_);
    std::memcpy(text_.data() + length_, text, length);
    length_ += length;
  }
  void add(int number) {
    std::array<char, 12> digits{};
    auto at = digits.end() - 1;
    do {
      *--at = static_cast<char>('0' + number % 10);
      number /= 10;
    } while (number > 0);
    add(at);
  }
  void write_out() const {
    for (std::size_t done = 0; done < length_;) {
      const ssize_t written = ::write(STDERR_FILENO, text_.data() + done, length_ - done);
      if (written <= 0) return;
      done += static_cast<std::size_t>(written);
    }
  }

 private:
  std::array<char, 5000> text_{};
  std::size_t length_ = 0;
};

const char* name_of(int signal) {
  for (const CrashSignal& known : crash_signals) {
    if (known.number == signal) return known.name;
  }
  return "a signal";
}

void say(const char* file, int signal) {
  Line line;
  line.add("dko: error: ");
  if (rank > 0) {
    line.add("rank ");
    line.add(rank);
    line.add(": ");
  }
  line.add(file);
  line.add(": is corrupt: the HDF5 library crashes where it reads it (");
  line.add(name_of(signal));
  line.add("); copy or download the file again, or write it again\n");
  line.write_out();
}

extern "C" [[noreturn]] void end_at_once(int) {
  _exit(leaving_code >= 0 ? leaving_code.load() : input_code);
}

/// Lower ranks that crash as well come first: they end the job, and this rank by a signal.
bool lower_rank_spoke() {
  constexpr int most = 4;
  constexpr long milliseconds = 1500;
  const long wait = milliseconds * std::min<int>(rank, most);
  const timespec time{wait / 1000, wait % 1000 * 1'000'000};
  return wait > 0 && nanosleep(&time, nullptr) != 0;
}

/// The signal goes on to whatever saw to it before: what faults does so again, in its place.
void pass_on(int signal, const siginfo_t& info) {
  for (std::size_t at = 0; at < crash_signals.size(); ++at) {
    if (crash_signals[at].number == signal) ::sigaction(signal, &before[at], nullptr);
  }
  const bool is_fault = info.si_code > 0;
  if (!is_fault) ::raise(signal);
}

extern "C" void on_crash(int signal, siginfo_t* info, void*) {
  if (is_ending.exchange(true) || leaving_code >= 0) end_at_once(signal);
  const char* const file = hdf5::file_being_read();
  if (file == nullptr) {
    is_ending = false;
    pass_on(signal, *info);
    return;
  }
  remove_unfinished_files();
  if (!lower_rank_spoke()) say(file, signal);
  constexpr unsigned seconds = 3;
  struct sigaction end {};
  end.sa_handler = end_at_once;
  ::sigaction(SIGALRM, &end, nullptr);
  ::alarm(seconds);
  if (in_mpi) MPI_Abort(MPI_COMM_WORLD, input_code);  // returns only where it failed
  end_at_once(signal);
}

}  // namespace

/// A recursion without end fills the usual stack.
struct CrashGuard::Stack {
  static constexpr std::size_t bytes = std::size_t{1} << 20;
  std::unique_ptr<char[]> memory{new char[bytes]};  // not touched before it is needed
  stack_t before{};

  Stack() {
    const stack_t own{memory.get(), 0, bytes};
    ::sigaltstack(&own, &before);
  }
  ~Stack() { ::sigaltstack(&before, nullptr); }
};

CrashGuard::CrashGuard(const MpiSession& session) : stack_(std::make_unique<Stack>()) {
  in_mpi = session.in_mpi();
  rank = session.world().rank();
  leaving_code = -1;
  struct sigaction action {};
  action.sa_sigaction = on_crash;
  action.sa_flags = SA_ONSTACK | SA_NODEFER | SA_SIGINFO;
  for (std::size_t at = 0; at < crash_signals.size(); ++at)
    ::sigaction(crash_signals[at].number, &action, &before[at]);
}

CrashGuard::~CrashGuard() {
  for (std::size_t at = 0; at < crash_signals.size(); ++at)
    ::sigaction(crash_signals[at].number, &before[at], nullptr);
}

void CrashGuard::leaving_with(ExitCode code) noexcept {
  leaving_code = static_cast<int>(code);
}

}  // namespace dko
