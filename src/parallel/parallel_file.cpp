#include "dko/parallel/parallel_file.hpp"

#include <fmt/format.h>
#include <hdf5.h>

#include <string>

#include "dko/base/error.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/parallel/failing_alone.hpp"
#include "dko/parallel/mpi_access.hpp"
#include "watchdog.hpp"

namespace dko {

// Where all ranks are in one call to HDF5 or MPI and it fails on some of them, the others are not told, and
// wait in it for ever. So every rank first tries, on its own, what the call is about to do. If the disk fails
// just then, MPI tells the rank where it did, which ends the job; and where MPI tells nobody, the wait has an
// end.

namespace {

/// The file on which all ranks are in a call, while they are.
const std::filesystem::path* in_common_call = nullptr;

/// What MPI calls where it finds an error of a file. In a call that all ranks make, the others would wait for
/// this one: the job ends. Otherwise the error is returned, as without a handler.
extern "C" void end_common_call(MPI_File* /*file*/, int* code, ...) {
  if (in_common_call == nullptr) return;
  const std::string path = in_common_call->string();
  std::string why = fmt::format("{}: reading or writing failed ({})", path, words_of_mpi(*code));
  try {
    try_to_write(path);
  } catch (const IoError& failure) {
    why = failure.what();
  }
  end_job(why, ExitCode::io);
}

/// Files that are opened from now on have the handler.
void set_error_handler() {
  [[maybe_unused]] static const bool once = [] {
    MPI_Errhandler handler = MPI_ERRHANDLER_NULL;
    check_mpi(MPI_File_create_errhandler(end_common_call, &handler), "MPI_File_create_errhandler");
    check_mpi(MPI_File_set_errhandler(MPI_FILE_NULL, handler), "MPI_File_set_errhandler");
    return true;
  }();
}

/// While it lives, all ranks are in a call on a file.
class CommonCall {
 public:
  CommonCall(const std::filesystem::path& path, const Communicator& ranks) : patience_(path.string(), ranks) {
    set_error_handler();
    in_common_call = &path;
  }
  ~CommonCall() { in_common_call = nullptr; }
  CommonCall(const CommonCall&) = delete;
  CommonCall& operator=(const CommonCall&) = delete;

 private:
  Watchdog patience_;
};

/// Runs a call that all ranks make.
template <class Call>
void together(const hdf5::File& file, const Communicator& ranks, Call call) {
  if (ranks.size() == 1) return call();
  on_every_rank(ranks, [&] { try_to_write(file.path()); });
  const std::filesystem::path path = file.path();
  const CommonCall common(path, ranks);
  call();
}

}  // namespace

hdf5::File open_on_all_ranks(const std::filesystem::path& path, const Communicator& ranks) {
  hdf5::prepare_library();
  const hdf5::Handle access(hdf5::check(H5Pcreate(H5P_FILE_ACCESS), "HDF5 file access"), H5Pclose);
  // HDF5 would keep small writes, such as a block's record, in memory until the file is closed.
  hdf5::check(H5Pset_sieve_buf_size(access.id(), 0), "HDF5 file access");
  if (ranks.size() == 1) return hdf5::File::open_with(path, access, false);
  on_every_rank(ranks, [&] { try_to_write(path.string()); });
  const CommonCall common(path, ranks);
  hdf5::check(H5Pset_fapl_mpio(access.id(), MpiAccess::native(ranks), MPI_INFO_NULL), "HDF5 MPI driver");
  return hdf5::File::open_with(path, access, true);
}

void flush_on_all_ranks(hdf5::File& file, const Communicator& ranks) {
  together(file, ranks, [&] { file.flush(); });
}

void close_on_all_ranks(hdf5::File& file, const Communicator& ranks) {
  together(file, ranks, [&] { file.close(); });
}

}  // namespace dko
