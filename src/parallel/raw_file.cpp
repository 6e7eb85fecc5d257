#include "dko/parallel/raw_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <limits>
#include <string>

#include "dko/base/error.hpp"
#include "dko/parallel/mpi_access.hpp"

namespace dko {

namespace {

/// Failures of files come as codes, which is MPI's default for them.
void check_io(int code, const std::string& path, const char* what) {
  if (code == MPI_SUCCESS) return;
  throw IoError(fmt::format("{}: {} failed: {}", path, what, words_of_mpi(code)));
}

}  // namespace

struct MpiFile::Handle {
  MPI_File file = MPI_FILE_NULL;
  std::string path;
  int exceptions = std::uncaught_exceptions();

  Handle() = default;
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() {
    // Closing is collective: a rank that unwinds alone must not wait for the others here.
    if (file != MPI_FILE_NULL && std::uncaught_exceptions() == exceptions) MPI_File_close(&file);
  }
};

MpiFile::MpiFile(const Communicator& communicator, const std::filesystem::path& path)
    : handle_(std::make_shared<Handle>()) {
  handle_->path = path.string();
  check_io(MPI_File_open(MpiAccess::native(communicator), handle_->path.c_str(),
                         MPI_MODE_CREATE | MPI_MODE_WRONLY, MPI_INFO_NULL, &handle_->file),
           handle_->path, "opening it by all ranks");
  check_io(MPI_File_set_size(handle_->file, 0), handle_->path, "emptying it");
}

void MpiFile::write_at(std::int64_t offset, std::span<const std::byte> bytes) {
  constexpr std::size_t most = std::size_t{1} << 30;
  static_assert(most <= std::numeric_limits<int>::max());
  while (!bytes.empty()) {
    const std::size_t count = std::min(most, bytes.size());
    MPI_Status status;
    check_io(MPI_File_write_at(handle_->file, static_cast<MPI_Offset>(offset), bytes.data(),
                               static_cast<int>(count), MPI_BYTE, &status),
             handle_->path, "writing");
    int written = 0;
    check_io(MPI_Get_count(&status, MPI_BYTE, &written), handle_->path, "writing");
    if (static_cast<std::size_t>(written) != count)
      throw IoError(fmt::format("{}: {} of {} bytes were written: is the disk or the quota full?",
                                handle_->path, written, count));
    bytes = bytes.subspan(count);
    offset += static_cast<std::int64_t>(count);
  }
}

void MpiFile::sync() {
  check_io(MPI_File_sync(handle_->file), handle_->path, "synchronising");
}

void MpiFile::close() {
  check_io(MPI_File_close(&handle_->file), handle_->path, "closing");
}

}  // namespace dko
