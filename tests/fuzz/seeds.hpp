#pragma once
// Small sound files of every kind, made by dko's own writers, as bytes. What fuzzing starts from.

#include <memory>
#include <string>
#include <vector>

#include "dko/expression/matrix.hpp"
#include "dko/training/two_layer/trainer.hpp"

namespace dko::fuzz {

using Files = std::vector<std::string>;

Files text_seeds();
Files matrix_market_seeds();
std::vector<std::string> parse_seeds();
std::vector<std::string> kallisto_seeds();
Files h5ad_seeds();
Files tenx_seeds();
Files model_seeds();
Files screen_seeds();
Files checkpoint_seeds();
Files prediction_seeds();
Files event_seeds();
Files truth_seeds();

/// What lists of events and truths are of.
const ExpressionMatrix& small_matrix();

/// A training that has made no step, and is the one that checkpoints are of. Members outlive the trainer.
struct Training {
  std::unique_ptr<RelativeProfiles> profiles;
  std::unique_ptr<Split> split;
  std::unique_ptr<TrainingOptions> options;
  std::unique_ptr<Trainer> trainer;
};
Training training_of_seeds();

}  // namespace dko::fuzz
