#include "dko/planning/estimate.hpp"

#include <algorithm>

#include "collapse_seconds.hpp"
#include "dko/knockout/screen/direction_search.hpp"
#include "dko/knockout/screen/genes_in_use.hpp"
#include "dko/knockout/screen/shift_statistics.hpp"
#include "dko/mapping/decoy_size.hpp"
#include "dko/mapping/q_values.hpp"
#include "dko/planning/screen_memory.hpp"
#include "dko/planning/training_memory.hpp"
#include "dko/results/model_notes.hpp"
#include "dko/results/screen_file/direction_file.hpp"
#include "dko/results/screen_file/screen_size.hpp"
#include "dko/training/sparse/fit_checkpoint_file.hpp"
#include "dko/training/two_layer/checkpoint.hpp"
#include "dko/workflow/training_run.hpp"

namespace dko {

double Estimate::training_seconds() const {
  return training ? training->seconds : fit ? fit->seconds : 0;
}

double Estimate::wall_seconds() const {
  return training_seconds() + collapse_seconds + direction_seconds + screen.slowest_seconds / size.core_speed;
}

double Estimate::node_hours() const {
  constexpr double seconds_of_hour = 3600;
  return wall_seconds() * static_cast<double>(size.nodes) / seconds_of_hour;
}

double Estimate::longest_block() const {
  const double of_step = training ? training->step_seconds + training->validation_seconds
                         : fit    ? fit->longest_gene
                                  : 0;
  return std::max({of_step, collapse_seconds, screen.longest_block / size.core_speed});
}

double Estimate::bytes_of(const MemoryNeed& need) const {
  return need.node_bytes() + static_cast<double>(size.ranks_per_node) * need.rank_bytes() +
         need.one_rank_bytes();
}

double Estimate::bytes_per_node() const {
  return std::max(bytes_of(screen_memory), training_memory ? bytes_of(*training_memory) : 0);
}

namespace {

void add_training(Estimate& estimate, const EstimateRequest& request) {
  const ExpressionMatrix& matrix = request.matrix;
  const ModelOptions& mapping = request.mapping;
  const auto ranks = static_cast<int>(estimate.size.ranks());
  const Split split = split_cells(matrix, mapping.training.validation, 0, {}, mapping.training.seed);
  check_training(split, mapping);
  estimate.training_memory =
      training_memory(matrix, split, mapping, ranks, static_cast<int>(request.size.ranks_per_node));
  estimate.disk.model = model_bytes(matrix, mapping);
  if (mapping.kind != MappingKind::dko) {
    estimate.fit = forecast_fit(matrix, mapping, ranks, estimate.size.core_speed);
    if (!mapping.checkpoint.file.empty())
      estimate.disk.checkpoint = 2 * static_cast<double>(mapping.made()) * fit_checkpoint_bytes(matrix);
    return;
  }
  estimate.training = forecast_training(training_size(matrix, split, mapping.training), mapping, ranks,
                                        estimate.size.core_speed);
  if (!mapping.checkpoint.file.empty()) {
    const MappingShape shape = mapping_shape(matrix, mapping.training);
    estimate.disk.checkpoint = 2 * static_cast<double>(mapping.made()) *
                               checkpoint_bytes(shape, mapping.training.steps, !split.validation.empty());
  }
}

/// What a model that was read is collapsed to, and sent to each node.
void add_model(Estimate& estimate, const Model& model, std::int64_t genes) {
  for (const Member& member : model.members) {
    const auto* trained = std::get_if<TrainedMapping>(&member);
    if (trained == nullptr) continue;
    estimate.collapse_seconds += seconds_to_collapse(trained->mapping.shape(), genes, estimate.size);
    estimate.mapping_bytes += bytes_of_parameters(trained->mapping.shape());
  }
}

/// Counts the effects of a sparse model, a mean over the members.
double mean_effects(const Model& model) {
  double effects = 0;
  for (const Member& member : model.members) {
    if (const auto* fitted = std::get_if<FittedMapping>(&member))
      effects += static_cast<double>(fitted->mapping.effects_count());
  }
  return effects / static_cast<double>(model.members.size());
}

std::vector<CellCosts> costs_of(const EstimateRequest& request) {
  const MappingKind kind = request.model ? request.model->kind() : request.mapping.kind;
  if (kind == MappingKind::dko) return dense_costs_of(request.matrix);
  if (request.model) return cell_costs(request.matrix, collapse(*request.model));
  return sparse_costs_of(request.matrix, request.effects);
}

/// Seconds until the direction and its q-values are there.
double seconds_to_direct(const EstimateRequest& request, std::span<const CellCosts> costs, bool has_decoys,
                         const JobSize& size) {
  if (!request.plan.from_to) return 0;
  const FromTo& from_to = *request.plan.from_to;
  double seconds = direction_seconds(from_to, costs);
  if (has_decoys) {
    double effects = request.effects * static_cast<double>(request.matrix.genes());
    if (request.model) effects = mean_effects(*request.model);
    seconds += shift_statistics_seconds(from_to, request.matrix, costs, decoy_draws, effects);
  }
  return seconds * static_cast<double>(request.plan.members) /
         (size.core_speed * static_cast<double>(size.ranks()));
}

/// Number of steps whose curves the screen file stores.
std::int64_t steps_noted(const EstimateRequest& request) {
  const ModelOptions& options = request.mapping;
  if (!request.model) return options.kind == MappingKind::dko ? options.training.steps : 0;
  return most_steps(records_of(*request.model));
}

void add_screen(Estimate& estimate, const EstimateRequest& request) {
  const ExpressionMatrix& matrix = request.matrix;
  const ScreenPlan& plan = request.plan;
  const std::int64_t members = request.plan.members;
  const ModelFootprint sizes =
      request.model ? model_footprint(*request.model, matrix) : model_footprint(request.mapping, matrix);
  const std::int64_t ranks = estimate.size.ranks();
  estimate.knockouts = count_events(matrix, plan);
  const std::vector<CellCosts> costs = costs_of(request);
  estimate.screen = forecast_screen(plan, matrix, costs, ranks);
  estimate.direction_seconds =
      seconds_to_direct(request, costs, sizes.decoy_bytes > 0 && plan.compares_decoys(), request.size);
  estimate.screen_memory = screen_memory(matrix, plan, sizes, ranks);
  if (estimate.training_memory) add_plan(*estimate.training_memory, matrix, plan);
  estimate.disk.screen = screen_file_bytes(matrix, plan) + block_record_bytes(matrix, plan, ranks) +
                         direction_file_bytes(plan, matrix.genes(), matrix.cells()) +
                         model_notes_bytes(members, matrix.genes(), steps_noted(request));
  estimate.disk.temporary = temporary_bytes(matrix, plan, ranks);
  const PairKeeping& keeping = plan.keeping;
  if (plan.doubles.any() && keeping.form == PairKeeping::Form::selected && keeping.top == 0)
    estimate.disk.above_threshold_at_most = kept_pairs_bytes(estimate.knockouts.pairs, plan.doubles);
  const bool has_q_values =
      sizes.kind == MappingKind::sparse && (!request.model || !gene_q_values(*request.model).empty());
  estimate.hdf5_objects = screen_file_objects(matrix, plan, has_q_values);
  MemoryNeed data = data_memory("data", matrix);
  add_plan(data, matrix, plan);
  estimate.data_bytes = data.node_bytes();
  if (sizes.kind == MappingKind::sparse) estimate.mapping_bytes = sizes.mapping_bytes;
}

}  // namespace

Estimate estimate_job(const EstimateRequest& request) {
  Estimate estimate;
  estimate.size = request.size;
  estimate.genes = request.matrix.genes();
  estimate.cells = request.matrix.cells();
  const auto genes = std::ssize(genes_in_use(request.plan, request.matrix));
  if (request.model) {
    add_model(estimate, *request.model, genes);
  } else {
    add_training(estimate, request);
    if (request.mapping.kind == MappingKind::dko) {
      const auto members = static_cast<double>(request.mapping.members);
      const MappingShape shape = mapping_shape(request.matrix, request.mapping.training);
      estimate.collapse_seconds = members * seconds_to_collapse(shape, genes, estimate.size);
      estimate.mapping_bytes = members * bytes_of_parameters(shape);
    }
  }
  add_screen(estimate, request);
  return estimate;
}

}  // namespace dko
