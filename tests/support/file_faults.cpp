// A library for LD_PRELOAD that lets a test choose a moment in a job by its operations on files: there a rank
// dies, gets a signal, or its disk fails. It is no part of dko. By the environment:
//
//   DKO_FAULT        what happens: a signal (KILL ABRT SEGV TERM INT USR1), OVERFLOW (of the stack), JOB
//   (SIGKILL
//                    to the ranks beside this one, then to it), an error of files (ENOSPC EDQUOT EIO EROFS
//                    ESTALE) of this operation and all after it, SHORT (half a write, then ENOSPC), HANG
//                    (half a minute), WAIT (until a signal that it handles reaches the rank, or
//                    DKO_FAULT_GATE is there), or STAY (the same, whatever the signals)
//   DKO_FAULT_AT     at which operation of the rank, counted from 1
//   DKO_FAULT_RANK   of which rank of MPI_COMM_WORLD; default: of every
//   DKO_FAULT_PATH   only operations on files whose absolute path contains this text are counted; with a $ at
//                    its end, whose path ends in what is before it
//   DKO_FAULT_KINDS  and of them only these: open (to write), create,write,sync,truncate,rename,remove, and
//   read
//                    (by HDF5's files that are only read); default: all but read
//   DKO_FAULT_WHEN   before the operation (default), after it, or in the middle: half a write is made, up to
//                    a boundary of pages, where the kernel stops when a process is killed
//   DKO_FAULT_LOG    a file to which each counted operation is appended: rank number call bytes path
//   DKO_FAULT_DELAY  milliseconds that each counted operation takes longer
//   DKO_FAULT_GATE   a file that ends WAIT; while rank R waits, and after, GATE.R is there and not empty

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "fault_settings.hpp"
#include "signal_watch.hpp"

