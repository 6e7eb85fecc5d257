#include <fmt/format.h>

#include <boost/program_options/value_semantic.hpp>
#include <nlohmann/json.hpp>

#include "checkpoint_options.hpp"
#include "command.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/planning/training_memory.hpp"
#include "dko/workflow/checkpoints.hpp"
#include "dko/workflow/training_run.hpp"
#include "input.hpp"
#include "run_json.hpp"
#include "start_job.hpp"
#include "stop_options.hpp"
#include "training_options.hpp"

namespace dko::app {

namespace po = boost::program_options;

namespace {

struct TrainOptions {
  InputOptions input;
  std::string out;
  ModelOptions mapping;
  StopOptions stop;
  CommonOptions common;
};

struct Preparation {
  std::optional<OutputFile> out;
  std::optional<Summary> summary;
  ExpressionMatrix profiles;
  Split split;
  MemoryNeed memory;
};

bool parse(TrainOptions& options, const std::vector<std::string>& arguments, const Context& context) {
  CommandLine line(
      "train INPUT -o MODEL [options]",
      "Trains the mapping from assemblage to profile on all ranks and writes the best weights.\n" +
          std::string(input_formats),
      "mpirun -n 4 dko train cells.h5ad --layer counts --top-genes 2000 -o model.h5");
  add_input(line, options.input);
  line.add()("out,o", po::value(&options.out)->value_name("FILE")->required(),
             "the model file to write (HDF5)");
  add_training_options(line, options.mapping);
  line.add()("member", po::value<std::int64_t>()->value_name("M")->notifier([&](std::int64_t member) {
    options.mapping.member = member;
  }),
             "of --ensemble K train this one alone, from 0; dko ensemble joins them");
  add_checkpoint_options(line, options.mapping.checkpoint);
  add_resume(line, options.common);
  add_stop_options(line, options.stop);
  add_common(line, options.common);
  if (!line.parse(arguments, context)) return false;
  check_input_options(options.input);
  check_training_options(line, options.mapping);
  if (options.mapping.member)
    require_between("--member", static_cast<double>(*options.mapping.member), 0,
                    static_cast<double>(options.mapping.members - 1));
  complete_checkpoint_options(line, options.out, options.common.resume, options.mapping);
  require_distinct({{"INPUT", options.input.path},
                    {"--out", options.out},
                    {"--checkpoint", options.mapping.checkpoint.file.string()},
                    {"--json", options.common.json}});
  return true;
}

}  // namespace

void train_command(const std::vector<std::string>& arguments, const Context& context) {
  TrainOptions options;
  if (!parse(options, arguments, context)) return;
  StopRequest stop(options.stop);
  Job job = start_job(context, options.common, options.mapping.training.seed);

  Preparation ready;
  on_root(job.ranks(), [&] {
    ready.out.emplace(options.out, options.common.force, options.common.resume);
    ready.summary.emplace(options.common);
    const ExpressionMatrix matrix = load_input(options.input, job);
    ready.split =
        split_cells(matrix, options.mapping.training.validation, 0, {}, options.mapping.training.seed);
    check_training(ready.split, options.mapping);
    ready.memory = training_memory(matrix, ready.split, options.mapping, job.ranks().size());
    require_disk_space(ready.out->partial_path(), model_bytes(matrix, options.mapping), "the model");
    prepare_checkpoints(matrix, ready.split, options.mapping, options.common.force, job.log);
    ready.profiles = matrix.relative_profiles();
  });
  nlohmann::ordered_json memory;
  memory["training"] = to_json(require_on_every_node(ready.memory, job));
  const ExpressionMatrix profiles = ExpressionMatrix::replicate(job.nodes, std::move(ready.profiles));
  if (!options.mapping.checkpoint.file.empty()) stop.catch_signals();
  const TrainedModel training = run_training(profiles, std::move(ready.split), options.mapping, &stop, job);
  on_root(job.ranks(), [&] {
    write_model(*ready.out, training.model);
    job.log.info("{}: written", options.out);
    ready.summary->write(
        {{"provenance", to_json(job.provenance)}, {"training", to_json(training)}, {"memory", memory}});
    remove_checkpoints(options.mapping, job.log);
  });
}

}  // namespace dko::app
