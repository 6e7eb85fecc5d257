#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "command.hpp"
#include "dko/base/error.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/workflow/checkpoints.hpp"
#include "dko/workflow/training_run.hpp"
#include "json_report.hpp"
#include "options/checkpoint_options.hpp"
#include "options/input.hpp"
#include "options/stop_options.hpp"
#include "options/training_options.hpp"
#include "run_json.hpp"
#include "setup.hpp"
#include "start_job.hpp"

namespace dko::app {

namespace {

struct TrainOptions {
  InputOptions input;
  std::string out;
  ModelOptions mapping;
  StopOptions stop;
  CommonOptions common;
};

CommandLine line_of(TrainOptions& options) {
  CommandLine line(
      "train INPUT -o MODEL [options]",
      "Trains the mapping from assemblage to profile on all ranks and writes the best weights.\n" +
          std::string(input_formats),
      "mpirun -n 4 dko train cells.h5ad --layer counts --top-genes 2000 -o model.h5");
  line.option("out,o", options.out, "FILE", "the model file to write (HDF5)").usual().required().writes();
  add_input(line, options.input, {{"covariate"}});
  add_training_options(line, options.mapping, options.input.covariates);
  line.option("member", options.mapping.member, "M",
              "of --ensemble K train this one alone, from 0; dko ensemble joins them");
  add_checkpoint_options(line, options.out, options.common.resume, options.mapping);
  add_resume(line, options.common);
  add_stop_options(line, options.stop);
  add_common(line, options.common);
  line.check([&options](const CommandLine&) {
    const std::int64_t last = options.mapping.members - 1;
    if (const auto member = options.mapping.member; member && (*member < 0 || *member > last))
      throw UsageError(fmt::format("--member must be between 0 and {}, not {}", last, *member));
    require_distinct({{"INPUT", options.input.path},
                      {"--out", options.out},
                      {"--checkpoint", options.mapping.checkpoint.file.string()},
                      {"--json", options.common.json}});
  });
  return line;
}

void prepare(Preparation& ready, const TrainOptions& options, Job& job) {
  const TrainingOptions& training = options.mapping.training;
  const ExpressionMatrix matrix = load_input(options.input, job);
  set_up_training(ready, matrix, split_cells(matrix, training.validation, 0, {}, training.seed),
                  options.mapping, job);
  ready.disk.add(ready.out.partial_path(), model_bytes(matrix, options.mapping), "the model");
  ready.checkpoints = lock_checkpoints(options.mapping);
  prepare_checkpoints(matrix, ready.split, options.mapping, options.common.force, ready.disk, job.log);
  ready.data = matrix.relative_profiles();
}

void run(const TrainOptions& options, const Context& context) {
  StopRequest stop(options.stop);
  Job job = start_job(context, options.common, options.mapping.training.seed);

  on_root(job.ranks(), [&] { require_new_checkpoints(options.mapping, options.common.force); });
  Setup setup = set_up(options.out, options.common, job, [&](auto& ready) { prepare(ready, options, job); });
  if (!options.common.resume) on_root(job.ranks(), [&] { discard_checkpoints(options.mapping); });
  if (!options.mapping.checkpoint.file.empty()) stop.catch_signals();
  TrainedModel training =
      run_training(setup.data, setup.split, setup.prior, setup.visibility, options.mapping, &stop, job);
  on_root(job.ranks(), [&] {
    write_model(*setup.out, *training.model);
    job.log.info("{}: written", options.out);
    setup.summary->write({{"provenance", to_json(job.provenance)},
                          {"training", to_json(training)},
                          {"memory", to_json(*setup.memory)}});
    remove_checkpoints(options.mapping, job.log);
  });
}

}  // namespace

std::unique_ptr<Command> train_command() {
  return make_command<TrainOptions>(line_of, run);
}

}  // namespace dko::app
