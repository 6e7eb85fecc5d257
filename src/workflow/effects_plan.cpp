#include "dko/workflow/effects_plan.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "dko/base/error.hpp"
#include "dko/base/numbers.hpp"
#include "dko/base/parameter.hpp"
#include "dko/base/text.hpp"
#include "dko/mapping/decoys_file.hpp"
#include "dko/mapping/model_file.hpp"
#include "dko/results/aggregate/cell_groups.hpp"
#include "dko/workflow/base_choice.hpp"
#include "dko/workflow/visibility_notes.hpp"

namespace dko {

namespace {

/// The labels of a column, and the number of each cell's.
void find_groups(ObsColumn column, EffectsRequest& request, EffectsNotes& notes, Log& log) {
  CellGroups groups = group_cells(std::move(column));
  if (groups.without > 0)
    log.info("{}: {} without a value in column {} in no group", parameter("group-by"),
             counted(groups.without, "cell"), shown_name(groups.column));
  layer_labels(groups.labels, groups.column);  // refuses what would be one layer
  notes.group_by = groups.column;
  notes.labels = std::move(groups.labels);
  request.group_of_cell = std::move(groups.of_cells);
  request.labels = std::ssize(notes.labels);
}

std::vector<std::int32_t> lost_genes(const EffectsOptions& options, const EffectsPlan& plan, Log& log) {
  auto lost = numbers_below<std::int32_t>(plan.profiles.genes());
  if (options.knockout_genes.empty()) return lost;
  lost = listed_or_named(options.knockout_genes, plan.profiles.gene_index(), parameter("knockout-genes"),
                         options.input.selection.missing(), log);
  std::sort(lost.begin(), lost.end());
  warn_of_invisible(lost, plan.model.genes, plan.model.visibility, log);
  return lost;
}

/// The data; with a column of groups also that.
ExpressionMatrix load_data(const EffectsOptions& options, const Model& model, CellsToScreen& cells,
                           Job& job) {
  if (options.group_by.empty()) return load_input(options.input, model, options.model, job);
  InputOptions input = options.input;
  input.obs = ObsRequest{options.group_by, "group-by"};
  return load_input(input, model, options.model, job, &cells);
}

/// The members of a sparse model; none of the original's kind.
std::vector<const SparseMapping*> sparse_members(const EffectsPlan& plan) {
  std::vector<const SparseMapping*> mappings;
  for (const Member& member : plan.members)
    if (const auto* fitted = std::get_if<FittedMapping>(&member)) mappings.push_back(&fitted->mapping);
  return mappings;
}

}  // namespace

EffectsPlan plan_effects(const EffectsOptions& options, Job& job) {
  EffectsPlan plan{read_model(options.model), {}, {}, {}, {}, 0};
  Model& model = plan.model;
  drop_decoys(model);
  CellsToScreen cells;
  const ExpressionMatrix data = load_data(options, model, cells, job);
  plan.profiles = data.relative_profiles();
  EffectsNotes& notes = plan.notes;
  notes = {data.gene_names(),
           data.gene_ids(),
           model.visibility,
           gene_q_values(model),
           {},
           {},
           {},
           std::ssize(model.members),
           choose_base(options.base, model, options.model, job.log),
           options.filter,
           job.provenance};
  if (options.filter.fdr < 1 && notes.gene_q_values.empty())
    throw InputError(fmt::format("{}: {} has no q-values; a model with {} made by this version has them",
                                 parameter("fdr"), options.model, parameter("mapping", "sparse")));
  plan.request.with_untouched = options.with_untouched;
  plan.request.lost = lost_genes(options, plan, job.log);
  if (!options.group_by.empty()) {
    if (cells.obs.size() != 1) throw UsageError(fmt::format("{} takes one column", parameter("group-by")));
    find_groups(std::move(cells.obs.front()), plan.request, notes, job.log);
  }
  if (!options.gene_sets.empty()) {
    notes.sets = read_gene_sets(options.gene_sets, data, options.least_genes, job.log);
    plan.request.sets = members_of(notes.sets);
  }
  plan.members = model.members;  // a sparse mapping is shared, not copied
  return plan;
}

double most_entries(const EffectsPlan& plan, const EffectFilter& filter) {
  const auto genes = static_cast<double>(plan.model.genes.size());
  const auto rows = static_cast<double>(plan.request.lost.size());
  double most = rows * genes;
  const std::vector<const SparseMapping*> sparse = sparse_members(plan);
  if (!sparse.empty() && !plan.request.with_untouched) {
    double effects = 0;
    for (const std::int32_t gene : plan.request.lost) {
      std::vector<std::int32_t> touched;
      for (const SparseMapping* mapping : sparse) {
        const auto of_member = mapping->loss_column(gene).genes;
        touched.insert(touched.end(), of_member.begin(), of_member.end());
      }
      std::sort(touched.begin(), touched.end());
      effects += static_cast<double>(std::unique(touched.begin(), touched.end()) - touched.begin());
    }
    most = std::min(most, effects);
  }
  return filter.top > 0 ? std::min(most, rows * static_cast<double>(filter.top)) : most;
}

double effects_bytes(const EffectsPlan& plan, const EffectFilter& filter, int ranks) {
  const bool is_dense = plan.model.kind() == MappingKind::dko;
  const auto members = std::ssize(plan.members);
  double bytes = effect_rows_bytes(plan.profiles, !is_dense, members, plan.request, ranks);
  bytes += effect_table_bytes(static_cast<double>(plan.request.lost.size()), most_entries(plan, filter),
                              plan.request, members, !plan.notes.gene_q_values.empty());
  bytes += 8.0 * static_cast<double>(plan.profiles.nonzeros());  // shared with the other ranks
  if (is_dense)
    bytes += static_cast<double>(members) * CollapsedMapping::bytes_of_dense(std::ssize(plan.model.genes));
  return bytes;
}

double effects_file_bytes(const EffectsPlan& plan, const EffectFilter& filter) {
  const bool is_limited = filter.least > 0 || filter.fdr < 1;
  const double entries = is_limited ? 0 : most_entries(plan, filter);
  return effects_file_bytes(static_cast<double>(plan.request.lost.size()), entries, plan.notes);
}

EffectsSeconds effects_seconds(const EffectsPlan& plan) {
  const std::vector<const SparseMapping*> sparse = sparse_members(plan);
  return effects_seconds(effects_work(plan.profiles, plan.request, sparse, std::ssize(plan.members)),
                         most_entries(plan, {}), plan.request);
}

}  // namespace dko
