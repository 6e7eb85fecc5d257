#include <filesystem>
#include <nlohmann/json.hpp>
#include <system_error>

#include "command.hpp"
#include "dko/base/output_path.hpp"
#include "dko/knockout/screen/genes_in_use.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/workflow/base_choice.hpp"
#include "dko/workflow/checkpoints.hpp"
#include "dko/workflow/collapse_members.hpp"
#include "dko/workflow/direction_run.hpp"
#include "dko/workflow/resumed_model.hpp"
#include "dko/workflow/screen_run.hpp"
#include "dko/workflow/training_run.hpp"
#include "dko/workflow/validation_notes.hpp"
#include "dko/workflow/visibility_notes.hpp"
#include "json_report.hpp"
#include "options/cell_options.hpp"
#include "options/checkpoint_options.hpp"
#include "options/input.hpp"
#include "options/screen_options.hpp"
#include "options/stop_options.hpp"
#include "options/training_options.hpp"
#include "run_json.hpp"
#include "setup.hpp"
#include "start_job.hpp"

namespace dko::app {

namespace {

struct RunOptions {
  InputOptions input;
  std::string out;
  std::string save_model;
  ModelOptions mapping;
  ScreenRequest screen;
  StopOptions stop;
  CommonOptions common;

  /// Where the trained model stands until the screen is done, or for good.
  std::string model_file() const {
    return save_model.empty() ? followed(out).string() + ".model" : save_model;
  }
};

/// The model that rank 0 has, or is to write.
struct ModelState {
  std::optional<OutputFile> out;   ///< to be trained
  std::optional<OutputLock> lock;  ///< of the model that is there
  std::optional<Model> trained;    ///< before the job that is resumed was stopped
};

CommandLine line_of(RunOptions& options) {
  CommandLine line("run INPUT -o SCREEN [options]",
                   "Trains the mapping on all ranks, then scores the knockouts: the main job.\n" +
                       std::string(input_formats),
                   "mpirun -n 4 dko run cells.h5ad --layer counts --top-genes 1000 --order 2 -o screen.h5");
  line.group("Output");
  line.option("out,o", options.out, "FILE", "the screen file to write (HDF5)").usual().required().writes();
  line.option("save-model", options.save_model, "FILE",
              "keep the trained model in FILE; by default it is in OUT.model until the screen is finished")
      .writes();
  add_input(line, options.input, {{"covariate", "from", "toward"}, TableUse::Model::none, true});
  add_screen_options(line, options.screen);
  add_cell_options(line, options.input, options.screen);
  add_training_options(line, options.mapping, options.input.covariates);
  add_checkpoint_options(line, options.out, options.common.resume, options.mapping);
  add_resume(line, options.common);
  add_stop_options(line, options.stop);
  add_common(line, options.common);
  line.check([&options](const CommandLine&) {
    options.screen.ignore_missing = options.input.selection.ignore_missing;
    options.input.named = options.screen.direction.ends();
    require_distinct({{"INPUT", options.input.path},
                      {"--events", options.screen.events},
                      {"--toward-profile", options.screen.direction.toward_profile},
                      {"--out", options.out},
                      {"--save-model", options.model_file()},
                      {"--checkpoint", options.mapping.checkpoint.file.string()},
                      {"--json", options.common.json}});
  });
  return line;
}

/// The model of a job that is resumed, if it came to be, or the file it is to be written to.
ModelState prepare_model(const Split& split, const ExpressionMatrix& matrix, const RunOptions& options,
                         DiskNeeds& disk, Job& job) {
  ModelState model;
  std::error_code unknown;
  if (options.common.resume && std::filesystem::exists(options.model_file(), unknown)) {
    model.lock.emplace(followed(options.model_file())).confirm();
    model.trained = read_model(options.model_file());
    require_model_of(*model.trained, options.model_file(), matrix, split, options.mapping, job.provenance);
    job.provenance.model_checksum = model.trained->provenance.model_checksum;
    job.log.info("{}: is the trained model, going on with the screen", options.model_file());
    return model;
  }
  model.out.emplace(options.model_file(), options.common.force, options.common.resume);
  disk.add(model.out->partial_path(), model_bytes(matrix, options.mapping), "the model");
  prepare_checkpoints(matrix, split, options.mapping, options.common.force, disk, job.log);
  return model;
}

/// Returns the state of the model.
ModelState prepare(Preparation& ready, const RunOptions& options, Job& job) {
  const TrainingOptions& training = options.mapping.training;
  ready.checkpoints = lock_checkpoints(options.mapping);
  ScreenRequest request = options.screen;
  const ExpressionMatrix matrix = load_input(options.input, job, &request.of_input);
  if (request.direction.is_given())
    request.from_to = from_to_of(request.direction, request.of_input.named, matrix, job.log);
  set_up_training(ready, matrix, split_cells(matrix, training.validation, 0, {}, training.seed),
                  options.mapping, job);
  ModelState model = prepare_model(ready.split, matrix, options, ready.disk, job);
  request.base = model.trained ? choose_base(request.base, *model.trained, options.model_file(), job.log)
                               : request.base.value_or(default_base(options.mapping.kind));
  if (model.trained) ready.needs.clear();  // nothing is trained any more
  const bool is_beside =
      model.out && file_system_of(model.out->partial_path()) == file_system_of(options.out);
  set_up_screen(
      ready, matrix, request,
      model.trained ? model_footprint(*model.trained, matrix) : model_footprint(options.mapping, matrix),
      training.steps, is_beside ? model_bytes(matrix, options.mapping) : 0, job);
  if (is_restricted(ready.plan, matrix.genes()))
    warn_of_invisible(ready.plan, matrix.gene_names(), ready.visibility, job.log);
  ready.data = matrix.relative_profiles();
  return model;
}

/// The model, made now or before. When it is made now it is written before anything else is done with it.
/// Collective.
TrainedModel obtain_model(AtRoot<ModelState>& model, const Setup& setup, const RunOptions& options,
                          StopRequest& stop, Job& job) {
  if (job.ranks().broadcast(
          model.transform([](const ModelState& state) { return state.trained.has_value(); }))) {
    on_root(job.ranks(),
            [&] { remove_left_checkpoints(options.mapping, *setup.split, job.provenance, job.log); });
    return {model.is_here() ? AtRoot(std::move(*model->trained)) : AtRoot<Model>(), std::nullopt};
  }
  if (!options.mapping.checkpoint.file.empty()) stop.catch_signals();
  TrainedModel training =
      run_training(setup.data, setup.split, setup.prior, setup.visibility, options.mapping, &stop, job);
  on_root(job.ranks(), [&] {
    write_model(*model->out, *training.model);
    remove_checkpoints(options.mapping, job.log);
  });
  return training;
}

void remove_model(const RunOptions& options) {
  std::error_code ignored;
  if (options.save_model.empty()) std::filesystem::remove(followed(options.model_file()), ignored);
}

/// Removes what another job may have left: a job that goes on with this one would take it for its own.
void start_over(const RunOptions& options) {
  discard_checkpoints(options.mapping);
  std::error_code ignored;
  std::filesystem::remove(followed(options.model_file()), ignored);
}

void run(const RunOptions& options, const Context& context) {
  StopRequest stop(options.stop);
  Job job = start_job(context, options.common, options.mapping.training.seed);

  on_root(job.ranks(), [&] {
    require_new_checkpoints(options.mapping, options.common.force);
    if (!options.common.resume) OutputFile::require_free(options.model_file(), options.common.force, false);
  });
  AtRoot<ModelState> model;
  Setup setup = set_up(options.out, options.common, job,
                       [&](auto& ready) { model.emplace(prepare(ready, options, job)); });
  ScreenPlan plan = ScreenPlan::replicate(job.nodes, std::move(setup.plan));
  if (!options.common.resume) on_root(job.ranks(), [&] { start_over(options); });

  TrainedModel training = obtain_model(model, setup, options, stop, job);
  const AtRoot<ScreenNotes> notes = on_root(job.ranks(), [&] {
    return ScreenNotes{notes_on(*training.model, setup.data, *setup.split, options.mapping),
                       training.seconds};
  });
  const auto training_summary = on_root(job.ranks(), [&] { return to_json(training); });
  AtRoot<std::vector<std::vector<DecoyEffects>>> decoys = take_decoys(training.model, plan.compares_decoys());
  stop.catch_signals();
  const std::string saved = saved_before_scoring(setup, options.model_file() + ": is the trained model", job);
  stop.stop_if_asked(job.ranks(), saved);
  const std::vector<CollapsedMapping> members =
      collapse_members(training.model.take(&Model::members), job, genes_in_use(plan, setup.data));
  stop.stop_if_asked(job.ranks(), saved);
  set_direction(plan, setup.data, members, std::move(decoys), notes, setup.out, stop, job);
  const ScreenCounts screen = run_screen(plan, setup.data, members, setup.out, notes, stop, job);
  on_root(job.ranks(), [&] {
    setup.summary->write({{"provenance", to_json(job.provenance)},
                          {"training", *training_summary},
                          {"screen", to_json(screen)},
                          {"memory", to_json(*setup.memory)}});
    remove_model(options);
  });
}

}  // namespace

std::unique_ptr<Command> run_command() {
  return make_command<RunOptions>(line_of, run);
}

}  // namespace dko::app
