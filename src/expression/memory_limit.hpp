#pragma once

#include <filesystem>
#include <string>
#include <utility>

#include "dko/base/names.hpp"

namespace dko {

/// Memory that reading a file may take, compared with what it has taken: files say little of how much
/// they hold, and gzip hides a thousandfold.
class MemoryLimit {
 public:
  /// `path` is for messages.
  MemoryLimit(double bytes, std::filesystem::path path) : bytes_(bytes), path_(std::move(path)) {}

  /// @throws InputError if `bytes` are more than there are.
  void require(double bytes) const {
    if (bytes > bytes_) refuse(bytes);
  }

 private:
  [[noreturn]] void refuse(double bytes) const;

  double bytes_;
  std::filesystem::path path_;
};

/// Bytes that a name takes among others.
inline double bytes_of(const std::string& name) {
  return static_cast<double>(sizeof(std::string) + name.size() + 1);
}

}  // namespace dko
