#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "dko/parallel/communicator.hpp"

namespace dko {

/// Ends the process, and with it the job, with exit code 4 if it is not destroyed in time: for a call on a
/// file that all ranks make, and in which all wait for ever if it fails on one of them.
///
/// After five seconds the rank tries to write to the file: if it cannot, it ends the job with the cause. If
/// it can, the call is taken for failed on another rank after fourteen seconds and a millisecond for each
/// rank, five of them by the processor's time. Where the disk or the machine is slow, after a minute.
class Watchdog {
 public:
  Watchdog(std::string path, const Communicator& ranks);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

 private:
  using Clock = std::chrono::steady_clock;

  void wait();
  /// Whether the call ends in this time.
  bool ends_within(Clock::duration time);
  [[noreturn]] void end(const std::string& why) const;

  std::string path_;
  int rank_;
  Clock::duration patience_;
  Clock::time_point start_ = Clock::now();
  double processor_seconds_;  // when it started
  std::mutex mutex_;
  std::condition_variable done_;
  bool is_done_ = false;
  std::thread watch_;  // the last, for it uses the others
};

/// Opens the file and writes what is in its first bytes over them. @throws IoError
void try_to_write(const std::string& path);

}  // namespace dko
