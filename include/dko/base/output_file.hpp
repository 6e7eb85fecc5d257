#pragma once

#include <filesystem>
#include <functional>
#include <string>

namespace dko {

/// A file that is written beside its final name and takes that name only when it is complete. Whatever
/// stands under the final name is either what was there before, or whole.
class OutputFile {
 public:
  /// Makes `<final_path>.partial` for this job alone, or with `resume` takes the one that is there.
  /// @throws UsageError if `final_path` exists and `overwrite` is false, or is a directory, or if a partial
  ///         file is there already (another job is writing it, or one was killed) and neither `overwrite` nor
  ///         `resume` is true; IoError if its directory is missing or cannot be written to.
  OutputFile(std::filesystem::path final_path, bool overwrite, bool resume = false);
  /// Removes the partial file unless it was committed, is to be kept, or is no longer the one that was made
  /// here.
  ~OutputFile();
  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;

  const std::filesystem::path& final_path() const { return final_path_; }
  const std::filesystem::path& partial_path() const { return partial_path_; }
  /// Whether the partial file was there before and has content.
  bool is_resumed() const { return is_resumed_; }

  /// Puts a file that `write(path)` makes in the place of the partial one, when it is whole and on the disk:
  /// whoever looks meanwhile, and after a job was killed, sees the one or the other. @throws IoError, and
  /// what `write` throws
  void begin(const std::function<void(const std::filesystem::path&)>& write);

  /// From now on the partial file stays if it is not committed: it is of use to a job that resumes.
  void keep() { is_kept_ = true; }

  /// What was written, by whatever process, reaches the disk, so that not even a power failure leaves a file
  /// with its final name and without its content. @throws IoError
  void sync();

  /// Gives the file its final name. @throws IoError, also if another job has replaced the partial file or,
  /// without `overwrite`, has made the final one meanwhile.
  void commit();

 private:
  void claim();
  void open(int flags);
  bool is_ours() const;

  std::filesystem::path final_path_;
  std::filesystem::path partial_path_;
  bool overwrite_;
  bool is_resumed_ = false;
  bool is_kept_ = false;
  // Held open, so that no other file can get the identity by which ours is known again.
  int descriptor_ = -1;
};

/// What this process wrote to the file reaches the disk. @throws IoError
void sync_file(const std::filesystem::path& path);

/// Bytes that the file system of `path` has free for us; infinite where it does not say.
double available_disk_space(const std::filesystem::path& path);

/// Bytes that a file takes of its disk, holes not counted; 0 if there is none.
double stored_bytes(const std::filesystem::path& path);

/// @throws IoError if the file system of `path` has less than `bytes` free; `what` names the output, and
///         `advice` is said at the end.
void require_disk_space(const std::filesystem::path& path, double bytes, const char* what,
                        const std::string& advice = {});

}  // namespace dko
