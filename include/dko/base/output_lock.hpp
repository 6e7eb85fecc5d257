#pragma once

#include <filesystem>

namespace dko {

/// The right to write one file, which one job at a time can have: a lock of the operating system's on the
/// file `TARGET.partial.lock`. It ends with the process, however that ends. What a killed job left of it is
/// an empty claim that the next one takes over.
///
/// On a file system without locks (Lustre mounted without `flock`), and between nodes where its locks are
/// local, nothing is held: there the names of partial files alone tell jobs apart.
class OutputLock {
 public:
  /// Local. @throws UsageError if another job has it; IoError if the folder cannot be written to
  explicit OutputLock(const std::filesystem::path& target);
  ~OutputLock();
  OutputLock(OutputLock&& other) noexcept;
  OutputLock& operator=(OutputLock&&) = delete;

  /// Notes that this job goes on. Until then another one waits for a second: this one may give the lock up.
  void confirm();

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;  // -1: nothing is held
};

}  // namespace dko
