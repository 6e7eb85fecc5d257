#include "dko/system/available_memory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "control_group.hpp"
#include "dko/base/error.hpp"
#include "dko/base/text.hpp"
#include "dko/base/units.hpp"

namespace dko {

namespace {

/// Bytes of a row of /proc/meminfo.
std::optional<double> memory_row(const std::string& name) {
  std::ifstream file("/proc/meminfo");
  std::string key;
  double kibibytes = 0;
  std::string unit;
  while (file >> key >> kibibytes >> unit) {
    if (key == name) return kibibytes * 1024;
  }
  return std::nullopt;
}

}  // namespace

double available_memory() {
  const double limit = control_group_memory();
  return std::min(memory_row("MemAvailable:").value_or(limit), limit);
}

double free_swap() {
  return memory_row("SwapFree:").value_or(0);
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
