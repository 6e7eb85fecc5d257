#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options/value_semantic.hpp>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "dko/base/error.hpp"
#include "dko/base/text.hpp"
#include "dko/mapping/model_file.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/planning/screen_memory.hpp"
#include "dko/workflow/collapse_members.hpp"
#include "dko/workflow/screen_run.hpp"
#include "dko/workflow/training_run.hpp"
#include "input.hpp"
#include "run_json.hpp"
#include "screen_options.hpp"
#include "start_job.hpp"
#include "stop_options.hpp"

namespace dko::app {

namespace po = boost::program_options;

namespace {

struct ScreenCommandOptions {
  InputOptions input;
  std::string model;
  std::string out;
  std::uint64_t seed = 1;
  ScreenOptions screen;
  StopOptions stop;
  CommonOptions common;
};

struct Preparation {
  std::optional<OutputFile> out;
  std::optional<Summary> summary;
  ExpressionMatrix matrix;
  ScreenPlan plan;
  std::vector<Member> members;
  ScreenNotes notes;
  MemoryNeed memory;
};

bool parse(ScreenCommandOptions& options, const std::vector<std::string>& arguments, const Context& context) {
  CommandLine line(
      "screen INPUT --model MODEL -o SCREEN [options]",
      "Scores knockouts with a trained model, sharded over all ranks. The data may have more genes than "
      "the model.\n" +
          std::string(input_formats),
      "mpirun -n 4 dko screen cells.h5ad --layer counts --model model.h5 --order 2 -o screen.h5");
  add_input(line, options.input);
  line.add()("model,m", po::value(&options.model)->value_name("FILE")->required(),
             "the model, made by dko train")("out,o", po::value(&options.out)->value_name("FILE")->required(),
                                             "the screen file to write (HDF5)");
  add_seed(line, options.seed, "seed of --sample");
  add_screen_options(line, options.screen);
  add_resume(line, options.common);
  add_stop_options(line, options.stop);
  add_common(line, options.common);
  if (!line.parse(arguments, context)) return false;
  check_input_options(options.input);
  check_screen_options(line, options.screen);
  require_distinct({{"INPUT", options.input.path},
                    {"--model", options.model},
                    {"--events", options.screen.events},
                    {"--out", options.out},
                    {"--json", options.common.json}});
  return true;
}

void prepare(Preparation& ready, const ScreenCommandOptions& options, Job& job) {
  ready.out.emplace(options.out, options.common.force, options.common.resume);
  ready.summary.emplace(options.common);
  Model model = read_model(options.model);
  ready.matrix = load_input(options.input, model, options.model, job);
  ready.plan = make_plan(ready.matrix, options.screen, std::ssize(model.members), *ready.out, job);
  ready.notes.model.records = records_of(model);
  check_screen(ready.matrix, ready.plan, *ready.out, model.kind(), most_steps(ready.notes.model.records),
               job.ranks().size());
  ready.memory = screen_memory(ready.matrix, ready.plan, screened_model(model, ready.matrix));
  ready.members = std::move(model.members);
}

}  // namespace

void screen_command(const std::vector<std::string>& arguments, const Context& context) {
  ScreenCommandOptions options;
  if (!parse(options, arguments, context)) return;
  StopRequest stop(options.stop);
  Job job = start_job(context, options.common, options.seed);

  Preparation ready;
  on_root(job.ranks(), [&] { prepare(ready, options, job); });
  nlohmann::ordered_json memory;
  memory["screening"] = to_json(require_on_every_node(ready.memory, job));
  const ExpressionMatrix matrix = ExpressionMatrix::replicate(job.nodes, std::move(ready.matrix));
  const ScreenPlan plan = ScreenPlan::replicate(job.nodes, std::move(ready.plan));
  const std::vector<CollapsedMapping> members = collapse_members(std::move(ready.members), job);
  stop.catch_signals();
  const ScreenCounts screen = run_screen(plan, matrix, members, ready.out, ready.notes, stop, job);
  on_root(job.ranks(), [&] {
    ready.summary->write(
        {{"provenance", to_json(job.provenance)}, {"screen", to_json(screen)}, {"memory", memory}});
  });
}

}  // namespace dko::app
