#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace dko {

/// What the outputs of a job need together of each disk. Local.
class DiskNeeds {
 public:
  /// Adds a file of about so many bytes. @throws IoError as require_disk_space(), if its file system does not
  /// have room for all that were added
  void add(const std::filesystem::path& path, double bytes, const char* what, const std::string& advice = {});

 private:
  std::map<std::uint64_t, double> totals_;  // by file system
};

}  // namespace dko
