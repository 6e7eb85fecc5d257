#pragma once
// Reading data and training a mapping, as run, train and predict do it.

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "command.hpp"
#include "dko/expression/matrix.hpp"
#include "dko/mapping/model_file.hpp"
#include "dko/training/ensemble.hpp"
#include "job.hpp"

namespace dko::app {

/// Options --mapping, --ensemble, those of training the original's mapping, and --seed.
void add_training_options(CommandLine& line, ModelOptions& options);
/// To be called after parsing. @throws UsageError for values that make no sense, or options of the other kind
/// of mapping.
void check_training_options(const CommandLine& line, const ModelOptions& options);

/// @throws InputError for too few cells, Error if training these data needs more memory than the node has.
///         Local: rank 0, before any computing.
void check_training(const ExpressionMatrix& matrix, const Split& split, const ModelOptions& options,
                    const Job& job);

/// Bytes that training takes on each of as many ranks, nearly. Local.
double training_bytes(const ExpressionMatrix& matrix, const ModelOptions& options, int ranks);

/// Bytes of the model file, nearly. Local.
double model_bytes(const ExpressionMatrix& matrix, const ModelOptions& options);

struct TrainedModel {
  Model model;  ///< its members on rank 0 only
  double seconds = 0;
};

/// Trains on all ranks; notes the model's checksum in the provenance. `split` counts on rank 0, `profiles`
/// is the same on every rank. Collective.
TrainedModel run_training(const ExpressionMatrix& profiles, Split split, const ModelOptions& options,
                          Job& job);

/// How the model came to be: its kind and settings; of an ensemble each member's under of_members.
nlohmann::ordered_json training_json(const Model& model);
nlohmann::ordered_json to_json(const TrainedModel& trained);

}  // namespace dko::app
