#include "dko/base/output_path.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "dko/base/error.hpp"

namespace dko {

namespace fs = std::filesystem;

fs::path directory_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

fs::path followed(const fs::path& path) {
  constexpr int most_links = 40;  // the kernel's limit
  fs::path at = path;
  for (int links = 0; links < most_links; ++links) {
    std::error_code error;
    if (!fs::is_symlink(fs::symlink_status(at, error))) return at;
    const fs::path target = fs::read_symlink(at, error);
    if (error) return at;
    at = at.parent_path() / target;  // target alone where it is absolute
  }
  throw UsageError(fmt::format("{}: its symbolic links lead in a circle", path.string()));
}

namespace {

const char* kind_of(fs::file_type type) {
  switch (type) {
    case fs::file_type::directory:
      return "a directory";
    case fs::file_type::block:
    case fs::file_type::character:
      return "a device";
    case fs::file_type::fifo:
      return "a named pipe";
    case fs::file_type::socket:
      return "a socket";
    default:
      return nullptr;
  }
}

}  // namespace

void require_file_name(const fs::path& path) {
  std::error_code error;
  const fs::file_type type = fs::status(path, error).type();
  const char* kind = kind_of(type);
  if (kind == nullptr) return;
  throw UsageError(
      type == fs::file_type::directory
          ? fmt::format("{} is a directory: name a file in it", path.string())
          : fmt::format("{} is {}: an output must be a regular file, or a link to one", path.string(), kind));
}

std::string identity_of(const fs::path& path) {
  struct stat file {};
  if (::stat(path.c_str(), &file) == 0) return fmt::format("{}:{}", file.st_dev, file.st_ino);
  const fs::path target = followed(path);
  std::error_code error;
  const fs::path folder = fs::weakly_canonical(fs::absolute(directory_of(target), error), error);
  return (error ? target : folder / target.filename()).string();
}

void sync_descriptor(int descriptor, const fs::path& path) {
  if (::fsync(descriptor) == 0) return;
  if (errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP) return;  // a file system that cannot
  throw IoError(fmt::format("{}: writing failed: {}", path.string(), why_writing_failed(errno)));
}

namespace {

void sync_and_close(int descriptor, const fs::path& path) {
  try {
    sync_descriptor(descriptor, path);
  } catch (...) {
    ::close(descriptor);
    throw;
  }
  ::close(descriptor);
}

}  // namespace

void sync_file(const fs::path& path) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (descriptor < 0)
    throw IoError(fmt::format("{}: cannot be written to: {}", path.string(), std::strerror(errno)));
  sync_and_close(descriptor, path);
}

void sync_directory(const fs::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;  // a folder that may be written to and not read
  sync_and_close(descriptor, folder);
}

std::string with_cause(std::string text) {
  if (text.find(std::strerror(EFBIG)) != std::string::npos)
    text += ": the limit on the size of a file (ulimit -f) or of the file system is reached";
  return text;
}

std::string why_writing_failed(int error) {
  return error == 0 ? "is the disk full?" : with_cause(std::strerror(error));
}

}  // namespace dko
