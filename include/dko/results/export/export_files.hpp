#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "dko/base/csv_writer.hpp"
#include "dko/base/disk_needs.hpp"
#include "dko/base/output_file.hpp"

namespace dko {

/// All files of a call: each is claimed, and the disk's space looked at, before the first is written, so that
/// a call writes all of its files or none.
class ExportFiles {
 public:
  explicit ExportFiles(bool overwrite) : overwrite_(overwrite) {}

  /// Claims a file of about so many bytes, which `write` writes. @throws as OutputFile and DiskNeeds
  void add_csv(const std::string& path, double bytes, std::function<void(CsvWriter&)> write);
  void add_hdf5(const std::string& path, double bytes, std::function<void(OutputFile&)> write);
  /// One after the other. @throws IoError
  void write();

 private:
  bool overwrite_;
  DiskNeeds disk_;
  std::vector<std::function<void()>> writes_;
};

}  // namespace dko
