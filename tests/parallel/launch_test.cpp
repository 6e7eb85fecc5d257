#include "dko/parallel/launch.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <vector>

using namespace dko;

namespace {

Environment of(std::map<std::string, std::string> variables) {
  return [variables](const std::string& name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

}  // namespace

TEST_CASE("without a launcher a process is alone") {
  CHECK_FALSE(launch_of(of({}), MpiFamily::open_mpi));
  CHECK_FALSE(launch_of(of({{"SLURM_JOB_ID", "7"}, {"SLURM_NTASKS", "4"}}), MpiFamily::mpich));
}

TEST_CASE("every launcher's variables tell the size and the rank") {
  struct Case {
    std::map<std::string, std::string> variables;
    std::int64_t processes, rank;
    bool starts_mpi;
  };
  const std::vector<Case> cases{
      {{{"OMPI_COMM_WORLD_SIZE", "4"}, {"OMPI_COMM_WORLD_RANK", "3"}}, 4, 3, true},
      {{{"PMI_SIZE", "2"}, {"PMI_RANK", "1"}}, 2, 1, true},
      {{{"MV2_COMM_WORLD_SIZE", "8"}, {"MV2_COMM_WORLD_RANK", "0"}}, 8, 0, true},
      {{{"PALS_SIZE", "5"}, {"PALS_RANKID", "2"}}, 5, 2, true},
      {{{"PMIX_RANK", "1"}, {"PMIX_NAMESPACE", "slurm.pmix.7.0"}, {"SLURM_STEP_NUM_TASKS", "6"}}, 6, 1, true},
      {{{"SLURM_STEP_NUM_TASKS", "3"}, {"SLURM_PROCID", "2"}}, 3, 2, false},
  };
  for (const Case& one : cases) {
    for (const MpiFamily own : {MpiFamily::open_mpi, MpiFamily::mpich}) {
      const auto launch = launch_of(of(one.variables), own);
      REQUIRE(launch);
      CAPTURE(launch->launcher);
      CHECK(launch->processes == one.processes);
      CHECK(launch->rank == one.rank);
      CHECK(launch->starts_mpi == one.starts_mpi);
    }
  }
}

TEST_CASE("SLURM's count is not that of ranks whose launcher runs under SLURM") {
  // The daemons of mpirun are one task of a node each, and the ranks inherit their variables.
  const auto ranks =
      launch_of(of({{"OMPI_COMM_WORLD_SIZE", "8"}, {"SLURM_STEP_NUM_TASKS", "2"}}), MpiFamily::open_mpi);
  CHECK(ranks->processes == 8);
  const auto other = launch_of(
      of({{"PMIX_RANK", "3"}, {"PMIX_NAMESPACE", "prterun-node1-77@1"}, {"SLURM_STEP_NUM_TASKS", "2"}}),
      MpiFamily::open_mpi);
  CHECK(other->starts_mpi);
  CHECK_FALSE(other->processes);
}

TEST_CASE("variables of dko's own MPI count before what an outer job left") {
  const Environment both = of({{"OMPI_COMM_WORLD_SIZE", "4"}, {"PMI_SIZE", "1"}, {"PMI_RANK", "0"}});
  CHECK(launch_of(both, MpiFamily::open_mpi)->processes == 4);
  CHECK(launch_of(both, MpiFamily::mpich)->processes == 1);
}

TEST_CASE("what is no number is no launcher") {
  CHECK_FALSE(launch_of(of({{"PMI_SIZE", "two"}, {"PMI_RANK", ""}}), MpiFamily::open_mpi));
}

TEST_CASE("a job whose processes cannot see each other is refused, by both names and with a way out") {
  const Launch launch{"Open MPI's mpirun", "OMPI_COMM_WORLD_SIZE", 2, 1, true};
  CHECK_NOTHROW(require_one_job(launch, 2, MpiFamily::open_mpi, "Open MPI v4.1.4"));
  CHECK_THROWS_WITH(require_one_job(launch, 1, MpiFamily::mpich, "MPICH Version: 4.0.2"),
                    Catch::Contains("Open MPI's mpirun started 2 processes") &&
                        Catch::Contains("MPICH Version: 4.0.2") && Catch::Contains("mpirun.mpich") &&
                        Catch::Contains("--mpi=pmi2"));
  const Launch fewer{"a PMI launcher", "PMI_SIZE", 1, 0, true};
  CHECK_THROWS_WITH(require_one_job(fewer, 3, MpiFamily::open_mpi, "Open MPI v5.0.7"),
                    Catch::Contains("MPI counts 3") && Catch::Contains("--mpi=pmix"));
  try {
    require_one_job(launch, 1, MpiFamily::mpich, "MPICH");
  } catch (const LaunchError& failure) {
    CHECK(failure.rank == 1);
  }
  CHECK_NOTHROW(require_one_job({"a PMIx launcher", "", std::nullopt, 0, true}, 5, MpiFamily::open_mpi, ""));
}
