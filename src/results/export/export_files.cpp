#include "dko/results/export/export_files.hpp"

#include <memory>
#include <utility>

namespace dko {

void ExportFiles::add_csv(const std::string& path, double bytes, std::function<void(CsvWriter&)> write) {
  const auto csv = std::make_shared<CsvWriter>(path, overwrite_);
  require_space(path, bytes);
  writes_.emplace_back([csv, write = std::move(write)] { write(*csv); });
}

void ExportFiles::add_hdf5(const std::string& path, double bytes, std::function<void(OutputFile&)> write) {
  const auto file = std::make_shared<OutputFile>(path, overwrite_);
  require_space(path, bytes);
  writes_.emplace_back([file, write = std::move(write)] { write(*file); });
}

void ExportFiles::require_space(const std::string& path, double bytes) {
  double& total = totals_[file_system_of(path)];
  total += bytes;
  require_disk_space(path, total, "the exports");
}

void ExportFiles::write() {
  for (const auto& write : writes_) write();
}

}  // namespace dko
