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
#include "dko/base/text.hpp"

namespace dko {

namespace fs = std::filesystem;

namespace {

fs::path directory_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

}  // namespace

OutputFile::OutputFile(fs::path final_path, bool overwrite)
    : final_path_(std::move(final_path)), partial_path_(final_path_), overwrite_(overwrite) {
  if (final_path_.empty()) throw UsageError("an output file has an empty name");
  partial_path_ += ".partial";
  std::error_code error;
  if (fs::is_directory(final_path_, error)) {
    throw UsageError(fmt::format("{} is a directory: name a file in it", final_path_.string()));
  }
  if (fs::exists(final_path_, error) && !overwrite) {
    throw UsageError(
        fmt::format("{} exists: give another name, or --force to replace it", final_path_.string()));
  }
  if (!fs::is_directory(directory_of(final_path_), error)) {
    throw IoError(fmt::format("{}: there is no directory {}", final_path_.string(),
                              directory_of(final_path_).string()));
  }
  // A new file even with --force: a job that still writes the old one then writes into nothing.
  if (overwrite) fs::remove(partial_path_, error);
  claim();
}

void OutputFile::claim() {
  descriptor_ = ::open(partial_path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor_ >= 0) return;
  if (errno == EEXIST) {
    throw UsageError(
        fmt::format("{} exists: another job is writing it, or one was killed; remove it, or give --force",
                    partial_path_.string()));
  }
  throw IoError(fmt::format("{}: cannot write in {}: {}", final_path_.string(),
                            directory_of(final_path_).string(), std::strerror(errno)));
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : final_path_(std::move(other.final_path_)),
      partial_path_(std::move(other.partial_path_)),
      overwrite_(other.overwrite_),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

OutputFile::~OutputFile() {
  if (descriptor_ < 0) return;
  std::error_code ignored;
  if (is_ours()) fs::remove(partial_path_, ignored);
  ::close(descriptor_);
}

bool OutputFile::is_ours() const {
  struct stat here {};
  struct stat ours {};
  return ::stat(partial_path_.c_str(), &here) == 0 && ::fstat(descriptor_, &ours) == 0 &&
         here.st_dev == ours.st_dev && here.st_ino == ours.st_ino;
}

void OutputFile::sync() {
  if (::fsync(descriptor_) == 0 || errno == EINVAL) return;  // EINVAL: a file system that cannot
  throw IoError(fmt::format("{}: writing failed: {}", partial_path_.string(), std::strerror(errno)));
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
}

double available_disk_space(const fs::path& path) {
  std::error_code error;
  const fs::space_info space = fs::space(directory_of(path), error);
  return error ? std::numeric_limits<double>::infinity() : static_cast<double>(space.available);
}

void require_disk_space(const fs::path& path, double bytes, const char* what, const std::string& advice) {
  const double available = available_disk_space(path);
  if (available >= bytes) return;
  throw IoError(fmt::format("{}: {} need {} and {} are free in {}{}", path.string(), what, human_bytes(bytes),
                            human_bytes(available), directory_of(path).string(), advice));
}

}  // namespace dko
