#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "dko/base/error.hpp"
#include "dko/base/text.hpp"
#include "dko/knockout/screen/genes_in_use.hpp"
#include "dko/mapping/decoys_file.hpp"
#include "dko/mapping/model_file.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/results/screen_file/screen_size.hpp"
#include "dko/workflow/base_choice.hpp"
#include "dko/workflow/collapse_members.hpp"
#include "dko/workflow/direction_run.hpp"
#include "dko/workflow/kept_collapse.hpp"
#include "dko/workflow/screen_run.hpp"
#include "dko/workflow/training_run.hpp"
#include "dko/workflow/visibility_notes.hpp"
#include "json_report.hpp"
#include "options/cell_options.hpp"
#include "options/input.hpp"
#include "options/screen_options.hpp"
#include "options/stop_options.hpp"
#include "run_json.hpp"
#include "setup.hpp"
#include "start_job.hpp"

namespace dko::app {

namespace {

struct ScreenCommandOptions {
  InputOptions input;
  std::string model;
  std::string out;
  std::string product;
  std::uint64_t seed = 1;
  ScreenRequest screen;
  StopOptions stop;
  CommonOptions common;
};

CommandLine line_of(ScreenCommandOptions& options) {
  CommandLine line(
      "screen INPUT --model MODEL -o SCREEN [options]",
      "Scores knockouts with a trained model, sharded over all ranks. The data may have more genes than "
      "the model.\n" +
          std::string(input_formats),
      "mpirun -n 4 dko screen cells.h5ad --layer counts --model model.h5 --order 2 -o screen.h5");
  line.option("model,m", options.model, "FILE", "the model, made by dko train").usual().required().reads();
  line.option("out,o", options.out, "FILE", "the screen file to write (HDF5)").usual().required().writes();
  line.option("keep-product", options.product, "FILE",
              "keep A = W2·W1 of a model of the original's mapping in this file, or read it from there: "
              "further screens by the model need not compute it. Let the first screen finish writing FILE "
              "before others start with it; until then they are refused")
      .writes();
  add_input(line, options.input, {{"from", "toward"}, TableUse::Model::required, true});
  add_screen_options(line, options.screen);
  add_cell_options(line, options.input, options.screen);
  add_seed(line, options.seed, "seed of --sample");
  add_resume(line, options.common);
  add_stop_options(line, options.stop);
  add_common(line, options.common);
  line.check([&options](const CommandLine&) {
    options.screen.ignore_missing = options.input.selection.ignore_missing;
    options.input.named = options.screen.direction.ends();
    require_distinct({{"INPUT", options.input.path},
                      {"--model", options.model},
                      {"--out", options.out},
                      {"--keep-product", options.product},
                      {"--json", options.common.json}});
  });
  return line;
}

/// What rank 0 has of a model that is screened by.
struct ScreenedModel {
  Model model;
  std::optional<KeptCollapse> kept = {};  ///< where that is asked for
};

ScreenedModel read_screened(const ScreenCommandOptions& options) {
  if (options.product.empty()) return {read_model(options.model)};
  KeptCollapse kept(options.product, options.model, options.common.force, options.common.resume);
  Model model = kept.read_model_of(options.model);
  return {std::move(model), std::move(kept)};
}

/// Returns the model, and where its A is kept.
ScreenedModel prepare(Preparation& ready, const ScreenCommandOptions& options, Job& job) {
  ScreenedModel screened = read_screened(options);
  Model& model = screened.model;
  ScreenRequest request = options.screen;
  if (!request.direction.is_given()) drop_decoys(model);
  const ExpressionMatrix matrix = load_input(options.input, model, options.model, job, &request.of_input);
  request.base = choose_base(request.base, model, options.model, job.log);
  if (request.direction.is_given())
    request.from_to = from_to_of(request.direction, request.of_input.named, matrix, job.log);
  ModelFootprint footprint = model_footprint(model, matrix);
  if (screened.kept && screened.kept->is_there()) footprint.parameter_bytes = footprint.compute_bytes = 0;
  set_up_screen(ready, matrix, request, footprint, most_steps(records_of(model)), 0, job);
  warn_of_invisible(ready.plan, model.genes, model.visibility, job.log);
  ready.data = matrix.relative_profiles();
  return screened;
}

/// What the screen needs of the members. Collective.
std::vector<CollapsedMapping> collapse(AtRoot<Model> model, AtRoot<std::optional<KeptCollapse>> asked,
                                       const ScreenPlan& plan, const RelativeProfiles& data, Job& job) {
  auto members = model.take(&Model::members);
  if (!job.ranks().broadcast(asked.transform([](const auto& kept) { return kept.has_value(); })))
    return collapse_members(std::move(members), job, genes_in_use(plan, data));
  AtRoot<KeptCollapse> kept = asked.is_here() ? AtRoot(std::move(**asked)) : AtRoot<KeptCollapse>();
  return collapse_kept(kept, std::move(members), job);
}

void run(const ScreenCommandOptions& options, const Context& context) {
  StopRequest stop(options.stop);
  Job job = start_job(context, options.common, options.seed);

  AtRoot<ScreenedModel> screened;
  Setup setup = set_up(options.out, options.common, job,
                       [&](auto& ready) { screened.emplace(prepare(ready, options, job)); });
  ScreenPlan plan = ScreenPlan::replicate(job.nodes, std::move(setup.plan));
  const AtRoot<ScreenNotes> notes = screened.transform([](const ScreenedModel& used) {
    ScreenNotes noted;
    noted.model.records = records_of(used.model);
    noted.model.visibility = used.model.visibility;
    noted.model.advice = used.model.advice;
    noted.model.gene_q_values = gene_q_values(used.model);
    return noted;
  });
  AtRoot<Model> model = screened.take(&ScreenedModel::model);
  AtRoot<std::vector<std::vector<DecoyEffects>>> decoys = take_decoys(model, plan.compares_decoys());
  stop.catch_signals();
  const std::string saved = saved_before_scoring(setup, options.out + ": no knockout was scored yet", job);
  stop.stop_if_asked(job.ranks(), saved);
  const std::vector<CollapsedMapping> members =
      collapse(std::move(model), screened.take(&ScreenedModel::kept), plan, setup.data, job);
  stop.stop_if_asked(job.ranks(), saved);
  set_direction(plan, setup.data, members, std::move(decoys), notes, setup.out, stop, job);
  const ScreenCounts screen = run_screen(plan, setup.data, members, setup.out, notes, stop, job);
  on_root(job.ranks(), [&] {
    setup.summary->write({{"provenance", to_json(job.provenance)},
                          {"screen", to_json(screen)},
                          {"memory", to_json(*setup.memory)}});
  });
}

}  // namespace

std::unique_ptr<Command> screen_command() {
  return make_command<ScreenCommandOptions>(line_of, run);
}

}  // namespace dko::app
