#pragma once

#include <filesystem>
#include <string>

namespace dko {

/// A file that is written beside its final name and takes that name only when it is complete. Whatever
/// stands under the final name is either what was there before, or whole.
class OutputFile {
 public:
  /// Makes `<final_path>.partial` for this job alone.
  /// @throws UsageError if `final_path` exists and `overwrite` is false, or is a directory, or if a partial
  ///         file is there already (another job is writing it, or one was killed) and `overwrite` is false;
  ///         IoError if its directory is missing or cannot be written to.
  OutputFile(std::filesystem::path final_path, bool overwrite);
  /// Removes the partial file unless it was committed, or is no longer the one that was made here.
  ~OutputFile();
  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;

  const std::filesystem::path& final_path() const { return final_path_; }
  const std::filesystem::path& partial_path() const { return partial_path_; }

  /// What was written, by whatever process, reaches the disk, so that not even a power failure leaves a file
  /// with its final name and without its content. @throws IoError
  void sync();

  /// Gives the file its final name. @throws IoError, also if another job has replaced the partial file or,
  /// without `overwrite`, has made the final one meanwhile.
  void commit();

 private:
  void claim();
  bool is_ours() const;

  std::filesystem::path final_path_;
  std::filesystem::path partial_path_;
  bool overwrite_;
  // Held open, so that no other file can get the identity by which ours is known again.
  int descriptor_ = -1;
};

/// Bytes that the file system of `path` has free for us; infinite where it does not say.
double available_disk_space(const std::filesystem::path& path);

/// @throws IoError if the file system of `path` has less than `bytes` free; `what` names the output, and
///         `advice` is said at the end.
void require_disk_space(const std::filesystem::path& path, double bytes, const char* what,
                        const std::string& advice = {});

}  // namespace dko
