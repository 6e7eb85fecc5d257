#include "control_group.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>

namespace dko {

namespace {

constexpr double unlimited = std::numeric_limits<double>::infinity();

/// What the two versions call things.
struct Layout {
  std::filesystem::path mount;
  const char* limit;
  const char* usage;
  const char* droppable;
};

const Layout version1{"/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes",
                      "total_inactive_file"};
const Layout version2{"/sys/fs/cgroup", "memory.max", "memory.current", "inactive_file"};

double number_in(const std::filesystem::path& path, double otherwise) {
  std::ifstream file(path);
  double value = 0;
  return file >> value ? value : otherwise;  // "max" is no number
}

double droppable_in(const std::filesystem::path& path, const std::string& wanted) {
  std::ifstream file(path);
  std::string key;
  double value = 0;
  while (file >> key >> value) {
    if (key == wanted) return value;
  }
  return 0;
}

double left_in(const std::filesystem::path& group, const Layout& layout) {
  const double limit = number_in(group / layout.limit, unlimited);
  if (limit == unlimited) return unlimited;
  const double used =
      number_in(group / layout.usage, 0) - droppable_in(group / "memory.stat", layout.droppable);
  return std::max(0.0, limit - std::max(0.0, used));
}

/// Least memory left in the group and in all groups that contain it: any may have the limit.
double least_up_from(std::string group, const Layout& layout) {
  double least = unlimited;
  while (!group.empty()) {
    least = std::min(least, left_in(layout.mount / group.substr(1), layout));
    group.resize(group.find_last_of('/'));
  }
  return std::min(least, left_in(layout.mount, layout));
}

}  // namespace

double control_group_memory() {
  std::ifstream file("/proc/self/cgroup");
  double least = unlimited;
  for (std::string line; std::getline(file, line);) {
    // number:controllers:/group
    const auto first = line.find(':');
    const auto second = line.find(':', first + 1);
    if (second == std::string::npos || line.compare(second + 1, 1, "/") != 0) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const std::string group = line.substr(second + 1);
    if (controllers.empty()) least = std::min(least, least_up_from(group, version2));
    if (controllers == "memory") least = std::min(least, least_up_from(group, version1));
  }
  return least;
}

}  // namespace dko
