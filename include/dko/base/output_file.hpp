#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "dko/base/output_lock.hpp"

namespace dko {

/// A file that is written beside its final name and takes that name only when it is complete. Whatever
/// stands under the final name is either what was there before, or whole. A symbolic link is followed: the
/// file it leads to is written, and the partial file stands beside that.
class OutputFile {
 public:
  /// Makes `<target>.partial` for this job alone, or with `resume` takes the one that is there. No other job
  /// can write the file as long as this object lives (see OutputLock).
  /// @throws UsageError if another job is writing the file; if `final_path` exists and `overwrite` is false;
  ///         if it is no regular file; or if a partial file is there already and neither `overwrite` nor
  ///         `resume` is true; IoError if its directory is missing or cannot be written to.
  OutputFile(std::filesystem::path final_path, bool overwrite, bool resume = false);
  /// What the constructor refuses, apart from other jobs, without making anything: whoever checks all of a
  /// job's outputs so before it claims one keeps no other job from going on. @throws UsageError, IoError
  static void require_free(const std::filesystem::path& final_path, bool overwrite, bool resume);
  /// A file of a job that holds the right to it already, under whatever name: replaced without a question.
  /// @throws as the constructor
  static OutputFile within_job(std::filesystem::path final_path);
  /// Removes the partial file unless it was committed, is to be kept, or is no longer the one that was made
  /// here; what an older job had left there, and is not given up, then comes back.
  ~OutputFile();
  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;

  /// As the user named it.
  const std::filesystem::path& final_path() const { return final_path_; }
  const std::filesystem::path& partial_path() const { return partial_path_; }
  /// Whether the partial file was there before and has content.
  bool is_resumed() const { return is_resumed_; }
  /// Bytes on the disk of what an older job left and `overwrite` is to replace: they are free when this file
  /// has begun, or is committed.
  double bytes_to_give_up() const;
  /// From now on what an older job left does not come back: nothing can be refused any more.
  void give_up_older();

  /// Puts a file that `write(path)` makes in the place of the partial one, when it is whole and on the disk:
  /// whoever looks meanwhile, and after a job was killed, sees the one or the other. @throws IoError, and
  /// what `write` throws
  void begin(const std::function<void(const std::filesystem::path&)>& write);

  /// From now on the partial file stays if it is not committed: it is of use to a job that resumes.
  void keep() { is_kept_ = true; }

  /// Brings what was written, by whatever process of this node, to the disk, gives the file its final name,
  /// and brings that to the disk: not even a power failure leaves a name without its content. @throws
  /// IoError, also if another job has replaced the partial file or, without `overwrite`, has made the final
  /// one meanwhile.
  void commit();

 private:
  struct Unclaimed {};
  OutputFile(std::filesystem::path final_path, bool overwrite, Unclaimed);

  void require_place() const;
  void refuse_existing(bool resume) const;
  [[noreturn]] void refuse_partial() const;
  void take(bool resume);
  void claim();
  std::filesystem::path aside() const;
  void open(int flags);
  bool is_ours() const;

  std::filesystem::path final_path_;
  std::filesystem::path target_;  // what a link leads to
  std::filesystem::path partial_path_;
  bool overwrite_;
  bool is_resumed_ = false;
  bool is_kept_ = false;
  bool is_aside_ = false;
  // Held open, so that no other file can get the identity by which ours is known again.
  int descriptor_ = -1;
  std::optional<OutputLock> lock_;
};

/// Bytes that the file system of `path` has free for us; infinite where it does not say.
double available_disk_space(const std::filesystem::path& path);

/// Bytes that a file takes of its disk, holes not counted; 0 if there is none.
double stored_bytes(const std::filesystem::path& path);

/// A number of the file system that a file at `path` would be on. Local.
std::uint64_t file_system_of(const std::filesystem::path& path);

/// @throws IoError if the file system of `path` has less than `bytes` free; `what` names the output, and
///         `advice` is said at the end.
void require_disk_space(const std::filesystem::path& path, double bytes, const char* what,
                        const std::string& advice = {});

/// @throws IoError if this process may not make a file of so many bytes (`ulimit -f`)
void require_file_size(const std::filesystem::path& path, double bytes, const char* what);

}  // namespace dko
