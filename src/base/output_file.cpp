#include "dko/base/output_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <limits>
#include <system_error>
#include <utility>

#include "dko/base/error.hpp"
#include "dko/base/parameter.hpp"
#include "dko/base/text.hpp"
#include "dko/base/unfinished_files.hpp"

namespace dko {

namespace fs = std::filesystem;

namespace {

fs::path directory_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

}  // namespace

OutputFile::OutputFile(fs::path final_path, bool overwrite, bool resume)
    : final_path_(std::move(final_path)), partial_path_(final_path_), overwrite_(overwrite) {
  if (final_path_.empty()) throw UsageError("an output file has an empty name");
  partial_path_ += ".partial";
  std::error_code error;
  if (fs::is_directory(final_path_, error)) {
    throw UsageError(fmt::format("{} is a directory: name a file in it", final_path_.string()));
  }
  const bool is_there = fs::exists(partial_path_, error);
  is_resumed_ = resume && is_there && fs::file_size(partial_path_, error) > 0 && !error;
  if (fs::exists(final_path_, error) && !overwrite) {
    const std::string force = parameter("force");
    throw UsageError(fmt::format(
        "{}",
        !resume ? final_path_.string() + " exists: give another name, or " + force + " to replace it"
        : is_resumed_
            ? final_path_.string() + " exists: give " + force + " to replace it when what is resumed is done"
            : final_path_.string() + " is finished: there is nothing to resume; " + force + " starts over"));
  }
  if (!fs::is_directory(directory_of(final_path_), error)) {
    throw IoError(fmt::format("{}: there is no directory {}", final_path_.string(),
                              directory_of(final_path_).string()));
  }
  if (resume && is_there) {
    is_kept_ = is_resumed_;
    open(O_WRONLY);
    return;
  }
  // A new file even with --force: a job that still writes the old one then writes into nothing.
  if (overwrite) fs::remove(partial_path_, error);
  claim();
}

void OutputFile::claim() {
  descriptor_ = ::open(partial_path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor_ >= 0) {
    note_unfinished(partial_path_);
    return;
  }
  if (errno == EEXIST) {
    throw UsageError(
        fmt::format("{} exists: another job is writing it, or one was killed; give {} if the command has it "
                    "and no job is "
                    "writing, or remove it, or give {}",
                    partial_path_.string(), parameter("resume"), parameter("force")));
  }
  throw IoError(fmt::format("{}: cannot write in {}: {}", final_path_.string(),
                            directory_of(final_path_).string(), std::strerror(errno)));
}

void OutputFile::open(int flags) {
  const int opened = ::open(partial_path_.c_str(), flags | O_CLOEXEC);
  if (opened < 0)
    throw IoError(fmt::format("{}: cannot be written to: {}", partial_path_.string(), std::strerror(errno)));
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = opened;
}

void OutputFile::begin(const std::function<void(const fs::path&)>& write) {
  fs::path made = partial_path_;
  made += ".new";
  std::error_code error;
  try {
    write(made);
    sync_file(made);
    if (!is_ours()) {
      throw IoError(fmt::format("{}: {} was removed or replaced by another job", final_path_.string(),
                                partial_path_.string()));
    }
    fs::rename(made, partial_path_, error);
    if (error)
      throw IoError(
          fmt::format("{}: cannot be moved into place: {}", partial_path_.string(), error.message()));
  } catch (...) {
    fs::remove(made, error);
    throw;
  }
  open(O_WRONLY);
  forget_unfinished(partial_path_);  // it is whole, and may be of use
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : final_path_(std::move(other.final_path_)),
      partial_path_(std::move(other.partial_path_)),
      overwrite_(other.overwrite_),
      is_resumed_(other.is_resumed_),
      is_kept_(other.is_kept_),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

OutputFile::~OutputFile() {
  if (descriptor_ < 0) return;
  std::error_code ignored;
  if (!is_kept_ && is_ours()) fs::remove(partial_path_, ignored);
  forget_unfinished(partial_path_);
  ::close(descriptor_);
}

bool OutputFile::is_ours() const {
  struct stat here {};
  struct stat ours {};
  return ::stat(partial_path_.c_str(), &here) == 0 && ::fstat(descriptor_, &ours) == 0 &&
         here.st_dev == ours.st_dev && here.st_ino == ours.st_ino;
}

namespace {

void sync_descriptor(int descriptor, const fs::path& path) {
  if (::fsync(descriptor) == 0 || errno == EINVAL) return;  // EINVAL: a file system that cannot
  throw IoError(fmt::format("{}: writing failed: {}", path.string(), std::strerror(errno)));
}

}  // namespace

void OutputFile::sync() {
  sync_descriptor(descriptor_, partial_path_);
}

void sync_file(const fs::path& path) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (descriptor < 0)
    throw IoError(fmt::format("{}: cannot be written to: {}", path.string(), std::strerror(errno)));
  try {
    sync_descriptor(descriptor, path);
  } catch (...) {
    ::close(descriptor);
    throw;
  }
  ::close(descriptor);
}

void OutputFile::commit() {
  if (!is_ours()) {
    throw IoError(fmt::format("{}: {} was removed or replaced by another job", final_path_.string(),
                              partial_path_.string()));
  }
  std::error_code error;
  if (!overwrite_ && fs::exists(final_path_, error)) {
    throw IoError(
        fmt::format("{}: was made by another job meanwhile, and is not replaced", final_path_.string()));
  }
  fs::rename(partial_path_, final_path_, error);
  if (error) {
    throw IoError(fmt::format("{}: cannot give {} its final name: {}", final_path_.string(),
                              partial_path_.string(), error.message()));
  }
  ::close(std::exchange(descriptor_, -1));
  forget_unfinished(partial_path_);
}

double available_disk_space(const fs::path& path) {
  std::error_code error;
  const fs::space_info space = fs::space(directory_of(path), error);
  return error ? std::numeric_limits<double>::infinity() : static_cast<double>(space.available);
}

double stored_bytes(const fs::path& path) {
  struct stat file {};
  constexpr double block = 512;  // POSIX's, whatever the file system's
  return ::stat(path.c_str(), &file) == 0 ? block * static_cast<double>(file.st_blocks) : 0;
}

void require_disk_space(const fs::path& path, double bytes, const char* what, const std::string& advice) {
  const double available = available_disk_space(path);
  if (available >= bytes) return;
  throw IoError(fmt::format("{}: {} need {} and {} are free in {}{}", path.string(), what, human_bytes(bytes),
                            human_bytes(available), directory_of(path).string(), advice));
}

}  // namespace dko
