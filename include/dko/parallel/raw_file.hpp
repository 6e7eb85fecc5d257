#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

#include "dko/parallel/communicator.hpp"

namespace dko {

/// A file of plain bytes that ranks write through MPI-IO, each where it likes: what other ways of writing are
/// measured against. For communicators of MPI only (Communicator::is_mpi).
class MpiFile {
 public:
  /// Makes or empties the file. Collective. @throws IoError
  MpiFile(const Communicator& communicator, const std::filesystem::path& path);

  /// Local; pieces of any size. @throws IoError
  void write_at(std::int64_t offset, std::span<const std::byte> bytes);
  /// What was written reaches the disk. Collective. @throws IoError
  void sync();
  /// Collective. @throws IoError
  void close();

 private:
  struct Handle;
  std::shared_ptr<Handle> handle_;
};

}  // namespace dko
