#include "dko/base/output_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

#include "dko/base/error.hpp"
#include "dko/base/text.hpp"

namespace dko {

namespace fs = std::filesystem;

namespace {

fs::path directory_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

}  // namespace

OutputFile::OutputFile(fs::path final_path, bool overwrite) : final_path_(std::move(final_path)) {
  if (final_path_.empty()) throw UsageError("an output file has an empty name");
  partial_path_ = final_path_;
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
  errno = 0;
  if (!std::ofstream(partial_path_, std::ios::binary | std::ios::trunc)) {
    throw IoError(fmt::format("{}: cannot write in {}: {}", final_path_.string(),
                              directory_of(final_path_).string(), std::strerror(errno)));
  }
}

OutputFile::~OutputFile() {
  std::error_code ignored;
  if (!committed_) fs::remove(partial_path_, ignored);
}

void OutputFile::commit() {
  std::error_code error;
  fs::rename(partial_path_, final_path_, error);
  if (error) {
    throw IoError(fmt::format("{}: cannot give {} its final name: {}", final_path_.string(),
                              partial_path_.string(), error.message()));
  }
  committed_ = true;
}

void require_disk_space(const fs::path& path, double bytes, const char* what) {
  std::error_code error;
  const fs::space_info space = fs::space(directory_of(path), error);
  if (error || static_cast<double>(space.available) >= bytes) return;
  throw IoError(fmt::format("{}: {} need {} and {} are free in {}", path.string(), what, human_bytes(bytes),
                            human_bytes(static_cast<double>(space.available)), directory_of(path).string()));
}

}  // namespace dko
