#include "dko/base/output_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "dko/base/error.hpp"
#include "dko/base/output_path.hpp"
#include "dko/base/printable.hpp"
#include "dko/base/unfinished_files.hpp"

namespace dko {

namespace fs = std::filesystem;

namespace {

/// A lock file that its owner has removed locks nothing any more.
bool has_name(int descriptor, const fs::path& path) {
  struct stat here {};
  struct stat ours {};
  return ::stat(path.c_str(), &here) == 0 && ::fstat(descriptor, &ours) == 0 && here.st_dev == ours.st_dev &&
         here.st_ino == ours.st_ino;
}

int open_lock(const fs::path& path, const fs::path& target) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor >= 0) return descriptor;
  const int error = errno;
  std::error_code unknown;
  if (error == ENOENT && !fs::is_directory(directory_of(path), unknown))
    throw IoError(fmt::format("{}: there is no directory {}", target.string(), directory_of(path).string()));
  if (error == EACCES && fs::exists(path, unknown))
    throw IoError(fmt::format(
        "{}: a job of another user left {}: remove it if that job has ended, or give another name",
        target.string(), path.string()));
  throw IoError(fmt::format("{}: cannot write in {}: {}", target.string(), directory_of(path).string(),
                            std::strerror(error)));
}

/// Who has the lock, as its owner noted it; only for the message.
std::string owner_of(int descriptor) {
  std::array<char, 200> text{};
  const ssize_t length = ::pread(descriptor, text.data(), text.size(), 0);
  if (length <= 0) return "";
  std::string owner(text.data(), static_cast<std::size_t>(length));
  return fmt::format(" ({})", printable(owner.substr(0, owner.find('\n'))));
}

}  // namespace

OutputLock::OutputLock(const fs::path& target) : path_(target) {
  using namespace std::chrono_literals;
  path_ += ".partial.lock";
  for (int waits = 0;; ++waits) {
    const int descriptor = open_lock(path_, target);
    if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) {
      if (has_name(descriptor, path_)) {
        descriptor_ = descriptor;
        note_unfinished(path_);
        [[maybe_unused]] const int emptied = ::ftruncate(descriptor_, 0);  // of what a killed job noted
        return;
      }
      ::close(descriptor);
      continue;
    }
    const int error = errno;
    const std::string owner = owner_of(descriptor);
    if (error != EWOULDBLOCK) ::unlink(path_.c_str());  // a file system without locks
    ::close(descriptor);
    if (error != EWOULDBLOCK) return;
    constexpr int most_waits = 100;
    if (!owner.empty() || waits == most_waits)
      throw UsageError(fmt::format("{}: another job is writing it{}: let it end, or give another name",
                                   target.string(), owner));
    std::this_thread::sleep_for(10ms);
  }
}

void OutputLock::confirm() {
  std::array<char, 100> host{};
  if (descriptor_ < 0 || ::gethostname(host.data(), host.size() - 1) != 0) return;
  const std::string owner = fmt::format("process {} on {}\n", ::getpid(), host.data());
  // Not to be able to is no failure: others then wait for a second.
  [[maybe_unused]] const ssize_t written = ::pwrite(descriptor_, owner.data(), owner.size(), 0);
}

OutputLock::OutputLock(OutputLock&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

OutputLock::~OutputLock() {
  if (descriptor_ < 0) return;
  // While it is still locked: whoever waits for it finds that it has lost its name.
  if (has_name(descriptor_, path_)) ::unlink(path_.c_str());
  forget_unfinished(path_);
  ::close(descriptor_);
}

}  // namespace dko
