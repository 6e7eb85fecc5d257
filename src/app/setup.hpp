#pragma once
// How run, train, screen and predict begin: rank 0 claims the outputs, reads the data and finds out what the
// job needs; then every node has the memory, and the data.

#include <functional>
#include <string>
#include <vector>

#include "command.hpp"
#include "dko/base/disk_needs.hpp"
#include "dko/planning/node_memory.hpp"
#include "dko/planning/screen_memory.hpp"
#include "dko/training/ensemble.hpp"
#include "dko/workflow/job.hpp"
#include "json_report.hpp"
#include "options/screen_options.hpp"

namespace dko::app {

/// What rank 0 claims and finds out before a job computes.
struct Preparation {
  OutputFile out;
  JsonReport summary;
  DiskNeeds disk{};
  std::vector<OutputLock> checkpoints{};
  RelativeProfiles data{};
  Split split{};
  NetworkPrior prior{};
  std::vector<GeneVisibility> visibility{};  ///< of the genes, where there is a training
  ScreenPlan plan{};
  std::vector<MemoryNeed> needs{};  ///< one of each phase
};

struct Setup {
  AtRoot<OutputFile> out;
  AtRoot<JsonReport> summary;
  AtRoot<std::vector<OutputLock>> checkpoints;  ///< held until the job ends
  AtRoot<Split> split;
  AtRoot<NetworkPrior> prior;
  AtRoot<std::vector<GeneVisibility>> visibility;
  AtRoot<ScreenPlan> plan;
  AtRoot<std::vector<NodeMemory>> memory;  ///< what each phase has
  RelativeProfiles data;                   ///< on every rank
};

/// Claims the output file and the report, then has `prepare` set the data, the needs and what else the
/// command needs, all on rank 0; requires the memory on every node, and gives the data to each. Collective.
/// @throws CollectiveFailure for whatever cannot be, before any computing
Setup set_up(const std::string& out, const CommonOptions& common, Job& job,
             const std::function<void(Preparation& ready)>& prepare);

/// What a job that is stopped before it scores says is saved: what was scored before, or else `otherwise`.
/// Collective.
std::string saved_before_scoring(const Setup& setup, const std::string& otherwise, const Job& job);

/// Finds the visibility of the genes, with a warning, and adds what a training on this split of the cells
/// takes. Local: rank 0. @throws InputError for too few cells
void set_up_training(Preparation& ready, const ExpressionMatrix& matrix, Split split,
                     const ModelOptions& options, Job& job);

/// Plans a screen by a model that was trained, or will be, in `steps` steps at most, and adds what it takes;
/// other outputs will then have taken `others` bytes of its disk. Local: rank 0.
/// @throws as make_plan and check_screen
void set_up_screen(Preparation& ready, const ExpressionMatrix& matrix, const ScreenRequest& options,
                   const ModelFootprint& model, std::int64_t steps, double others, Job& job);

}  // namespace dko::app
