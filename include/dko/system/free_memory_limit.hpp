#pragma once

namespace dko {

/// While one lives, this process can take no more memory than the node had free, swap included, when the
/// first of them was made, or 256 MiB: a library that would take all of it, on a file that is corrupt, fails
/// to allocate, where the system would else end the process, or another one, without a word. A lower limit of
/// the user's (`ulimit -v`) stays. Where the system does not say what is free there is no limit. Local.
class FreeMemoryLimit {
 public:
  FreeMemoryLimit();
  /// The last one restores the limit that was.
  ~FreeMemoryLimit();
  FreeMemoryLimit(const FreeMemoryLimit&) = delete;
  FreeMemoryLimit& operator=(const FreeMemoryLimit&) = delete;
};

}  // namespace dko
