#include "dko/base/disk_needs.hpp"

#include "dko/base/output_file.hpp"

namespace dko {

void DiskNeeds::add(const std::filesystem::path& path, double bytes, const char* what,
                    const std::string& advice) {
  double& total = totals_[file_system_of(path)];
  const std::string named = total > 0 ? std::string(what) + ", beside other files," : what;
  total += bytes;
  require_disk_space(path, total, named.c_str(), advice);
}

}  // namespace dko
