#include "dko/parallel/launch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <system_error>

namespace dko {

namespace {

struct Launcher {
  const char* words;
  const char* rank;
  const char* size;
  MpiFamily family;
};

// PMIx has no variable for the size of a job.
constexpr std::array<Launcher, 5> launchers{{
    {"Open MPI's mpirun", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", MpiFamily::open_mpi},
    {"MVAPICH2's mpirun_rsh", "MV2_COMM_WORLD_RANK", "MV2_COMM_WORLD_SIZE", MpiFamily::mpich},
    {"a PMI launcher (mpirun of MPICH or Intel MPI, or srun --mpi=pmi2)", "PMI_RANK", "PMI_SIZE",
     MpiFamily::mpich},
    {"PALS", "PALS_RANKID", "PALS_SIZE", MpiFamily::mpich},
    {"a PMIx launcher", "PMIX_RANK", "", MpiFamily::open_mpi},
}};

constexpr const char* slurm_rank = "SLURM_PROCID";
constexpr const char* slurm_size = "SLURM_STEP_NUM_TASKS";

std::optional<std::int64_t> count(const Environment& environment, const std::string& name) {
  const std::optional<std::string> text = name.empty() ? std::nullopt : environment(name);
  if (!text) return std::nullopt;
  std::int64_t value = 0;
  const char* const end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data(), end, value);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

void add_size(Launch& launch, const Environment& environment, const std::string& variable) {
  launch.processes = count(environment, variable);
  if (launch.processes) launch.variable = variable;
}

/// srun --mpi=pmix names its jobs so.
bool is_slurms_pmix(const Environment& environment) {
  return environment("PMIX_NAMESPACE").value_or("").starts_with("slurm.pmix");
}

std::optional<Launch> launch_by(const Launcher& launcher, const Environment& environment) {
  const auto rank = count(environment, launcher.rank);
  if (!rank && !count(environment, launcher.size)) return std::nullopt;
  Launch launch{launcher.words, "", std::nullopt, rank.value_or(0), true};
  add_size(launch, environment, launcher.size);
  if (!launch.processes && is_slurms_pmix(environment)) {
    launch.launcher = "srun --mpi=pmix";
    add_size(launch, environment, slurm_size);
  }
  return launch;
}

std::string_view way_out(MpiFamily own) {
  return own == MpiFamily::open_mpi
             ? "Open MPI's own mpirun (Debian: mpirun.openmpi), or with srun --mpi=pmix"
             : "the mpirun or mpiexec of that MPI (Debian: mpirun.mpich), or with srun --mpi=pmi2";
}

}  // namespace

std::optional<Launch> launch_of(const Environment& environment, MpiFamily own) {
  std::array<Launcher, launchers.size()> own_first = launchers;
  std::stable_partition(own_first.begin(), own_first.end(),
                        [own](const Launcher& launcher) { return launcher.family == own; });
  for (const Launcher& launcher : own_first) {
    if (const auto launch = launch_by(launcher, environment)) return launch;
  }
  const auto tasks = count(environment, slurm_size);
  if (!tasks) return std::nullopt;
  return Launch{"srun", slurm_size, tasks, count(environment, slurm_rank).value_or(0), false};
}

void require_one_job(const Launch& launch, std::int64_t world_size, MpiFamily own,
                     const std::string& library) {
  if (!launch.processes || *launch.processes == world_size) return;
  const std::string counts = world_size == 1 ? "each is alone" : fmt::format("MPI counts {}", world_size);
  throw LaunchError(
      fmt::format("{} started {} ({}={}), and {}: dko runs with {}, which this launcher does not "
                  "serve; start dko with {}",
                  launch.launcher,
                  *launch.processes == 1 ? "1 process" : fmt::format("{} processes", *launch.processes),
                  launch.variable, *launch.processes, counts, library, way_out(own)),
      launch.rank);
}

}  // namespace dko
