#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "dko/hdf5/location.hpp"

namespace dko::hdf5 {

/// Version of the HDF5 library that runs, such as "1.14.5". Local.
std::string library_version();

/// watch: as read, of a file that a job may be writing and that is never to be held up by it: without a lock.
enum class Access { read, write, watch };

/// Whether it is a file with HDF5's signature, in front or behind a block of another program's; no more of it
/// is read, and what cannot be read has none. Local.
bool is_hdf5(const std::filesystem::path& path);

/// An HDF5 file, seen as its root group.
class File : public Location {
 public:
  /// Makes or empties a file of this process's own. With an alignment, arrays of at least as many bytes start
  /// at a multiple of it, which parallel file systems like. @throws IoError
  static File create(const std::filesystem::path& path, std::int64_t alignment = 1);

  /// Opens a file for this process. @throws InputError if it is to be read and is missing or no HDF5 file;
  /// IoError if it is to be written and cannot be.
  static File open(const std::filesystem::path& path, Access access);

  /// Opens a file for writing through a file access property list, such as the MPI driver's. Collective if
  /// the property list is; closing then is, too. @throws IoError
  static File open_with(const std::filesystem::path& path, const Handle& access_properties, bool collective);

  /// As it was opened, for messages.
  std::string path() const { return place().substr(0, place().size() - 2); }

  void flush();
  /// Closes the file. If it is this process's own, first stores the checksum of the texts of its attributes,
  /// which HDF5 keeps without one. @throws IoError: what was written may reach the disk only now.
  void close();

 private:
  using Location::Location;

  bool is_own_ = false;  // opened for writing, by this process alone
};

}  // namespace dko::hdf5
