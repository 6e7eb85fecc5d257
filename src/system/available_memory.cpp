#include "dko/system/available_memory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "control_group.hpp"
#include "dko/base/error.hpp"
#include "dko/base/text.hpp"
#include "dko/base/units.hpp"

namespace dko {

double available_memory() {
  std::ifstream file("/proc/meminfo");
  std::string key;
  double kibibytes = 0;
  std::string unit;
  while (file >> key >> kibibytes >> unit) {
    if (key == "MemAvailable:") return std::min(kibibytes * 1024, control_group_memory());
  }
  return control_group_memory();
}

void require_memory(double bytes, const std::string& what) {
  const double available = available_memory();
  if (bytes <= available) return;
  throw Error(ExitCode::failure,
              fmt::format("{} needs {} of memory and {} are available; choose fewer genes, or use "
                          "more nodes with fewer ranks each",
                          what, human_bytes(bytes), human_bytes(available)));
}

double memory_of_each_rank(std::optional<double> gibi, int ranks_of_node) {
  const double part = available_memory() / ranks_of_node;
  if (!gibi) return std::min(gibibyte, part / 2);
  constexpr double most_of_part = 0.75;  // the rest is for all else that a job holds
  return std::min(*gibi * gibibyte, most_of_part * part);
}

}  // namespace dko
