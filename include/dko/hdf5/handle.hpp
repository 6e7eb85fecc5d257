#pragma once

#include <cstdint>
#include <string>

namespace dko::hdf5 {

/// HDF5's identifier type, without its header, which would bring in all of MPI.
using Id = std::int64_t;

/// Owns one HDF5 identifier and closes it. While an exception passes it leaves the identifier open where
/// `collective_close` says that closing waits for other ranks.
class Handle {
 public:
  using Closer = int (*)(Id);

  Handle() = default;
  Handle(Id id, Closer closer, bool collective_close = false);
  ~Handle();
  Handle(Handle&& other) noexcept;
  Handle& operator=(Handle&& other) noexcept;

  Id id() const { return id_; }

  /// Closes now. @throws IoError that names `what`: closing a file may be what writes it.
  void close(const std::string& what);

 private:
  Id id_ = -1;
  Closer closer_ = nullptr;
  bool collective_close_ = false;
  int exceptions_ = 0;
};

/// Sets HDF5 up for this process; to be called before any other of its functions, any number of times. It
/// prints its error stack by default: here every failure becomes an exception instead. And it closes at exit
/// what a failure left open, which crashes where writing is what failed: here handles do all closing.
void prepare_library();

/// Returns `id` if HDF5 says the call succeeded. @throws IoError with `what` and HDF5's own reason.
Id check(Id id, const std::string& what);

/// The same for what reads a file. @throws InputError
Id check_input(Id id, const std::string& what);

}  // namespace dko::hdf5
