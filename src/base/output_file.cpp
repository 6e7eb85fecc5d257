#include "dko/base/output_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <limits>
#include <system_error>
#include <utility>

#include "dko/base/error.hpp"
#include "dko/base/output_path.hpp"
#include "dko/base/parameter.hpp"
#include "dko/base/text.hpp"
#include "dko/base/unfinished_files.hpp"

namespace dko {

namespace fs = std::filesystem;

OutputFile::OutputFile(fs::path final_path, bool overwrite, Unclaimed)
    : final_path_(std::move(final_path)), overwrite_(overwrite) {
  require_place();
  target_ = followed(final_path_);
  partial_path_ = target_;
  partial_path_ += ".partial";
}

OutputFile::OutputFile(fs::path final_path, bool overwrite, bool resume)
    : OutputFile(std::move(final_path), overwrite, Unclaimed{}) {
  refuse_existing(resume);
  lock_.emplace(target_);
  refuse_existing(resume);  // another job may have finished it before it was locked
  take(resume);
  lock_->confirm();
}

void OutputFile::require_free(const fs::path& final_path, bool overwrite, bool resume) {
  OutputFile(final_path, overwrite, Unclaimed{}).refuse_existing(resume);
}

OutputFile OutputFile::within_job(fs::path final_path) {
  OutputFile file(std::move(final_path), true, Unclaimed{});
  file.take(false);
  return file;
}

void OutputFile::require_place() const {
  if (final_path_.empty()) throw UsageError("an output file has an empty name");
  require_file_name(final_path_);
  const fs::path folder = directory_of(followed(final_path_));
  std::error_code error;
  if (fs::is_directory(folder, error)) return;
  if (error && error != std::errc::no_such_file_or_directory)
    throw IoError(
        fmt::format("{}: {} cannot be reached: {}", final_path_.string(), folder.string(), error.message()));
  throw IoError(fmt::format("{}: there is no directory {}", final_path_.string(), folder.string()));
}

void OutputFile::refuse_existing(bool resume) const {
  std::error_code error;
  if (overwrite_) return;
  const bool is_begun = fs::exists(partial_path_, error);
  if (!fs::exists(target_, error)) {
    if (is_begun && !resume) refuse_partial();
    return;
  }
  const std::string name = final_path_.string();
  const std::string force = parameter("force");
  if (!resume)
    throw UsageError(fmt::format("{} exists: give another name, or {} to replace it", name, force));
  const bool is_left = is_begun && fs::file_size(partial_path_, error) > 0 && !error;
  throw UsageError(
      is_left ? fmt::format("{} exists: give {} to replace it when what is resumed is done", name, force)
              : fmt::format("{} is finished: there is nothing to resume; {} starts over", name, force));
}

void OutputFile::refuse_partial() const {
  throw UsageError(
      fmt::format("{} exists: another job is writing it, or one was killed; give {} if the command has it "
                  "and no job is "
                  "writing, or remove it, or give {}",
                  partial_path_.string(), parameter("resume"), parameter("force")));
}

void OutputFile::take(bool resume) {
  std::error_code error;
  // What a job without a lock leaves is of no use: it belongs to a job that has one.
  const bool keeps_older = lock_.has_value();
  // A job was killed before anything took its place.
  const bool is_empty = !fs::exists(partial_path_, error) || fs::file_size(partial_path_, error) == 0;
  if (keeps_older && is_empty && (resume || overwrite_) && fs::exists(aside(), error))
    fs::rename(aside(), partial_path_, error);
  if (resume && fs::exists(partial_path_, error)) {
    is_resumed_ = fs::file_size(partial_path_, error) > 0 && !error;
    is_kept_ = is_resumed_;
    open(O_WRONLY);
    return;
  }
  // A new file even with --force: where nothing is locked, a job that still writes the old one then writes
  // into nothing. What an older job has left is given up only later: this one may yet be refused.
  if (overwrite_) {
    is_aside_ = keeps_older && fs::file_size(partial_path_, error) > 0 && !error;
    if (is_aside_) {
      fs::rename(partial_path_, aside(), error);
      is_aside_ = !error;
    }
    if (!is_aside_) fs::remove(partial_path_, error);
  }
  try {
    claim();
  } catch (...) {
    if (is_aside_) fs::rename(aside(), partial_path_, error);
    throw;
  }
}

fs::path OutputFile::aside() const {
  fs::path path = partial_path_;
  path += ".older";
  return path;
}

void OutputFile::give_up_older() {
  std::error_code ignored;
  fs::remove(aside(), ignored);  // also that of a job that was killed before it could
  is_aside_ = false;
}

double OutputFile::bytes_to_give_up() const {
  return is_aside_ ? stored_bytes(aside()) : 0;
}

void OutputFile::claim() {
  descriptor_ = ::open(partial_path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor_ >= 0) {
    note_unfinished(partial_path_);
    return;
  }
  if (errno == EEXIST) refuse_partial();
  throw IoError(fmt::format("{}: cannot write in {}: {}", final_path_.string(),
                            directory_of(target_).string(), std::strerror(errno)));
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
  give_up_older();
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : final_path_(std::move(other.final_path_)),
      target_(std::move(other.target_)),
      partial_path_(std::move(other.partial_path_)),
      overwrite_(other.overwrite_),
      is_resumed_(other.is_resumed_),
      is_kept_(other.is_kept_),
      is_aside_(std::exchange(other.is_aside_, false)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      lock_(std::move(other.lock_)) {}

OutputFile::~OutputFile() {
  if (descriptor_ < 0) return;
  std::error_code ignored;
  const bool is_removed = !is_kept_ && is_ours() && fs::remove(partial_path_, ignored);
  forget_unfinished(partial_path_);
  if (is_removed && is_aside_) fs::rename(aside(), partial_path_, ignored);
  ::close(descriptor_);
}

bool OutputFile::is_ours() const {
  struct stat here {};
  struct stat ours {};
  return ::stat(partial_path_.c_str(), &here) == 0 && ::fstat(descriptor_, &ours) == 0 &&
         here.st_dev == ours.st_dev && here.st_ino == ours.st_ino;
}

void OutputFile::commit() {
  if (!is_ours()) {
    throw IoError(fmt::format("{}: {} was removed or replaced by another job", final_path_.string(),
                              partial_path_.string()));
  }
  sync_descriptor(descriptor_, partial_path_);
  std::error_code error;
  if (!overwrite_ && fs::exists(target_, error)) {
    throw IoError(
        fmt::format("{}: was made by another job meanwhile, and is not replaced", final_path_.string()));
  }
  fs::rename(partial_path_, target_, error);
  if (error) {
    throw IoError(fmt::format("{}: cannot give {} its final name: {}", final_path_.string(),
                              partial_path_.string(), error.message()));
  }
  ::close(std::exchange(descriptor_, -1));
  forget_unfinished(partial_path_);
  give_up_older();
  sync_directory(directory_of(target_));
}

double available_disk_space(const fs::path& path) {
  std::error_code error;
  const fs::space_info space = fs::space(directory_of(followed(path)), error);
  return error ? std::numeric_limits<double>::infinity() : static_cast<double>(space.available);
}

std::uint64_t file_system_of(const fs::path& path) {
  struct stat folder {};
  return ::stat(directory_of(followed(path)).c_str(), &folder) == 0 ? folder.st_dev : 0;
}

double stored_bytes(const fs::path& path) {
  struct stat file {};
  constexpr double block = 512;  // POSIX's, whatever the file system's
  return ::stat(path.c_str(), &file) == 0 ? block * static_cast<double>(file.st_blocks) : 0;
}

namespace {

/// Bytes that a file of this process may have.
double largest_file() {
  rlimit limit{};
  const bool is_limited = ::getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
  return is_limited ? static_cast<double>(limit.rlim_cur) : std::numeric_limits<double>::infinity();
}

}  // namespace

void require_file_size(const fs::path& path, double bytes, const char* what) {
  const double largest = largest_file();
  if (largest >= bytes) return;
  throw IoError(fmt::format(
      "{}: cannot be written: {} need {}, and the limit on the size of a file (ulimit -f) is {}: raise it",
      path.string(), what, human_bytes(bytes), human_bytes(largest)));
}

void require_disk_space(const fs::path& path, double bytes, const char* what, const std::string& advice) {
  const double available = available_disk_space(path);
  if (available >= bytes) return;
  throw IoError(fmt::format("{}: {} need {} and {} are free in {}{}", path.string(), what, human_bytes(bytes),
                            human_bytes(available), directory_of(followed(path)).string(), advice));
}

}  // namespace dko
