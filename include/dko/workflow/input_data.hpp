#pragma once
// The expression data of a job: its file, how to read it, and which part of it to use.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dko/expression/covariates.hpp"
#include "dko/expression/matrix.hpp"
#include "dko/expression/obs_columns.hpp"
#include "dko/expression/reader.hpp"
#include "dko/expression/selection.hpp"
#include "dko/mapping/model.hpp"
#include "dko/workflow/job.hpp"

namespace dko {

/// What a table of the cells (obs-file) is for, beside conditions on them.
struct TableUse {
  /// A model whose covariates are looked up in it, which are known once it is read.
  enum class Model { none, optional, required };

  Names options = {};  ///< of the command, by name
  Model model = Model::none;
  bool is_kept = false;  ///< the command's output keeps its columns: it is of use in any case
};

/// What it is for, in words, by the names of the parameters.
std::string text_of(const TableUse& use);

/// Cells that an option of the command names by a condition, as --where does.
struct NamedCells {
  std::string option;  ///< the parameter, for messages
  std::string condition;
};

struct InputOptions {
  std::string path;
  ReadOptions read;
  Selection selection;
  CovariateRequest covariates;                   ///< of a mapping to be trained
  std::optional<ObsRequest> obs = ObsRequest{};  ///< columns of the cells to keep; none: not read
  std::vector<std::string> knockout_where;       ///< conditions on the cells that knockouts are for
  std::vector<NamedCells> named;                 ///< cells that are used, by conditions
  TableUse table;
  bool table_is_used = false;  ///< by conditions, or an option
};

/// What a screen is to know of the cells that are used, beside their expression.
struct CellsToScreen {
  ObsColumns obs;
  std::optional<std::vector<std::int32_t>> meeting;   ///< those that meet the conditions on knockouts
  std::vector<std::vector<std::int32_t>> named = {};  ///< by InputOptions::named, ascending; perhaps none
};

/// Reads the data and chooses cells and genes. Local. @throws as read_expression and select
Selected read_input(const InputOptions& options, Log& log);

/// The same with the covariates that are asked for, and notes all in the provenance. With `cells` reads these
/// too. Local: rank 0.
/// @throws as find_covariates, read_obs and CellConditions::meet_all; InputError if no cell that is used
/// meets the
///         conditions on knockouts
ExpressionMatrix load_input(const InputOptions& options, Job& job, CellsToScreen* cells = nullptr);

/// The same for a model, of its genes in its order, with its covariates: the data may have more. Notes the
/// model's checksum too.
/// @throws InputError also if the data lacks some of the model's genes, or covariates, or has categories that
///         the model does not know; UsageError for a table of cells that nothing needs
ExpressionMatrix load_input(const InputOptions& options, const Model& model, const std::string& model_path,
                            Job& job, CellsToScreen* cells = nullptr);

}  // namespace dko
