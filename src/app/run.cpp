#include <boost/program_options/value_semantic.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "checkpoint_options.hpp"
#include "command.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/planning/screen_memory.hpp"
#include "dko/planning/training_memory.hpp"
#include "dko/workflow/checkpoints.hpp"
#include "dko/workflow/collapse_members.hpp"
#include "dko/workflow/resumed_model.hpp"
#include "dko/workflow/screen_run.hpp"
#include "dko/workflow/training_run.hpp"
#include "dko/workflow/validation_notes.hpp"
#include "input.hpp"
#include "run_json.hpp"
#include "screen_options.hpp"
#include "start_job.hpp"
#include "stop_options.hpp"
#include "training_options.hpp"

namespace dko::app {

namespace po = boost::program_options;

namespace {

struct RunOptions {
  InputOptions input;
  std::string out;
  std::string save_model;
  ModelOptions mapping;
  ScreenOptions screen;
  StopOptions stop;
  CommonOptions common;

  /// Where the trained model stands until the screen is done, or for good.
  std::string model_file() const { return save_model.empty() ? out + ".model" : save_model; }
};

/// What rank 0 prepares before any computing.
struct Preparation {
  std::optional<OutputFile> out;
  std::optional<OutputFile> model;  ///< to be trained
  std::optional<Model> trained;     ///< before the job that is resumed was stopped
  std::optional<Summary> summary;
  ExpressionMatrix profiles;
  Split split;
  ScreenPlan plan;
  MemoryNeed training_memory;
  MemoryNeed screen_memory;
};

bool parse(RunOptions& options, const std::vector<std::string>& arguments, const Context& context) {
  CommandLine line("run INPUT -o SCREEN [options]",
                   "Trains the mapping on all ranks, then scores the knockouts: the main job.\n" +
                       std::string(input_formats),
                   "mpirun -n 4 dko run cells.h5ad --layer counts --top-genes 1000 --order 2 -o screen.h5");
  add_input(line, options.input);
  line.add()("out,o", po::value(&options.out)->value_name("FILE")->required(),
             "the screen file to write (HDF5)")(
      "save-model", po::value(&options.save_model)->value_name("FILE"),
      "keep the trained model; else it stands in OUT.model until the screen is done");
  add_screen_options(line, options.screen);
  add_training_options(line, options.mapping);
  add_checkpoint_options(line, options.mapping.checkpoint);
  add_resume(line, options.common);
  add_stop_options(line, options.stop);
  add_common(line, options.common);
  if (!line.parse(arguments, context)) return false;
  check_input_options(options.input);
  check_screen_options(line, options.screen);
  check_training_options(line, options.mapping);
  complete_checkpoint_options(line, options.out, options.common.resume, options.mapping);
  require_distinct({{"INPUT", options.input.path},
                    {"--events", options.screen.events},
                    {"--out", options.out},
                    {"--save-model", options.model_file()},
                    {"--checkpoint", options.mapping.checkpoint.file.string()},
                    {"--json", options.common.json}});
  return true;
}

/// The model of a job that is resumed, if it came to be, or the file it is to be written to.
void prepare_model(Preparation& ready, const ExpressionMatrix& matrix, const RunOptions& options, Job& job) {
  std::error_code unknown;
  if (options.common.resume && std::filesystem::exists(options.model_file(), unknown)) {
    ready.trained = read_model(options.model_file());
    require_model_of(*ready.trained, options.model_file(), matrix, ready.split, options.mapping,
                     job.provenance);
    job.provenance.model_checksum = ready.trained->provenance.model_checksum;
    job.log.info("{}: is the trained model, going on with the screen", options.model_file());
    return;
  }
  ready.model.emplace(options.model_file(), options.common.force, options.common.resume);
  require_disk_space(ready.model->partial_path(), model_bytes(matrix, options.mapping), "the model");
  prepare_checkpoints(matrix, ready.split, options.mapping, options.common.force, job.log);
}

void prepare(Preparation& ready, const RunOptions& options, Job& job) {
  ready.out.emplace(options.out, options.common.force, options.common.resume);
  ready.summary.emplace(options.common);
  const ExpressionMatrix matrix = load_input(options.input, job);
  ready.split =
      split_cells(matrix, options.mapping.training.validation, 0, {}, options.mapping.training.seed);
  check_training(ready.split, options.mapping);
  prepare_model(ready, matrix, options, job);
  ready.plan = make_plan(matrix, options.screen, options.mapping.members, *ready.out, job);
  check_screen(matrix, ready.plan, *ready.out, options.mapping.kind, options.mapping.training.steps,
               job.ranks().size());
  ready.training_memory = training_memory(matrix, ready.split, options.mapping, job.ranks().size());
  add_plan(ready.training_memory, matrix, ready.plan);  // it is there already when the training starts
  ready.screen_memory = screen_memory(matrix, ready.plan, screened_model(options.mapping, matrix));
  ready.profiles = matrix.relative_profiles();
}

/// The model, made now or before: on rank 0, elsewhere empty. When it is made now it is written before
/// anything else is done with it. Collective.
TrainedModel obtain_model(Preparation& ready, const ExpressionMatrix& profiles, const RunOptions& options,
                          StopRequest& stop, Job& job) {
  std::int32_t is_trained = ready.trained ? 1 : 0;
  job.ranks().broadcast(is_trained);
  if (is_trained != 0) return {ready.trained ? std::move(*ready.trained) : Model(), std::nullopt};
  if (!options.mapping.checkpoint.file.empty()) stop.catch_signals();
  TrainedModel training = run_training(profiles, ready.split, options.mapping, &stop, job);
  on_root(job.ranks(), [&] {
    write_model(*ready.model, training.model);
    remove_checkpoints(options.mapping, job.log);
  });
  return training;
}

void remove_model(const RunOptions& options) {
  std::error_code ignored;
  if (options.save_model.empty()) std::filesystem::remove(options.model_file(), ignored);
}

}  // namespace

void run_command(const std::vector<std::string>& arguments, const Context& context) {
  RunOptions options;
  if (!parse(options, arguments, context)) return;
  StopRequest stop(options.stop);
  Job job = start_job(context, options.common, options.mapping.training.seed);

  Preparation ready;
  on_root(job.ranks(), [&] { prepare(ready, options, job); });
  nlohmann::ordered_json memory;
  memory["training"] = to_json(require_on_every_node(ready.training_memory, job));
  memory["screening"] = to_json(require_on_every_node(ready.screen_memory, job));
  const ExpressionMatrix profiles = ExpressionMatrix::replicate(job.nodes, std::move(ready.profiles));
  const ScreenPlan plan = ScreenPlan::replicate(job.nodes, std::move(ready.plan));

  TrainedModel training = obtain_model(ready, profiles, options, stop, job);
  ScreenNotes notes;
  nlohmann::ordered_json training_summary;
  on_root(job.ranks(), [&] {
    notes = {notes_on(training.model, profiles, ready.split, options.mapping), training.seconds};
    training_summary = to_json(training);
  });
  const std::vector<CollapsedMapping> members = collapse_members(std::move(training.model.members), job);
  stop.catch_signals();
  const ScreenCounts screen = run_screen(plan, profiles, members, ready.out, notes, stop, job);
  on_root(job.ranks(), [&] {
    ready.summary->write({{"provenance", to_json(job.provenance)},
                          {"training", training_summary},
                          {"screen", to_json(screen)},
                          {"memory", memory}});
    remove_model(options);
  });
}

}  // namespace dko::app
