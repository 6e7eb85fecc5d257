#include "dko/results/export/export_files.hpp"

#include <memory>
#include <utility>

namespace dko {

void ExportFiles::add_csv(const std::string& path, double bytes, std::function<void(CsvWriter&)> write) {
  const auto csv = std::make_shared<CsvWriter>(path, overwrite_);
  disk_.add(path, bytes, "the exports");
  writes_.emplace_back([csv, write = std::move(write)] { write(*csv); });
}

void ExportFiles::add_hdf5(const std::string& path, double bytes, std::function<void(OutputFile&)> write) {
  const auto file = std::make_shared<OutputFile>(path, overwrite_);
  disk_.add(path, bytes, "the exports");
  writes_.emplace_back([file, write = std::move(write)] { write(*file); });
}

void ExportFiles::write() {
  for (const auto& write : writes_) write();
}

}  // namespace dko
