#include "dko/workflow/input_data.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dko/base/error.hpp"
#include "dko/base/parameter.hpp"
#include "dko/base/text.hpp"
#include "dko/expression/cell_conditions.hpp"
#include "dko/system/available_memory.hpp"

namespace dko {

std::string text_of(const TableUse& use) {
  std::string uses = fmt::format("{} is for {}", parameter("obs-file"), parameter("where"));
  for (const std::string& option : use.options) uses += fmt::format(" and {}", parameter(option));
  return uses;
}

namespace {

/// Rank 0's data, with its covariates: those that are asked for, or those of a model.
struct Loaded {
  ExpressionMatrix matrix;
  std::string description;
};

/// Which of the used cells meet each of the named conditions.
std::vector<std::vector<std::int32_t>> find_named(const InputOptions& options, CellConditions& conditions,
                                                  const std::vector<std::int32_t>& cells, Log& log) {
  std::vector<std::vector<std::int32_t>> groups;
  for (const NamedCells& group : options.named) {
    const std::vector<bool> holds =
        conditions.meet(group.condition, group.option, options.selection.missing(), log);
    groups.emplace_back();
    for (std::size_t at = 0; at < cells.size(); ++at)
      if (holds[static_cast<std::size_t>(cells[at])]) groups.back().push_back(static_cast<std::int32_t>(at));
    if (groups.back().empty())
      throw InputError(fmt::format("{} '{}': none of the cells that are used is such a cell: {}",
                                   parameter(group.option), group.condition,
                                   conditions.ranges_in({group.condition}, cells)));
  }
  return groups;
}

/// The used ones of all cells that meet the conditions on knockouts.
std::vector<std::int32_t> meeting(const InputOptions& options, CellConditions& conditions,
                                  const std::vector<std::int32_t>& used, Log& log) {
  const std::vector<bool> holds =
      conditions.meet_all(options.knockout_where, "knockout-where", options.selection.missing(), log);
  std::vector<std::int32_t> meeting;
  for (std::size_t at = 0; at < used.size(); ++at)
    if (holds[static_cast<std::size_t>(used[at])]) meeting.push_back(static_cast<std::int32_t>(at));
  if (meeting.empty())
    throw InputError(fmt::format("{}: no cell that is used meets {} '{}': {}", options.path,
                                 parameter("knockout-where"), fmt::join(options.knockout_where, "' and '"),
                                 conditions.ranges_in(options.knockout_where, used)));
  log.info("{} '{}': knockouts in {} of {}", parameter("knockout-where"),
           fmt::join(options.knockout_where, "' and '"), with_thousands(std::ssize(meeting)),
           counted(std::ssize(used), "cell"));
  return meeting;
}

Loaded load(const InputOptions& options, const Covariates* of_model, const std::string& model_path, Log& log,
            CellsToScreen* cells) {
  ReadOptions read = options.read;
  read.memory = available_memory();
  const ExpressionMatrix all = read_expression(options.path, read, log);
  Selected selected = select(all, options.selection, options.path, log);
  warn_of_unusual(selected.matrix, options.path, log);
  if (cells != nullptr) {
    const std::filesystem::path path = options.path;
    const std::string& table = options.selection.obs_file;
    if (options.obs) cells->obs = read_obs(*options.obs, all, selected.cells, path, table, log);
    CellConditions conditions(all, path, table);
    cells->named = find_named(options, conditions, selected.cells, log);
    if (!options.knockout_where.empty()) cells->meeting = meeting(options, conditions, selected.cells, log);
  }
  if (of_model == nullptr && options.covariates.empty())
    return {std::move(selected.matrix), std::move(selected.description)};
  const std::filesystem::path path = options.path;
  const ChosenColumns columns(all, selected.cells, path, options.selection.obs_file);
  Covariates covariates = of_model != nullptr ? *of_model : find_covariates(options.covariates, columns, log);
  std::vector<double> values =
      covariate_values(covariates, columns, of_model != nullptr ? model_path : parameter("covariate"));
  return {selected.matrix.with_covariates(std::move(covariates), std::move(values)),
          std::move(selected.description)};
}

void note(const InputOptions& options, Loaded& loaded, Job& job) {
  job.provenance.input = options.path;
  job.provenance.input_checksum = loaded.matrix.checksum();
  job.provenance.selection = std::move(loaded.description);
  job.provenance.covariates = text_of(loaded.matrix.covariate_kinds());
  job.provenance.covariates_checksum = loaded.matrix.covariates_checksum();
}

}  // namespace

Selected read_input(const InputOptions& options, Log& log) {
  ReadOptions read = options.read;
  read.memory = available_memory();
  Selected selected = select(read_expression(options.path, read, log), options.selection, options.path, log);
  warn_of_unusual(selected.matrix, options.path, log);
  return selected;
}

ExpressionMatrix load_input(const InputOptions& options, Job& job, CellsToScreen* cells) {
  Loaded loaded = load(options, nullptr, {}, job.log, cells);
  note(options, loaded, job);
  return std::move(loaded.matrix);
}

ExpressionMatrix load_input(const InputOptions& options, const Model& model, const std::string& model_path,
                            Job& job, CellsToScreen* cells) {
  const bool has_covariates = !model.covariates.empty();
  if (!options.selection.obs_file.empty() && !options.table_is_used && !has_covariates)
    throw UsageError(fmt::format("{}, and for the covariates of a model; {} has none", text_of(options.table),
                                 model_path));
  Loaded loaded = load(options, has_covariates ? &model.covariates : nullptr, model_path, job.log, cells);
  note(options, loaded, job);
  ExpressionMatrix matrix = std::move(loaded.matrix);
  job.provenance.model_checksum = model.provenance.model_checksum;
  job.provenance.prior = model.provenance.prior;
  if (matrix.gene_names() == model.genes) return matrix;
  const std::string chosen =
      fmt::format("the {} of {}", counted(std::ssize(model.genes), "gene"), model_path);
  job.log.info("{}: {}, of {}", options.path, chosen, with_thousands(matrix.genes()));
  matrix = select_genes(matrix, model.genes, options.path, model_path, job.log);
  job.provenance.input_checksum = matrix.checksum();
  job.provenance.selection += (job.provenance.selection.empty() ? "" : "; ") + chosen;
  return matrix;
}

}  // namespace dko
