#include "dko/base/provenance.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <map>
#include <string>

#include "dko/base/text.hpp"

using dko::longest_job;
using dko::scheduler_job;

namespace {

/// What the environment says of the scheduler while it lives; all else of SLURM is unset.
class Environment {
 public:
  explicit Environment(const std::map<std::string, std::string>& variables) {
    clear();
    for (const auto& [name, value] : variables) setenv(name.c_str(), value.c_str(), 1);
  }
  ~Environment() { clear(); }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  static void clear() {
    for (const char* name :
         {"SLURM_JOB_ID", "SLURM_ARRAY_JOB_ID", "SLURM_ARRAY_TASK_ID", "SLURM_CLUSTER_NAME",
          "SLURM_JOB_NODELIST", "SLURM_NTASKS", "SLURM_RESTART_COUNT"})
      unsetenv(name);
  }
};

}  // namespace

TEST_CASE("there is no job outside of a scheduler") {
  const Environment none({});
  CHECK(scheduler_job().empty());
  CHECK(dko::start_provenance("dko", 1).job.empty());
}

TEST_CASE("a job of SLURM is named with its cluster, nodes and tasks") {
  const Environment slurm({{"SLURM_JOB_ID", "1234"},
                           {"SLURM_CLUSTER_NAME", "c"},
                           {"SLURM_JOB_NODELIST", "node[1-2]"},
                           {"SLURM_NTASKS", "4"},
                           {"SLURM_RESTART_COUNT", "0"}});
  CHECK(scheduler_job() == "SLURM 1234 (cluster c, nodes node[1-2], 4 tasks)");
  CHECK(dko::start_provenance("dko", 4).job == scheduler_job());
}

TEST_CASE("a requeued task of an array says so") {
  const Environment slurm({{"SLURM_JOB_ID", "1234"},
                           {"SLURM_ARRAY_JOB_ID", "1230"},
                           {"SLURM_ARRAY_TASK_ID", "4"},
                           {"SLURM_NTASKS", "1"},
                           {"SLURM_RESTART_COUNT", "2"}});
  CHECK(scheduler_job() == "SLURM 1230_4 (1 task, restarted 2 times)");
}

TEST_CASE("whatever the environment holds, a job's name can be shown and is not too long") {
  const Environment odd({{"SLURM_JOB_ID", "7\x1b[2J\n"}, {"SLURM_NTASKS", "many"}});
  CHECK(scheduler_job() == "SLURM 7\\x1b[2J\\x0a");

  std::string accents;
  for (int at = 0; at < 5000; ++at) accents += "\xc3\xa9";
  for (const std::string start : {"", "x"}) {
    const std::string value = start + accents;
    const Environment wide({{"SLURM_ARRAY_JOB_ID", value},
                            {"SLURM_ARRAY_TASK_ID", value},
                            {"SLURM_CLUSTER_NAME", value},
                            {"SLURM_JOB_NODELIST", value},
                            {"SLURM_NTASKS", "9223372036854775807"},
                            {"SLURM_RESTART_COUNT", "9223372036854775807"}});
    CHECK(scheduler_job().size() <= longest_job);
    CHECK(dko::is_utf8(scheduler_job()));
  }
}
