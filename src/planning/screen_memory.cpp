#include "dko/planning/screen_memory.hpp"

#include <algorithm>

#include "dko/knockout/events/event_index.hpp"
#include "dko/knockout/kernels/dense_cell_kernel.hpp"
#include "dko/knockout/kernels/sparse_cell_kernel.hpp"
#include "dko/knockout/screen/pair_selection.hpp"
#include "dko/knockout/screen/pair_sums_screen.hpp"
#include "dko/knockout/screen/shift_statistics.hpp"
#include "dko/mapping/decoy_size.hpp"
#include "dko/training/sparse/effect_q_values.hpp"
#include "dko/training/two_layer/trainer.hpp"

namespace dko {

namespace {

constexpr double most_effects_of_gene = 150;  // of a sparse mapping, as large as they come
constexpr double growth_of_passed = 3;        // effects with what levels pass on, in parts of those

std::int64_t most_expressed(const ExpressionMatrix& matrix) {
  std::int64_t most = 0;
  for (std::int64_t cell = 0; cell < matrix.cells(); ++cell)
    most = std::max(most, matrix.expressed_count(cell));
  return most;
}

/// Non-zeros of all columns of the expressed genes, over the members, of the cell that has most.
double most_of_columns(const Model& model, const ExpressionMatrix& matrix) {
  std::vector<double> of_gene(static_cast<std::size_t>(matrix.genes()));
  for (const Member& member : model.members) {
    const auto* fitted = std::get_if<FittedMapping>(&member);
    for (std::int64_t gene = 0; fitted != nullptr && gene < matrix.genes(); ++gene)
      of_gene[static_cast<std::size_t>(gene)] +=
          static_cast<double>(fitted->mapping.loss_column(gene).genes.size());
  }
  double most = 0;
  for (std::int64_t cell = 0; cell < matrix.cells(); ++cell) {
    double of_cell = 0;
    for (const std::int32_t gene : matrix.expressed(cell)) of_cell += of_gene[static_cast<std::size_t>(gene)];
    most = std::max(most, of_cell);
  }
  return most;
}

/// What the decoys of a member take.
void add_decoys(ModelFootprint& sizes, const FittedMapping& member) {
  double shared = 0;
  for (const DecoyEffects& draw : member.q_values.decoys) {
    const auto effects = static_cast<double>(draw.effects.size());
    sizes.decoy_bytes += decoy_draw_bytes(member.mapping.genes(), effects);
    shared += SparseMapping::bytes(member.mapping.genes(), effects, member.mapping.factors(),
                                   member.mapping.covariates());
  }
  sizes.decoy_mappings = std::max(sizes.decoy_mappings, shared);
}

/// Genes that may be switched on in a cell, at most.
std::int64_t most_absent(const ScreenPlan& plan) {
  std::int64_t most = 0;
  for (std::int64_t cell = 0; plan.activates && cell < plan.targets.cells(); ++cell)
    most = std::max(most, plan.targets.count(cell));
  if (plan.list && plan.list->has_added()) most = std::max(most, std::ssize(plan.list->genes_added()));
  return most;
}

/// The kernels' memory of the largest cell.
double cell_bytes(const ExpressionMatrix& matrix, const ScreenPlan& plan, const ModelFootprint& model) {
  constexpr double of_effect = sizeof(std::int32_t) + sizeof(double);
  const std::int64_t expressed = most_expressed(matrix);
  const std::int64_t absent = most_absent(plan);
  if (model.kind == MappingKind::dko) return model.members * DenseCellKernel::bytes(expressed, absent);
  // With genes to switch on any column may be needed: no more than the whole mapping has.
  const double effects =
      absent > 0 ? std::max(model.most_of_columns, model.mapping_bytes / of_effect) : model.most_of_columns;
  return model.members * SparseCellKernel::bytes(matrix.genes(), expressed + absent, effects / model.members);
}

/// Scores that wait to be written, in arrays that may have grown to twice their content; and each member's
/// own of the pairs at hand.
double buffer_bytes(const ScreenPlan& plan) {
  constexpr double piece = sizeof(float) * static_cast<double>(scores_per_write);
  double scores = 0;
  if (plan.singles.any()) scores += static_cast<double>(plan.singles.count());
  if (plan.doubles.any()) scores += static_cast<double>(plan.doubles.count());
  if (plan.list) scores += static_cast<double>(plan.listed.count());
  const double wanted = plan.doubles.shift ? 3 : 2;
  const double of_members =
      plan.members > 1 && plan.doubles.any() ? static_cast<double>(plan.members) * wanted : 0;
  return piece * (2 * scores + of_members);
}

/// What the decoys take while they are compared with: those of all members at rank 0, of one member in turn
/// also as the nodes share them, the next of them at rank 0, and a second kernel.
void add_decoys(MemoryNeed& need, const ExpressionMatrix& matrix, const ScreenPlan& plan,
                const ModelFootprint& model) {
  if (model.decoy_bytes == 0) return;
  need.per_node.push_back({"decoys", model.decoy_mappings});
  need.on_one_rank.push_back(
      {"decoys to compare with", model.decoy_bytes + model.decoy_mappings / decoy_draws});
  need.per_rank.push_back({"q-values of shifts", shift_statistics_bytes(matrix.genes(), decoy_draws) +
                                                     cell_bytes(matrix, plan, model) / model.members});
}

double most_of_sums(const ExpressionMatrix& matrix, const ScreenPlan& plan, std::int64_t ranks) {
  return most_sums_memory(plan, pair_genes(plan, matrix), PairIndex(matrix, plan.targets).total(), ranks);
}

double most_of_kept(const ExpressionMatrix& matrix, const ScreenPlan& plan) {
  const PairIndex index(matrix, plan.targets);
  if (plan.keeping.top > 0) return selection_bytes(index.starts(), {0, index.total()}, plan.keeping.top);
  return sizeof(KeptPair) * static_cast<double>(index.total());
}

}  // namespace

double bytes_of_parameters(const MappingShape& shape) {
  return sizeof(float) * static_cast<double>(shape.parameters());
}

double most_effects(const ExpressionMatrix& matrix) {
  return most_effects_of_gene * static_cast<double>(matrix.genes());
}

double bytes_of_largest_sparse(const ExpressionMatrix& matrix, bool has_levels) {
  constexpr std::int64_t factors = 50;
  const auto genes = static_cast<double>(matrix.genes());
  const double effects = most_effects_of_gene * (has_levels ? 1 + growth_of_passed : 1);
  return SparseMapping::bytes(matrix.genes(), effects * genes, factors, matrix.covariate_width());
}

ModelFootprint model_footprint(const Model& model, const ExpressionMatrix& matrix) {
  ModelFootprint sizes{model.kind(), static_cast<double>(model.members.size())};
  for (const Member& member : model.members) {
    if (const auto* trained = std::get_if<TrainedMapping>(&member)) {
      sizes.mapping_bytes += CollapsedMapping::bytes_of_dense(matrix.genes());
      const MappingShape& shape = trained->mapping.shape();
      sizes.parameter_bytes = std::max(sizes.parameter_bytes, bytes_of_parameters(shape));
      sizes.compute_bytes = std::max(sizes.compute_bytes, CollapsedMapping::bytes_to_compute(shape));
    } else {
      const SparseMapping& fitted = std::get<FittedMapping>(member).mapping;
      sizes.mapping_bytes += SparseMapping::bytes(
          fitted.genes(), static_cast<double>(fitted.effects_count() + fitted.passed_count()),
          fitted.factors(), fitted.covariates());
      add_decoys(sizes, std::get<FittedMapping>(member));
    }
  }
  if (sizes.kind == MappingKind::sparse) sizes.most_of_columns = most_of_columns(model, matrix);
  return sizes;
}

ModelFootprint model_footprint(const ModelOptions& options, const ExpressionMatrix& matrix) {
  const auto members = static_cast<double>(options.members);
  if (options.kind == MappingKind::dko) {
    // Rank 0 has all members, and gives each up for one that its node shares.
    const MappingShape shape = mapping_shape(matrix, options.training);
    return {options.kind, members, members * CollapsedMapping::bytes_of_dense(matrix.genes()),
            (members + 1) * bytes_of_parameters(shape), CollapsedMapping::bytes_to_compute(shape)};
  }
  const bool has_decoys = options.fdr == 1;  // with levels at most
  return {options.kind,
          members,
          members * bytes_of_largest_sparse(matrix, options.levels),
          0,
          0,
          members * most_effects_of_gene * (options.levels ? growth_of_passed : 1) *
              static_cast<double>(most_expressed(matrix)),
          has_decoys ? members * decoy_bytes(matrix.genes(), most_effects(matrix), 1).kept : 0,
          has_decoys ? decoy_draws * bytes_of_largest_sparse(matrix) : 0};
}

void add_plan(MemoryNeed& need, const ExpressionMatrix& matrix, const ScreenPlan& plan) {
  const auto cells = static_cast<double>(matrix.cells());
  const double listed = plan.list ? static_cast<double>(plan.list->size()) : 0;
  const auto targets = static_cast<double>(plan.targets.total());
  need.per_node.push_back({"targets", 8 * (cells + 1) + 4 * targets});
  if (plan.list) {
    const auto order = static_cast<double>(plan.list->order());
    need.per_node.push_back({"list", 4 * (plan.list->has_added() ? 2 * order + 1 : order + 1) * listed});
  }
  if (plan.stores_summary()) {
    // The singles that interactions are reckoned by.
    need.per_node.push_back({"single scores", 4 * static_cast<double>(plan.doubles.count()) * targets});
  }
  if (!plan.obs.empty()) need.on_one_rank.push_back({"columns of the cells", bytes_of(plan.obs)});
  // Costs, their sums and starts, for all work and for a rank's part of it: by cell, and by event of a list.
  need.per_rank.push_back({"indices", (plan.stores_summary() ? 184 : 120) * cells + 56 * listed});
}

MemoryNeed screen_memory(const ExpressionMatrix& matrix, const ScreenPlan& plan, const ModelFootprint& model,
                         std::int64_t ranks) {
  MemoryNeed need = data_memory("screening", matrix);
  need.per_node.push_back({"mapping", model.mapping_bytes});
  if (model.parameter_bytes > 0) need.per_node.push_back({"its parameters", model.parameter_bytes});
  need.per_rank.push_back({"a cell", cell_bytes(matrix, plan, model)});
  if (model.compute_bytes > 0) need.per_rank.push_back({"computing A", model.compute_bytes});
  need.per_rank.push_back({"scores to write", buffer_bytes(plan)});
  if (plan.from_to) {
    need.per_rank.push_back(
        {"direction", direction_bytes(*plan.from_to, matrix.genes(), most_expressed(matrix), model.members)});
    if (plan.compares_decoys()) add_decoys(need, matrix, plan, model);
  }
  // What --memory allows is a limit: less is needed where there is less to keep.
  if (plan.stores_summary())
    need.per_rank.push_back(
        {"sums over cells", std::min(plan.keeping.memory, most_of_sums(matrix, plan, ranks))});
  if (plan.keeping.form == PairKeeping::Form::selected && plan.doubles.any())
    need.per_rank.push_back(
        {"kept pairs, at most", std::min(plan.keeping.memory, most_of_kept(matrix, plan))});
  add_plan(need, matrix, plan);
  return need;
}

}  // namespace dko
