#include "dko/hdf5/file.hpp"

#include <fmt/format.h>

#include <system_error>

#include "checks.hpp"
#include "dko/base/delimited.hpp"
#include "dko/base/error.hpp"
#include "dko/hdf5/file_being_read.hpp"
#include "native.hpp"
#include "releases.hpp"

namespace dko::hdf5 {

namespace {

/// @throws InputError for what is no HDF5 file, with the reason
void require_hdf5(const std::filesystem::path& path) {
  dko::require_readable(path);
  const std::string name = path.string();
  if (has_signature(name) != 0) return;
  if (std::filesystem::file_size(path) == 0) throw InputError(fmt::format("{}: is empty", name));
  if (is_gzip(path) && leading_bytes(path, 8).starts_with("\x89HDF"))
    throw InputError(fmt::format(
        "{}: is an HDF5 file that was compressed as a whole: unpack it first, gunzip -k {}", name, name));
  throw InputError(fmt::format("{}: is not an HDF5 file", name));
}

/// Closes what is open in the file with it. Else a group that lives longer than the file would keep it from
/// being written to its end, unseen, until the group goes.
void close_as_a_whole(const Handle& access) {
  check(H5Pset_fclose_degree(access.id(), H5F_CLOSE_STRONG), "HDF5 file access");
}

}  // namespace

bool is_hdf5(const std::filesystem::path& path) {
  prepare_library();
  std::error_code error;
  return std::filesystem::is_regular_file(path, error) && has_signature(path.string()) > 0;
}

File File::create(const std::filesystem::path& path, std::int64_t alignment) {
  prepare_library();
  const std::string name = path.string();
  const Handle access = checked_access();
  close_as_a_whole(access);
  const Handle creation = checked_file();
  const auto bytes = static_cast<hsize_t>(alignment);
  check(H5Pset_alignment(access.id(), bytes, bytes), "HDF5 file access");
  const Id id = check(H5Fcreate(name.c_str(), H5F_ACC_TRUNC, creation.id(), access.id()),
                      fmt::format("{}: cannot be created", name));
  File file(Handle(id, H5Fclose), name + ":");
  file.is_own_ = true;
  return file;
}

std::string library_version() {
  unsigned major = 0;
  unsigned minor = 0;
  unsigned release = 0;
  check(H5get_libversion(&major, &minor, &release), "HDF5 version");
  return fmt::format("{}.{}.{}", major, minor, release);
}

File File::open(const std::filesystem::path& path, Access access) {
  prepare_library();
  const std::string name = path.string();
  if (access == Access::write) {
    const Handle properties = checked_access();
    close_as_a_whole(properties);
    const ReadingMark mark(path);
    const Id id = check(H5Fopen(name.c_str(), H5F_ACC_RDWR, properties.id()),
                        fmt::format("{}: cannot be written to", name));
    File file(Handle(id, H5Fclose), name + ":");
    file.is_own_ = true;
    return file;
  }
  ReadingMark mark(path);
  require_hdf5(path);
  const Handle reading = reading_access();
  if (access == Access::watch) do_not_lock(reading.id());
  const Id id = check_input(H5Fopen(name.c_str(), H5F_ACC_RDONLY, reading.id()),
                            fmt::format("{}: cannot be opened: corrupt, or in use by another program", name));
  File file(mark.handle_of(id), name + ":");
  require_usual_sizes(file.id(), name);
  return file;
}

File File::open_with(const std::filesystem::path& path, const Handle& access_properties, bool collective) {
  prepare_library();
  const std::string name = path.string();
  const Id id = check(H5Fopen(name.c_str(), H5F_ACC_RDWR, access_properties.id()),
                      fmt::format("{}: cannot be opened by all ranks", name));
  File file(Handle(id, H5Fclose, collective), name + ":");
  file.is_collective_ = collective;
  return file;
}

void File::flush() {
  check(H5Fflush(id(), H5F_SCOPE_GLOBAL), fmt::format("{}: cannot be written", place()));
}

void File::close() {
  if (is_own_ && handle_.id() >= 0) {
    try {
      set(attributes_checksum, checksum_of_attributes(*this));
    } catch (const InputError& failure) {  // what cannot be read back was not written
      throw IoError(failure.what());
    }
  }
  handle_.close(fmt::format("{}: cannot be written to its end", place()));
}

}  // namespace dko::hdf5
