#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>
#include <tuple>

#include "command.hpp"
#include "dko/base/error.hpp"
#include "dko/base/text.hpp"
#include "dko/mapping/model_file.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/simulation/synthetic_cells.hpp"
#include "estimate_effects.hpp"
#include "estimate_report.hpp"
#include "json_report.hpp"
#include "options/cell_options.hpp"
#include "options/checkpoint_options.hpp"
#include "options/input.hpp"
#include "options/screen_options.hpp"
#include "options/training_options.hpp"
#include "start_job.hpp"

namespace dko::app {

namespace {

struct EstimateOptions {
  InputOptions input;
  std::string model;
  double effects = 32;
  JobSize size;
  ModelOptions mapping;
  ScreenRequest screen;
  AllEffectsOptions all_effects;
  std::string out = "OUT";  ///< of the job, which is not given
  CommonOptions common;
};

void add_job_options(CommandLine& line, EstimateOptions& options) {
  line.group("Job");
  line.option("nodes", options.size.nodes, "N", "nodes of the job").range(1, 1e5).usual().required();
  line.option("ranks-per-node", options.size.ranks_per_node, "R", "ranks on each, one a core")
      .range(1, 4096)
      .usual()
      .required();
  line.option("core-speed", options.size.core_speed, "F",
              "speed of a core (pairs a second, dko bench kernel) in parts of that of the reference, in "
              "jobs/README.md")
      .range(1e-3, 1e3);
  line.option("model,m", options.model, "FILE", "estimate only the screen with this model, no training")
      .reads();
  line.option("effects", options.effects, "E",
              "effects on each gene of a sparse mapping that is not fitted yet")
      .range(0, 1e5);
}

/// Without INPUT --genes and --cells are numbers, and nothing can be chosen.
void check_synthetic(const CommandLine& line, const EstimateOptions& options) {
  const std::string& genes = options.input.selection.genes;
  const std::string& cells = options.input.selection.cells;
  if (genes.empty() || cells.empty())
    throw UsageError("give INPUT, or the size of synthetic data: --genes N --cells C");
  for (const char* option : {"model",
                             "where",
                             "obs-file",
                             "covariate",
                             "prior",
                             "min-genes",
                             "min-cells",
                             "top-genes",
                             "with-genes",
                             "layer",
                             "raw",
                             "genome",
                             "orientation",
                             "events",
                             "knockout-genes",
                             "knockout-cells",
                             "knockout-where",
                             "obs",
                             "from",
                             "toward",
                             "toward-profile"}) {
    if (line.given(option)) throw UsageError(fmt::format("--{} needs INPUT", option));
  }
  for (const auto& [option, text, most] :
       {std::tuple("--genes", genes, 100'000), std::tuple("--cells", cells, 10'000'000)}) {
    const auto number = parse_integer(text);
    if (!number)
      throw UsageError(fmt::format("{} must be a number where there is no INPUT, not '{}'", option, text));
    if (*number < 3 || *number > most)
      throw UsageError(fmt::format("{} must be between 3 and {}, not {}", option, most, *number));
  }
}

/// @throws UsageError for what says how a model is made, where there is one
void refuse_training_options(const CommandLine& line) {
  for (const char* option : {"mapping",         "ensemble",       "fdr",      "effects",      "steps",
                             "batch",           "learning-rate",  "schedule", "weight-decay", "validation",
                             "patience",        "validate-every", "parallel", "hidden",       "levels",
                             "covariate",       "categorical",    "prior",    "prior-signs",  "checkpoint",
                             "checkpoint-every"}) {
    if (line.given(option))
      throw UsageError(fmt::format(
          "--{} is for the making of a model, and --model names one: leave out one of them", option));
  }
}

CommandLine line_of(EstimateOptions& options) {
  CommandLine line(
      "estimate [INPUT] --nodes N --ranks-per-node R [options]",
      "Tells what dko run (with --model dko screen, and with --all-effects dko effects) will take with\n"
      "these options: time, memory, disk, and what limits it on many nodes. By the cost model of this\n"
      "version, on one rank and in seconds; nothing is trained, scored or written. Without INPUT of\n"
      "synthetic cells: --genes N --cells C are then their numbers.\n" +
          std::string(input_formats),
      "dko estimate cells.h5ad --top-genes 2000 --order 2 --nodes 4 --ranks-per-node 64");
  line.optional_argument("INPUT", options.input.path);
  add_job_options(line, options);
  add_input_options(line, options.input,
                    {{"covariate", "from", "toward", "group-by"}, TableUse::Model::optional, true});
  add_screen_options(line, options.screen);
  add_cell_options(line, options.input, options.screen);
  add_effects_options(line, options.all_effects);
  add_training_options(line, options.mapping, options.input.covariates);
  add_checkpoint_options(line, options.out, options.common.resume, options.mapping);
  add_common(line, options.common);
  line.check([&options](const CommandLine& parsed) {
    options.screen.ignore_missing = options.input.selection.ignore_missing;
    options.input.named = options.screen.direction.ends();
    check_effects_options(parsed, options.all_effects.asked);
    if (!options.model.empty()) refuse_training_options(parsed);
    if (parsed.given("effects") && options.mapping.kind != MappingKind::sparse)
      throw UsageError("--effects is of a sparse mapping: give --mapping sparse");
    if (options.input.path.empty()) check_synthetic(parsed, options);
    require_distinct({{"INPUT", options.input.path},
                      {"--model", options.model},
                      {"--events", options.screen.events},
                      {"--json", options.common.json}});
  });
  return line;
}

/// The cells of the job, and the model it screens by if there is one.
struct Material {
  ExpressionMatrix matrix;
  std::optional<Model> model;
  CellsToScreen cells{};
};

Material load(const EstimateOptions& options, Job& job) {
  Material material;
  if (options.input.path.empty()) {
    material.matrix =
        synthetic_cells(*parse_integer(options.input.selection.cells),
                        *parse_integer(options.input.selection.genes), options.mapping.training.seed);
    return material;
  }
  if (options.model.empty()) {
    material.matrix = load_input(options.input, job, &material.cells);
    return material;
  }
  material.model = read_model(options.model);
  material.matrix = load_input(options.input, *material.model, options.model, job, &material.cells);
  return material;
}

Estimate estimate_of(const EstimateOptions& options, Job& job) {
  const Material material = load(options, job);
  const std::int64_t members = material.model ? std::ssize(material.model->members) : options.mapping.members;
  ScreenRequest request = options.screen;
  request.of_input = material.cells;
  const MappingKind kind = material.model ? material.model->kind() : options.mapping.kind;
  request.base = request.base.value_or(default_base(kind));
  if (request.direction.is_given())
    request.from_to = from_to_of(request.direction, request.of_input.named, material.matrix, job.log);
  const ScreenPlan plan = plan_of(material.matrix, request, members, options.mapping.training.seed, job.log);
  return estimate_job(
      {material.matrix, material.model, options.mapping, plan, options.effects, options.size});
}

EffectsEstimate estimate_of_effects(const EstimateOptions& options, Job& job) {
  EffectsOptions effects = options.all_effects.effects;
  effects.model = options.model;
  effects.input = options.input;
  effects.knockout_genes = options.screen.genes;
  effects.base = options.screen.base;
  return estimate_effects(effects, options.size, job);
}

void run(const EstimateOptions& options, const Context& context) {
  Job job = start_job(context, options.common, options.mapping.training.seed);
  on_root(job.ranks(), [&] {
    JsonReport summary(options.common);
    nlohmann::ordered_json json;
    const auto report = [&](const auto& estimate) {
      std::cout << text_of(estimate);
      json = to_json(estimate);
    };
    if (options.all_effects.asked)
      report(estimate_of_effects(options, job));
    else
      report(estimate_of(options, job));
    json["provenance"] = to_json(job.provenance);
    summary.write(json);
  });
}

}  // namespace

std::unique_ptr<Command> estimate_command() {
  return make_command<EstimateOptions>(line_of, run);
}

}  // namespace dko::app
