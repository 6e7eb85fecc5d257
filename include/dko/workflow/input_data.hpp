#pragma once
// The expression data of a job: its file, how to read it, and which part of it to use.

#include <string>

#include "dko/expression/covariates.hpp"
#include "dko/expression/matrix.hpp"
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
};

/// What it is for, in words, by the names of the parameters.
std::string text_of(const TableUse& use);

struct InputOptions {
  std::string path;
  ReadOptions read;
  Selection selection;
  CovariateRequest covariates;  ///< of a mapping to be trained
  TableUse table;
  bool table_is_used = false;  ///< by conditions, or an option
};

/// Reads the data and chooses cells and genes. Local. @throws as read_expression and select
Selected read_input(const InputOptions& options, Log& log);

/// The same with the covariates that are asked for, and notes all in the provenance. Local: rank 0.
/// @throws as find_covariates
ExpressionMatrix load_input(const InputOptions& options, Job& job);

/// The same for a model, of its genes in its order, with its covariates: the data may have more. Notes the
/// model's checksum too.
/// @throws InputError also if the data lacks some of the model's genes, or covariates, or has categories that
///         the model does not know; UsageError for a table of cells that nothing needs
ExpressionMatrix load_input(const InputOptions& options, const Model& model, const std::string& model_path,
                            Job& job);

}  // namespace dko
