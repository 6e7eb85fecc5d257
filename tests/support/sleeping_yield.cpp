// A library for LD_PRELOAD by which a rank that waits for a message sleeps. It is no part of dko. Open MPI
// polls: with mpi_yield_when_idle it calls sched_yield between two looks, after which it goes on at once
// where a core is free, and where none is takes its share of one all the same. Ranks that wait for another
// rank took half of the processor time of the tests.
//
// Who computed since the last call is not waiting yet. Who waits on is looked after the less often the longer
// it takes, and polls as without this library after some seconds: dko's watchdog goes by the processor time
// of a rank that waits in vain.

#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>

namespace {

constexpr long microsecond = 1000;  // in nanoseconds, as all times here
constexpr long second = 1'000'000'000;

constexpr long computing = 20 * microsecond;  // of processor time; looking for a message takes less
constexpr int first_looks = 10;               // a message from a rank that runs comes meanwhile
constexpr long shortest_sleep = 20 * microsecond;
constexpr long longest_sleep = 500 * microsecond;
constexpr long most_patience = 4 * second;

long now(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return time.tv_sec * second + time.tv_nsec;
}

/// How a thread waits.
struct Waiting {
  long processor_time = 0;
  long since = 0;
  int looks = 0;
  long sleep = shortest_sleep;

  void look() {
    if (now(CLOCK_THREAD_CPUTIME_ID) - processor_time > computing) {
      *this = {};
      since = now(CLOCK_MONOTONIC);
    }
    ++looks;
  }
  bool sleeps() const { return looks > first_looks && now(CLOCK_MONOTONIC) - since < most_patience; }
  void rest() {
    if (looks == first_looks + 1) prctl(PR_SET_TIMERSLACK, microsecond, 0, 0, 0);  // by default 50 of them
    const timespec time{0, sleep};
    nanosleep(&time, nullptr);
    sleep = std::min(longest_sleep, sleep + sleep / 4);
  }
};

thread_local Waiting waiting;

}  // namespace

extern "C" int sched_yield() noexcept {
  waiting.look();
  if (waiting.sleeps())
    waiting.rest();
  else
    syscall(SYS_sched_yield);
  waiting.processor_time = now(CLOCK_THREAD_CPUTIME_ID);
  return 0;
}
