#include "dko/parallel/parallel_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <hdf5.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <thread>

#include "dko/base/error.hpp"
#include "dko/base/report.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/parallel/mpi_access.hpp"

namespace dko {

// Where all ranks are in one call to HDF5 or MPI and it fails on some of them, the others are not told, and
// wait in it for ever. So every rank first tries, on its own, what the call is about to do; and if the disk
// fails just then, the wait has an end.

namespace {

/// Opens the file and writes what is in its first bytes over them. @throws IoError
void try_to_write(const std::filesystem::path& path) {
  const auto require = [&](bool holds) {
    if (!holds)
      throw IoError(fmt::format("{}: cannot be written to: {}", path.string(), std::strerror(errno)));
  };
  const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  require(file >= 0);
  std::array<char, 8> start{};
  const bool is_good = ::pread(file, start.data(), start.size(), 0) >= 0 &&
                       ::pwrite(file, start.data(), start.size(), 0) >= 0 &&
                       (::fsync(file) == 0 || errno == EINVAL);  // EINVAL: a file system that cannot
  const int error = errno;
  ::close(file);
  errno = error;
  require(is_good);
}

/// Ends the process, and with it the job, if it is not destroyed in time.
class Watchdog {
 public:
  explicit Watchdog(const std::string& path) : watch_([this, path] { wait(path); }) {}
  ~Watchdog() {
    {
      const std::lock_guard lock(mutex_);
      is_done_ = true;
    }
    done_.notify_one();
    watch_.join();
  }
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

 private:
  void wait(const std::string& path) {
    constexpr auto most = std::chrono::seconds(60);  // what was written has reached the disk before
    std::unique_lock lock(mutex_);
    if (done_.wait_for(lock, most, [&] { return is_done_; })) return;
    report_failure(
        fmt::format("{}: opening or closing it takes more than a minute: did it fail on a rank?", path),
        ExitCode::io);
    std::_Exit(static_cast<int>(ExitCode::io));
  }

  std::mutex mutex_;
  std::condition_variable done_;
  bool is_done_ = false;
  std::thread watch_;  // the last, for it uses the others
};

/// Runs a call that all ranks make.
template <class Call>
void together(const hdf5::File& file, const Communicator& ranks, Call call) {
  if (ranks.size() == 1) return call();
  on_every_rank(ranks, [&] { try_to_write(file.path()); });
  const Watchdog patience(file.path());
  call();
}

}  // namespace

hdf5::File open_on_all_ranks(const std::filesystem::path& path, const Communicator& ranks) {
  hdf5::prepare_library();
  const hdf5::Handle access(hdf5::check(H5Pcreate(H5P_FILE_ACCESS), "HDF5 file access"), H5Pclose);
  if (ranks.size() == 1) return hdf5::File::open_with(path, access, false);
  on_every_rank(ranks, [&] { try_to_write(path); });
  const Watchdog patience(path.string());
  hdf5::check(H5Pset_fapl_mpio(access.id(), MpiAccess::native(ranks), MPI_INFO_NULL), "HDF5 MPI driver");
  return hdf5::File::open_with(path, access, true);
}

void flush_on_all_ranks(hdf5::File& file, const Communicator& ranks) {
  together(file, ranks, [&] { file.flush(); });
}

void close_on_all_ranks(hdf5::File& file, const Communicator& ranks) {
  together(file, ranks, [&] { file.close(); });
}

}  // namespace dko
