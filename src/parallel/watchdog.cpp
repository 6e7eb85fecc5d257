#include "watchdog.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <future>
#include <utility>

#include "dko/base/error.hpp"
#include "dko/base/output_path.hpp"
#include "dko/parallel/failing_alone.hpp"

namespace dko {

void try_to_write(const std::string& path) {
  const auto require = [&](bool holds) {
    if (!holds) throw IoError(fmt::format("{}: cannot be written to: {}", path, why_writing_failed(errno)));
  };
  const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  require(file >= 0);
  std::array<char, 8> start{};  // HDF5's signature, which nobody changes
  const bool is_good = ::pread(file, start.data(), start.size(), 0) >= 0 &&
                       ::pwrite(file, start.data(), start.size(), 0) >= 0 &&
                       (::fsync(file) == 0 || errno == EINVAL);  // EINVAL: a file system that cannot
  const int error = errno;
  ::close(file);
  errno = error;
  require(is_good);
}

namespace {

using namespace std::chrono_literals;

constexpr auto before_looking = 5s;
constexpr auto least_patience = 14s;
constexpr auto most_patience = 60s;
constexpr double least_processor_seconds = 5;
constexpr auto slow_disk = 1s;

double processor_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

/// What is wrong with the file, or nothing. It may never come: a disk can hang.
std::future<std::string> look_at(const std::string& path) {
  std::packaged_task<std::string()> look([path]() -> std::string {
    try {
      try_to_write(path);
      return "";
    } catch (const IoError& failure) {
      return failure.what();
    }
  });
  std::future<std::string> answer = look.get_future();
  std::thread(std::move(look)).detach();
  return answer;
}

}  // namespace

Watchdog::Watchdog(std::string path, const Communicator& ranks)
    : path_(std::move(path)),
      rank_(ranks.rank()),
      patience_(least_patience + ranks.size() * 1ms),
      processor_seconds_(processor_seconds()),
      watch_([this] { wait(); }) {}

Watchdog::~Watchdog() {
  {
    const std::lock_guard lock(mutex_);
    is_done_ = true;
  }
  done_.notify_one();
  watch_.join();
}

bool Watchdog::ends_within(Clock::duration time) {
  std::unique_lock lock(mutex_);
  return done_.wait_for(lock, time, [&] { return is_done_; });
}

void Watchdog::wait() {
  if (ends_within(before_looking)) return;
  std::future<std::string> answer = look_at(path_);
  while (Clock::now() < start_ + most_patience) {
    if (ends_within(slow_disk)) return;
    if (answer.wait_for(0s) != std::future_status::ready) continue;
    if (const std::string failure = answer.get(); !failure.empty()) end(failure);
    // Late, so that a rank that knows the cause has spoken, and only one does.
    const bool has_waited = Clock::now() >= start_ + patience_ &&
                            processor_seconds() - processor_seconds_ >= least_processor_seconds;
    if (has_waited) break;
    answer = look_at(path_);
  }
  end(fmt::format("{}: not all ranks come back from opening or closing it: did it fail on one?", path_));
}

void Watchdog::end(const std::string& why) const {
  report_as_lowest(why, ExitCode::io, rank_);
  std::_Exit(static_cast<int>(ExitCode::io));
}

}  // namespace dko
