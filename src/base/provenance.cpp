#include "dko/base/provenance.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "dko/base/printable.hpp"
#include "dko/base/text.hpp"
#include "dko/base/version.hpp"

namespace dko {

namespace {

/// A variable of the environment as it may be shown, cut to so many bytes; empty if it is not set.
std::string environment(const char* name, std::size_t longest) {
  const char* const value = std::getenv(name);
  std::string text = value != nullptr ? printable(value) : std::string();
  if (text.size() <= longest) return text;
  constexpr std::string_view cut = "...";
  std::size_t end = longest - cut.size();
  while (end > 0 && !is_utf8(std::string_view(text).substr(0, end))) --end;
  return text.substr(0, end).append(cut);
}

std::int64_t count_in_environment(const char* name) {
  const char* const value = std::getenv(name);
  return value != nullptr ? std::max<std::int64_t>(0, parse_integer(value).value_or(0)) : 0;
}

}  // namespace

std::string scheduler_job() {
  constexpr std::size_t of_name = 64;
  constexpr std::size_t of_nodes = 256;
  const std::string array = environment("SLURM_ARRAY_JOB_ID", of_name);
  const std::string task = environment("SLURM_ARRAY_TASK_ID", of_name);
  const std::string number = array.empty() || task.empty() ? environment("SLURM_JOB_ID", of_name)
                                                           : fmt::format("{}_{}", array, task);
  if (number.empty()) return {};
  std::string about;
  const auto add = [&about](const std::string& what) { about += (about.empty() ? "" : ", ") + what; };
  if (const auto cluster = environment("SLURM_CLUSTER_NAME", of_name); !cluster.empty())
    add("cluster " + cluster);
  if (const auto nodes = environment("SLURM_JOB_NODELIST", of_nodes); !nodes.empty()) add("nodes " + nodes);
  if (const auto tasks = count_in_environment("SLURM_NTASKS"); tasks > 0) add(counted(tasks, "task"));
  if (const auto times = count_in_environment("SLURM_RESTART_COUNT"); times > 0)
    add("restarted " + counted(times, "time"));
  return fmt::format("SLURM {}{}", number, about.empty() ? about : fmt::format(" ({})", about));
}

Provenance start_provenance(std::string command, std::int64_t ranks) {
  std::array<char, 256> host{};
  if (gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  Provenance provenance;
  provenance.version = fmt::format("{} ({})", version(), revision());
  provenance.command = std::move(command);
  provenance.host = host.data();
  provenance.started = utc_now();
  provenance.job = scheduler_job();
  provenance.ranks = ranks;
  return provenance;
}

}  // namespace dko
