#pragma once
// Reading data and training a mapping, as run, train and predict do it.

#include <optional>

#include "dko/expression/matrix.hpp"
#include "dko/mapping/model_file.hpp"
#include "dko/training/ensemble.hpp"
#include "dko/workflow/job.hpp"
#include "dko/workflow/stop_request.hpp"

namespace dko {

/// @throws InputError for too few cells. Local: rank 0, before any computing.
void check_training(const Split& split, const ModelOptions& options);

/// Approximate size of the model file in bytes. Local.
double model_bytes(const ExpressionMatrix& matrix, const ModelOptions& options);

/// Steps of the longest training; a fit has none. Local.
std::int64_t most_steps(const std::vector<MemberRecord>& records);

struct TrainedModel {
  AtRoot<Model> model;
  std::optional<double> seconds;  ///< none if it was made by an earlier job
};

/// Trains on all ranks, and says how; notes the model's checksum in the provenance of rank 0. `profiles` is
/// the same on every rank. `prior` is of a sparse mapping. Where there are checkpoints it can be stopped. The
/// model has the visibility of the genes; with options.levels those that are not visible enter by their
/// levels. Collective.
/// @throws CollectiveFailure with exit code 5 if it was
TrainedModel run_training(const RelativeProfiles& profiles, AtRoot<Split> split, AtRoot<NetworkPrior> prior,
                          AtRoot<std::vector<GeneVisibility>> visibility, const ModelOptions& options,
                          const StopRequest* stop, Job& job);

}  // namespace dko
