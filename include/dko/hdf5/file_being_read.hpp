#pragma once

#include <filesystem>

#include "dko/hdf5/handle.hpp"

namespace dko::hdf5 {

/// Notes that this process is reading a file, until it is closed: HDF5 may crash on one that was forged, and
/// then the file must be named; or want all memory, and so a FreeMemoryLimit is held as long. Of more than 16
/// files at a time, or one whose name has more than 4,095 bytes, nothing is noted. Local.
class ReadingMark {
 public:
  explicit ReadingMark(const std::filesystem::path& path);
  /// Ends the note, unless a handle has taken it over.
  ~ReadingMark();
  ReadingMark(const ReadingMark&) = delete;
  ReadingMark& operator=(const ReadingMark&) = delete;

  /// Owns the open file, and ends the note when it has closed it.
  Handle handle_of(Id file);

 private:
  int slot_ = -1;
};

/// Name of the file whose reading began last and goes on, as it may be shown on a terminal; null if there is
/// none. Safe in a signal handler. Local.
const char* file_being_read() noexcept;

}  // namespace dko::hdf5
