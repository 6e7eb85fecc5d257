#pragma once

#include <cstdint>
#include <filesystem>

namespace dko {

/// A file that is written beside its final name and takes that name only when it is complete. Whatever
/// stands under the final name is either what was there before, or whole.
class OutputFile {
 public:
  /// Claims `<final_path>.partial`.
  /// @throws UsageError if `final_path` exists and `overwrite` is false, or is a directory;
  ///         IoError if its directory is missing or cannot be written to.
  OutputFile(std::filesystem::path final_path, bool overwrite);
  /// Removes the partial file unless it was committed.
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  const std::filesystem::path& final_path() const { return final_path_; }
  const std::filesystem::path& partial_path() const { return partial_path_; }

  /// Gives the file its final name. @throws IoError
  void commit();

 private:
  std::filesystem::path final_path_;
  std::filesystem::path partial_path_;
  bool committed_ = false;
};

/// @throws IoError if the file system of `path` has less than `bytes` free; `what` names the output.
void require_disk_space(const std::filesystem::path& path, double bytes, const char* what);

}  // namespace dko
