#include "dko/workflow/effects_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "dko/base/error.hpp"
#include "dko/base/output_file.hpp"
#include "dko/base/parameter.hpp"
#include "dko/base/stopwatch.hpp"
#include "dko/base/text.hpp"
#include "dko/mapping/decoys_file.hpp"
#include "dko/mapping/model_file.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/results/aggregate/cell_groups.hpp"
#include "dko/system/available_memory.hpp"
#include "dko/workflow/base_choice.hpp"
#include "dko/workflow/collapse_members.hpp"
#include "dko/workflow/progress_display.hpp"
#include "dko/workflow/visibility_notes.hpp"

namespace dko {

namespace {

/// What rank 0 has read.
struct Prepared {
  Model model;  // of the sparse kind also where its members are collapsed: for their q-values
  std::vector<Member> members;
  RelativeProfiles profiles;
  EffectsRequest request;
  EffectsNotes notes;
};

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

std::vector<std::int32_t> lost_genes(const EffectsOptions& options, const Prepared& prepared, Log& log) {
  std::vector<std::int32_t> lost(static_cast<std::size_t>(prepared.profiles.genes()));
  std::iota(lost.begin(), lost.end(), 0);
  if (options.knockout_genes.empty()) return lost;
  lost = listed_or_named(options.knockout_genes, prepared.profiles.gene_index(), parameter("knockout-genes"),
                         options.input.selection.missing(), log);
  std::sort(lost.begin(), lost.end());
  warn_of_invisible(lost, prepared.model.genes, prepared.model.visibility, log);
  return lost;
}

/// How many entries there may be.
double most_entries(const Prepared& prepared, const EffectFilter& filter) {
  const auto genes = static_cast<double>(prepared.model.genes.size());
  const auto rows = static_cast<double>(prepared.request.lost.size());
  double most = rows * genes;
  if (prepared.model.kind() == MappingKind::sparse && !prepared.request.with_untouched) {
    double effects = 0;
    for (const std::int32_t gene : prepared.request.lost) {
      std::vector<std::int32_t> touched;
      for (const Member& member : prepared.members) {
        const auto of_member = std::get<FittedMapping>(member).mapping.loss_column(gene).genes;
        touched.insert(touched.end(), of_member.begin(), of_member.end());
      }
      std::sort(touched.begin(), touched.end());
      effects += static_cast<double>(std::unique(touched.begin(), touched.end()) - touched.begin());
    }
    most = std::min(most, effects);
  }
  return filter.top > 0 ? std::min(most, rows * static_cast<double>(filter.top)) : most;
}

void check_memory(const Prepared& prepared, const EffectsOptions& options, const Job& job) {
  const bool is_dense = prepared.model.kind() == MappingKind::dko;
  const int ranks = job.nodes.node.size();
  const auto members = std::ssize(prepared.members);
  double bytes = effect_rows_bytes(prepared.profiles, !is_dense, members, prepared.request, ranks);
  bytes += effect_table_bytes(static_cast<double>(prepared.request.lost.size()),
                              most_entries(prepared, options.filter), prepared.request, members,
                              !prepared.notes.gene_q_values.empty());
  bytes += 8.0 * static_cast<double>(prepared.profiles.nonzeros());  // shared with the other ranks
  if (is_dense)
    bytes +=
        static_cast<double>(members) * CollapsedMapping::bytes_of_dense(std::ssize(prepared.model.genes));
  require_memory(bytes, fmt::format("the effects of {} on {}, with {} on this node ({} or {} bound them)",
                                    counted(std::ssize(prepared.request.lost), "lost gene"),
                                    with_thousands(std::ssize(prepared.model.genes)), counted(ranks, "rank"),
                                    parameter("top"), parameter("knockout-genes")));
}

/// What the file takes at most; with limits on what is kept nobody knows how much less, so that no more than
/// a file without effects is asked for.
void check_disk(const Prepared& prepared, const EffectsOptions& options) {
  const bool is_limited = options.filter.least > 0 || options.filter.fdr < 1;
  const double entries = is_limited ? 0 : most_entries(prepared, options.filter);
  require_disk_space(
      options.out,
      effects_file_bytes(static_cast<double>(prepared.request.lost.size()), entries, prepared.notes),
      "the effects");
}

/// The data; with a column of groups also that.
ExpressionMatrix load_data(const EffectsOptions& options, const Model& model, CellsToScreen& cells,
                           Job& job) {
  if (options.group_by.empty()) return load_input(options.input, model, options.model, job);
  InputOptions input = options.input;
  input.obs = ObsRequest{options.group_by, "group-by"};
  return load_input(input, model, options.model, job, &cells);
}

Prepared prepare(const EffectsOptions& options, Job& job) {
  Prepared prepared{read_model(options.model), {}, {}, {}, {}};
  Model& model = prepared.model;
  drop_decoys(model);
  CellsToScreen cells;
  const ExpressionMatrix data = load_data(options, model, cells, job);
  prepared.profiles = data.relative_profiles();
  EffectsNotes& notes = prepared.notes;
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
  prepared.request.with_untouched = options.with_untouched;
  prepared.request.lost = lost_genes(options, prepared, job.log);
  if (!options.group_by.empty()) {
    if (cells.obs.size() != 1) throw UsageError(fmt::format("{} takes one column", parameter("group-by")));
    find_groups(std::move(cells.obs.front()), prepared.request, notes, job.log);
  }
  if (!options.gene_sets.empty()) {
    notes.sets = read_gene_sets(options.gene_sets, data, options.least_genes, job.log);
    prepared.request.sets = members_of(notes.sets);
  }
  prepared.members = model.members;  // a sparse mapping is shared, not copied
  check_memory(prepared, options, job);
  check_disk(prepared, options);
  if (model.kind() == MappingKind::dko) model.members.clear();
  return prepared;
}

/// The request, on every rank. Collective.
EffectsRequest replicate(const Communicator& ranks, AtRoot<EffectsRequest> request) {
  std::vector<std::int32_t> members;
  std::vector<std::int64_t> sizes;
  std::int64_t untouched = 0;
  if (request.is_here()) {
    for (const auto& set : request->sets) {
      members.insert(members.end(), set.begin(), set.end());
      sizes.push_back(std::ssize(set));
    }
    untouched = request->with_untouched ? 1 : 0;
  }
  EffectsRequest everywhere = std::move(request).or_empty();
  ranks.broadcast(everywhere.lost);
  ranks.broadcast(everywhere.group_of_cell);
  ranks.broadcast(everywhere.labels);
  ranks.broadcast(untouched);
  ranks.broadcast(members);
  ranks.broadcast(sizes);
  everywhere.with_untouched = untouched != 0;
  everywhere.sets.clear();
  auto next = members.begin();
  for (const std::int64_t size : sizes) {
    everywhere.sets.emplace_back(next, next + size);
    next += size;
  }
  return everywhere;
}

}  // namespace

AtRoot<Effects> run_effects(const EffectsOptions& options, Job& job) {
  const Communicator& ranks = job.ranks();
  AtRoot<Prepared> prepared = on_root(ranks, [&] { return prepare(options, job); });
  const std::vector<CollapsedMapping> members = collapse_members(prepared.take(&Prepared::members), job);
  const EffectsRequest request = replicate(ranks, prepared.take(&Prepared::request));
  const RelativeProfiles profiles =
      RelativeProfiles::replicate(job.nodes, prepared.take(&Prepared::profiles));
  const auto base = static_cast<Base>(ranks.broadcast(
      prepared.transform([](const Prepared& own) { return static_cast<std::int64_t>(own.notes.base); })));
  AtRoot<Effects> effects = prepared.transform([&](const Prepared& own) {
    return Effects{EffectTable(request.groups(), !own.notes.gene_q_values.empty()), own.notes};
  });
  const Stopwatch watch;
  for_each_effect_row(
      profiles, members, base, request, job.nodes,
      [&](const EffectRow& row) {
        effects->table.add(row, direct_effect_q_values(prepared->model, row.lost), options.filter);
      },
      show_progress(job.log, "losing genes", "genes"));
  on_root(ranks, [&] {
    job.log.info("{} of {} on {} in {}", counted(effects->table.entries(), "effect"),
                 counted(effects->table.rows(), "lost gene"), with_thousands(profiles.genes()),
                 human_seconds(watch.seconds()));
  });
  return effects;
}

}  // namespace dko
