#include "estimate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options/value_semantic.hpp>
#include <iostream>
#include <nlohmann/json.hpp>

#include "checkpoint_options.hpp"
#include "command.hpp"
#include "dko/base/error.hpp"
#include "dko/base/text.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/results/model_notes.hpp"
#include "dko/results/screen_size.hpp"
#include "dko/training/checkpoint.hpp"
#include "input.hpp"
#include "made_up_cells.hpp"
#include "screen_memory.hpp"
#include "training_job.hpp"
#include "training_memory.hpp"
#include "training_options.hpp"

namespace dko::app {

namespace po = boost::program_options;

namespace {

struct EstimateOptions {
  InputOptions input;
  std::string model;
  double effects = 32;
  JobSize size;
  ModelOptions mapping;
  ScreenOptions screen;
  CommonOptions common;
};

void add_job_options(CommandLine& line, EstimateOptions& options) {
  line.add()("nodes", po::value(&options.size.nodes)->required()->value_name("N"), "nodes of the job")(
      "ranks-per-node", po::value(&options.size.ranks_per_node)->required()->value_name("R"),
      "ranks on each, one a core")(
      "core-speed", po::value(&options.size.core_speed)->default_value(1, "1")->value_name("F"),
      "pairs a second of one of its cores (dko bench kernel), of those that README states")(
      "model,m", po::value(&options.model)->value_name("FILE"),
      "the screen by this model alone, no training")(
      "effects", po::value(&options.effects)->default_value(options.effects, "32")->value_name("E"),
      "effects a gene of a sparse mapping that is yet to be made");
}

/// Without INPUT --genes and --cells are numbers, and nothing can be chosen.
void check_made_up(const CommandLine& line, const EstimateOptions& options) {
  const std::string& genes = options.input.selection.genes;
  const std::string& cells = options.input.selection.cells;
  if (genes.empty() || cells.empty())
    throw UsageError("give INPUT, or the size of made-up data: --genes N --cells C");
  for (const char* option : {"model", "where", "min-genes", "min-cells", "top-genes", "layer", "raw",
                             "genome", "orientation", "events", "knockout-genes", "knockout-cells"}) {
    if (line.given(option)) throw UsageError(fmt::format("--{} needs INPUT", option));
  }
  for (const auto& [option, text, most] :
       {std::tuple("--genes", genes, 1e5), std::tuple("--cells", cells, 1e7)}) {
    const auto number = parse_integer(text);
    if (!number)
      throw UsageError(fmt::format("{} must be a number where there is no INPUT, not '{}'", option, text));
    require_between(option, static_cast<double>(*number), 3, most);
  }
}

bool parse(EstimateOptions& options, const std::vector<std::string>& arguments, const Context& context) {
  CommandLine line(
      "estimate [INPUT] --nodes N --ranks-per-node R [options]",
      "Tells what dko run (or, with --model, dko screen) will take with these options: time,\n"
      "memory, disk, and what limits it on many nodes. By the cost model of this version, on one\n"
      "rank and in seconds; nothing is trained, scored or written. Without INPUT of made-up cells:\n"
      "--genes N --cells C are then their numbers.\n" +
          std::string(input_formats),
      "dko estimate cells.h5ad --top-genes 2000 --order 2 --nodes 4 --ranks-per-node 64");
  line.add_optional("INPUT", options.input.path);
  add_job_options(line, options);
  add_input_options(line, options.input);
  add_screen_options(line, options.screen);
  add_training_options(line, options.mapping);
  add_checkpoint_options(line, options.mapping.checkpoint);
  add_common(line, options.common);
  if (!line.parse(arguments, context)) return false;
  check_input_options(options.input);
  check_screen_options(line, options.screen);
  check_training_options(line, options.mapping);
  complete_checkpoint_options(line, "OUT", false, options.mapping);
  require_between("--nodes", static_cast<double>(options.size.nodes), 1, 1e5);
  require_between("--ranks-per-node", static_cast<double>(options.size.ranks_per_node), 1, 4096);
  require_between("--core-speed", options.size.core_speed, 1e-3, 1e3);
  require_between("--effects", options.effects, 0, 1e5);
  if (options.input.path.empty()) check_made_up(line, options);
  require_distinct({{"INPUT", options.input.path},
                    {"--model", options.model},
                    {"--events", options.screen.events},
                    {"--json", options.common.json}});
  return true;
}

/// The cells of the job, and the model it screens by if there is one.
struct Material {
  ExpressionMatrix matrix;
  std::optional<Model> model;
};

Material load(const EstimateOptions& options, Job& job) {
  Material material;
  if (options.input.path.empty()) {
    material.matrix =
        made_up_cells(*parse_integer(options.input.selection.cells),
                      *parse_integer(options.input.selection.genes), options.mapping.training.seed);
    return material;
  }
  if (options.model.empty()) {
    material.matrix = load_input(options.input, job);
    return material;
  }
  material.model = read_model(options.model);
  material.matrix = load_input(options.input, *material.model, options.model, job);
  return material;
}

/// Of a dense member, on a node: 2·H·N² operations.
double seconds_to_collapse(const MappingShape& shape, const JobSize& size) {
  constexpr double operations_a_second = 43e9;  // of a core, in double precision
  const auto genes = static_cast<double>(shape.genes);
  return 2 * static_cast<double>(shape.hidden) * genes * genes /
         (operations_a_second * size.core_speed * static_cast<double>(size.ranks_per_node));
}

void add_training(Estimate& estimate, const ExpressionMatrix& matrix, const EstimateOptions& options) {
  const ModelOptions& mapping = options.mapping;
  const auto ranks = static_cast<int>(estimate.size.ranks());
  const Split split = split_cells(matrix, mapping.training.validation, 0, {}, mapping.training.seed);
  check_training(split, mapping);
  estimate.training_memory = training_memory(matrix, split, mapping, ranks);
  estimate.disk.model = model_bytes(matrix, mapping);
  if (mapping.kind != MappingKind::dko) return;
  estimate.training = forecast_training(training_size(matrix, split, mapping.training), mapping, ranks,
                                        estimate.size.core_speed);
  if (!mapping.checkpoint.file.empty()) {
    const MappingShape shape = mapping_shape(matrix, mapping.training);
    estimate.disk.checkpoint = 2 * static_cast<double>(mapping.made()) *
                               checkpoint_bytes(shape, mapping.training.steps, !split.validation.empty());
  }
}

/// What a model that was read is collapsed to, and sent to each node.
void add_model(Estimate& estimate, const Model& model) {
  for (const Member& member : model.members) {
    const auto* trained = std::get_if<TrainedMapping>(&member);
    if (trained == nullptr) continue;
    estimate.collapse_seconds += seconds_to_collapse(trained->mapping.shape(), estimate.size);
    estimate.mapping_bytes += bytes_of_parameters(trained->mapping.shape());
  }
}

std::vector<CellCosts> costs_of(const Material& material, const EstimateOptions& options) {
  const MappingKind kind = material.model ? material.model->kind() : options.mapping.kind;
  if (kind == MappingKind::dko) return dense_costs_of(material.matrix);
  if (material.model) return cell_costs(material.matrix, collapse(*material.model));
  return sparse_costs_of(material.matrix, options.effects);
}

/// Of which the screen file has curves.
std::int64_t steps_noted(const Material& material, const ModelOptions& options) {
  if (!material.model) return options.kind == MappingKind::dko ? options.training.steps : 0;
  return most_steps(records_of(*material.model));
}

void add_screen(Estimate& estimate, const Material& material, const EstimateOptions& options) {
  const ExpressionMatrix& matrix = material.matrix;
  const std::int64_t members = material.model ? std::ssize(material.model->members) : options.mapping.members;
  const ScreenPlan plan = plan_of(matrix, options.screen, members, options.mapping.training.seed);
  const ScreenedModel sizes =
      material.model ? screened_model(*material.model, matrix) : screened_model(options.mapping, matrix);
  const std::int64_t ranks = estimate.size.ranks();
  estimate.knockouts = count_events(matrix, plan);
  estimate.screen = forecast_screen(plan, matrix, costs_of(material, options), ranks);
  estimate.screen_memory = screen_memory(matrix, plan, sizes);
  if (estimate.training_memory) add_plan(*estimate.training_memory, matrix, plan);
  estimate.disk.screen = screen_file_bytes(matrix, plan) + block_record_bytes(matrix, plan, ranks) +
                         model_notes_bytes(members, matrix.genes(), steps_noted(material, options.mapping));
  estimate.disk.temporary = temporary_bytes(matrix, plan, ranks);
  const PairKeeping& keeping = plan.keeping;
  estimate.keeps_by_threshold =
      plan.doubles.any() && keeping.form == PairKeeping::Form::selected && keeping.top == 0;
  estimate.hdf5_objects = screen_file_objects(plan);
  MemoryNeed data = data_memory("data", matrix);
  add_plan(data, matrix, plan);
  estimate.data_bytes = data.node_bytes();
  if (sizes.kind == MappingKind::sparse) estimate.mapping_bytes = sizes.mapping_bytes;
}

Estimate estimate_of(const EstimateOptions& options, Job& job) {
  const Material material = load(options, job);
  Estimate estimate;
  estimate.size = options.size;
  estimate.genes = material.matrix.genes();
  estimate.cells = material.matrix.cells();
  estimate.trains = !material.model;
  if (material.model) {
    add_model(estimate, *material.model);
  } else {
    add_training(estimate, material.matrix, options);
    if (options.mapping.kind == MappingKind::dko) {
      const auto members = static_cast<double>(options.mapping.members);
      const MappingShape shape = mapping_shape(material.matrix, options.mapping.training);
      estimate.collapse_seconds = members * seconds_to_collapse(shape, estimate.size);
      estimate.mapping_bytes = members * bytes_of_parameters(shape);
    }
  }
  add_screen(estimate, material, options);
  return estimate;
}

}  // namespace

void estimate_command(const std::vector<std::string>& arguments, const Context& context) {
  EstimateOptions options;
  if (!parse(options, arguments, context)) return;
  Job job(context, options.common, options.mapping.training.seed);
  on_root(job.ranks(), [&] {
    Summary summary(options.common);
    const Estimate estimate = estimate_of(options, job);
    std::cout << text_of(estimate);
    nlohmann::ordered_json json = to_json(estimate);
    json["provenance"] = to_json(job.provenance);
    summary.write(json);
  });
}

}  // namespace dko::app