namespace {

using fault_settings::error_named;
using fault_settings::Settings;
using fault_settings::settings;
using fault_settings::signal_named;

/// The function that the program would call without this library.
template <class Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

std::atomic<long> counted{0};

struct Operation {
  const char* call;
  const char* kind;
  std::string path;
  std::size_t bytes = 0;
  std::size_t offset = 0;  // in the file, if it is known
};

std::string absolute(const char* path) {
  if (path == nullptr || path[0] == '/') return path == nullptr ? "" : path;
  std::array<char, PATH_MAX> directory{};
  return (getcwd(directory.data(), directory.size()) == nullptr ? "" : directory.data()) + std::string("/") +
         path;
}

std::string path_of(int descriptor) {
  std::array<char, PATH_MAX> path{};
  const std::string link = "/proc/self/fd/" + std::to_string(descriptor);
  const ssize_t length = readlink(link.c_str(), path.data(), path.size() - 1);
  return length < 0 ? "" : std::string(path.data(), static_cast<std::size_t>(length));
}

bool is_asked_for(const std::string& path, const std::string& text) {
  if (text.empty() || text.back() != '$') return path.find(text) != std::string::npos;
  const std::size_t length = text.size() - 1;
  return path.size() >= length && path.compare(path.size() - length, length, text, 0, length) == 0;
}

bool is_counted(const Operation& operation) {
  const Settings& asked = settings();
  if (asked.fault.empty() && asked.log.empty() && asked.delay == 0) return false;
  if (!is_asked_for(operation.path, asked.path)) return false;
  const bool by_default = std::strcmp(operation.kind, "read") != 0;
  return (asked.kinds.empty() && by_default) ||
         ("," + asked.kinds + ",").find("," + std::string(operation.kind) + ",") != std::string::npos;
}

/// Uncounted, a line at the end of a file.
void append(const std::string& path, const std::string& line) {
  const int file =
      real<int(const char*, int, ...)>("open")(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (file < 0) return;
  if (real<ssize_t(int, const void*, std::size_t)>("write")(file, line.data(), line.size()) < 0) std::abort();
  ::close(file);
}

void note(const Operation& operation, long count) {
  const Settings& asked = settings();
  if (asked.log.empty()) return;
  append(asked.log, asked.own_rank + " " + std::to_string(count) + " " + operation.call + " " +
                        std::to_string(operation.bytes) + " " + operation.path + "\n");
}

/// As if the whole node were lost: all that mpirun, or a shell, started here beside this process goes too.
void kill_siblings() {
  const std::string parent = std::to_string(getppid());
  std::ifstream children("/proc/" + parent + "/task/" + parent + "/children");
  std::vector<pid_t> siblings;
  for (pid_t child = 0; children >> child;) {
    if (child != getpid()) siblings.push_back(child);
  }
  for (const pid_t sibling : siblings) ::kill(sibling, SIGKILL);
}

/// Whoever sees the mark may send a signal, which then ends the wait for certain.
void wait_at_gate() {
  constexpr useconds_t poll = 2000;  // microseconds
  const Settings& asked = settings();
  for (const int signal : {SIGTERM, SIGINT, SIGUSR1}) signal_watch::watch(signal);
  append(asked.gate + "." + asked.own_rank, "waits\n");
  const bool stays = asked.fault == "STAY";
  while ((stays || !signal_watch::has_signal) && ::access(asked.gate.c_str(), F_OK) != 0) ::usleep(poll);
}

/// A recursion without end.
int overflow(int depth) {
  volatile char frame[4096];
  frame[0] = static_cast<char>(depth);
  return depth < 0 ? 0 : overflow(depth + 1) + frame[0];
}

void strike() {
  const std::string& fault = settings().fault;
  if (fault == "OVERFLOW" && overflow(0) == 0) std::abort();
  if (fault == "HANG") ::sleep(30);
  if (fault == "WAIT" || fault == "STAY") wait_at_gate();
  if (fault == "JOB") {
    kill_siblings();
    ::kill(getpid(), SIGKILL);
  }
  // To the process and not the thread, as from outside; what has no handler ends here.
  if (const int signal = signal_named(fault)) ::kill(getpid(), signal);
}

/// Of a write that crosses boundaries of pages, the bytes up to the one before its middle, or after.
std::size_t half_of(const Operation& operation) {
  constexpr std::size_t page = 4096;
  const std::size_t middle = (operation.offset + operation.bytes / 2) / page * page;
  if (middle > operation.offset) return middle - operation.offset;
  const std::size_t next = operation.offset / page * page + page;
  return next < operation.offset + operation.bytes ? next - operation.offset : 0;
}

/// Calls work(bytes) as the settings have it; -1 and errno if the operation is to fail.
template <class Result, class Work>
Result with_faults(const Operation& operation, Result failure, Work work) {
  if (!is_counted(operation)) return work(operation.bytes);
  const Settings& asked = settings();
  const long count = ++counted;
  note(operation, count);
  if (asked.delay > 0) ::usleep(static_cast<useconds_t>(asked.delay) * 1000);
  const bool is_here = asked.rank.empty() || asked.rank == asked.own_rank;
  if (!is_here || asked.at == 0 || count < asked.at) return work(operation.bytes);
  if (const int error = error_named(asked.fault)) {
    if (asked.fault == "SHORT" && count == asked.at && operation.bytes > 1) return work(operation.bytes / 2);
    // A full disk still renames and removes.
    const bool fails =
        std::strcmp(operation.kind, "remove") != 0 && std::strcmp(operation.kind, "rename") != 0;
    if (!fails && asked.kinds.empty() && (error == ENOSPC || error == EDQUOT)) return work(operation.bytes);
    errno = error;
    return failure;
  }
  if (count > asked.at) return work(operation.bytes);
  if (asked.when == "middle") {
    if (const std::size_t half = half_of(operation)) work(half);
    strike();
    return work(operation.bytes);
  }
  if (asked.when == "after") {
    const Result result = work(operation.bytes);
    const int error = errno;
    strike();
    errno = error;
    return result;
  }
  strike();
  return work(operation.bytes);
}

/// Of the flags of open(), whether a mode follows them.
bool makes_files(int flags) {
  return (flags & (O_CREAT | O_TMPFILE)) != 0;
}

int open_with_faults(const char* call, const char* path, int flags, mode_t mode) {
  const auto next = real<int(const char*, int, ...)>(call);
  if ((flags & O_ACCMODE) == O_RDONLY) return next(path, flags, mode);
  const char* kind = (flags & O_CREAT) != 0 ? "create" : "open";
  return with_faults({call, kind, absolute(path)}, -1, [&](std::size_t) { return next(path, flags, mode); });
}

FILE* fopen_with_faults(const char* call, const char* path, const char* mode) {
  const auto next = real<FILE*(const char*, const char*)>(call);
  if (mode[0] == 'r') return next(path, mode);
  return with_faults({call, "create", absolute(path)}, static_cast<FILE*>(nullptr),
                     [&](std::size_t) { return next(path, mode); });
}

std::size_t bytes_of(const iovec* parts, int count) {
  std::size_t bytes = 0;
  for (int part = 0; part < count; ++part) bytes += parts[part].iov_len;
  return bytes;
}

/// The first `bytes` of the parts.
std::vector<iovec> cut(const iovec* parts, int count, std::size_t bytes) {
  std::vector<iovec> first;
  for (int part = 0; part < count && bytes > 0; ++part) {
    first.push_back({parts[part].iov_base, std::min(bytes, parts[part].iov_len)});
    bytes -= first.back().iov_len;
  }
  return first;
}

ssize_t pwrite_with_faults(const char* call, int descriptor, const void* data, std::size_t bytes, off_t at) {
  const auto next = real<ssize_t(int, const void*, std::size_t, off_t)>(call);
  return with_faults({call, "write", path_of(descriptor), bytes, static_cast<std::size_t>(at)}, ssize_t{-1},
                     [&](std::size_t some) { return next(descriptor, data, some, at); });
}

ssize_t pwritev_with_faults(const char* call, int descriptor, const iovec* parts, int count, off_t at) {
  const auto next = real<ssize_t(int, const iovec*, int, off_t)>(call);
  return with_faults(
      {call, "write", path_of(descriptor), bytes_of(parts, count), static_cast<std::size_t>(at)}, ssize_t{-1},
      [&](std::size_t some) {
        const std::vector<iovec> first = cut(parts, count, some);
        return next(descriptor, first.data(), static_cast<int>(first.size()), at);
      });
}

ssize_t pread_with_faults(const char* call, int descriptor, void* data, std::size_t bytes, off_t at) {
  const auto next = real<ssize_t(int, void*, std::size_t, off_t)>(call);
  return with_faults({call, "read", path_of(descriptor), bytes, static_cast<std::size_t>(at)}, ssize_t{-1},
                     [&](std::size_t some) { return next(descriptor, data, some, at); });
}

int truncate_with_faults(const char* call, int descriptor, off_t length) {
  const auto next = real<int(int, off_t)>(call);
  return with_faults({call, "truncate", path_of(descriptor)}, -1,
                     [&](std::size_t) { return next(descriptor, length); });
}

int sync_with_faults(const char* call, int descriptor) {
  const auto next = real<int(int)>(call);
  return with_faults({call, "sync", path_of(descriptor)}, -1, [&](std::size_t) { return next(descriptor); });
}

int remove_with_faults(const char* call, const char* path) {
  const auto next = real<int(const char*)>(call);
  return with_faults({call, "remove", absolute(path)}, -1, [&](std::size_t) { return next(path); });
}

}  // namespace

// The C library's functions; their 64-bit twins are what HDF5 and Open MPI call.
extern "C" {

int open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = makes_files(flags) ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return open_with_faults("open", path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = makes_files(flags) ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return open_with_faults("open64", path, flags, mode);
}

FILE* fopen(const char* path, const char* mode) {
  return fopen_with_faults("fopen", path, mode);
}
FILE* fopen64(const char* path, const char* mode) {
  return fopen_with_faults("fopen64", path, mode);
}

ssize_t write(int descriptor, const void* data, std::size_t bytes) {
  const auto next = real<ssize_t(int, const void*, std::size_t)>("write");
  return with_faults({"write", "write", path_of(descriptor), bytes}, ssize_t{-1},
                     [&](std::size_t some) { return next(descriptor, data, some); });
}

ssize_t writev(int descriptor, const iovec* parts, int count) {
  const auto next = real<ssize_t(int, const iovec*, int)>("writev");
  return with_faults({"writev", "write", path_of(descriptor), bytes_of(parts, count)}, ssize_t{-1},
                     [&](std::size_t some) {
                       const std::vector<iovec> first = cut(parts, count, some);
                       return next(descriptor, first.data(), static_cast<int>(first.size()));
                     });
}

ssize_t pread(int descriptor, void* data, std::size_t bytes, off_t at) {
  return pread_with_faults("pread", descriptor, data, bytes, at);
}
ssize_t pread64(int descriptor, void* data, std::size_t bytes, off64_t at) {
  return pread_with_faults("pread64", descriptor, data, bytes, at);
}

ssize_t pwrite(int descriptor, const void* data, std::size_t bytes, off_t at) {
  return pwrite_with_faults("pwrite", descriptor, data, bytes, at);
}
ssize_t pwrite64(int descriptor, const void* data, std::size_t bytes, off64_t at) {
  return pwrite_with_faults("pwrite64", descriptor, data, bytes, at);
}
ssize_t pwritev(int descriptor, const iovec* parts, int count, off_t at) {
  return pwritev_with_faults("pwritev", descriptor, parts, count, at);
}
ssize_t pwritev64(int descriptor, const iovec* parts, int count, off64_t at) {
  return pwritev_with_faults("pwritev64", descriptor, parts, count, at);
}

int ftruncate(int descriptor, off_t length) noexcept {
  return truncate_with_faults("ftruncate", descriptor, length);
}
int ftruncate64(int descriptor, off64_t length) noexcept {
  return truncate_with_faults("ftruncate64", descriptor, length);
}

int fsync(int descriptor) {
  return sync_with_faults("fsync", descriptor);
}
int fdatasync(int descriptor) {
  return sync_with_faults("fdatasync", descriptor);
}

int rename(const char* from, const char* to) noexcept {
  const auto next = real<int(const char*, const char*)>("rename");
  return with_faults({"rename", "rename", absolute(from) + " " + absolute(to)}, -1,
                     [&](std::size_t) { return next(from, to); });
}

int unlink(const char* path) noexcept {
  return remove_with_faults("unlink", path);
}
int remove(const char* path) noexcept {
  return remove_with_faults("remove", path);
}
}
