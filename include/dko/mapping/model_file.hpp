#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "dko/base/names.hpp"
#include "dko/base/output_file.hpp"
#include "dko/base/provenance.hpp"
#include "dko/mapping/mapping.hpp"

namespace dko {

/// How a mapping was trained. Losses are mean Bray-Curtis distances per cell, one a step, taken with the
/// weights before that step's update.
struct TrainingRecord {
  std::int64_t steps = 0;  ///< made: fewer than asked for if patience ended the training
  std::int64_t batch = 0;
  double learning_rate = 0;           ///< at its highest
  std::string schedule = "constant";  ///< of the learning rate
  double weight_decay = 0;
  std::int64_t patience = 0;  ///< 0: none
  std::int64_t training_cells = 0;
  std::int64_t validation_cells = 0;
  std::int64_t best_step = 0;       ///< the step whose weights were kept, from 0
  double best_validation_loss = 0;  ///< NaN without validation cells
  std::vector<float> training_losses;
  std::vector<float> validation_losses;  ///< empty without validation cells
};

/// A trained mapping with all that is needed to use it and to say where it comes from.
struct Model {
  Mapping mapping;
  Names genes;
  TrainingRecord training;
  Provenance provenance;
};

/// Bytes of the file, nearly.
double model_file_bytes(const MappingShape& shape, std::int64_t steps);

/// Writes model.h5: attributes format, version and provenance; genes/name; mapping/{W1t,b1,W2,b2} with W1t
/// and W2 of N × H; training/ with settings as attributes and the curves of losses. Gives the file its
/// name. Local. @throws IoError
void write_model(OutputFile& output, const Model& model);

/// A file without schedule, weight decay and patience is of a training that had none.
/// Local. @throws InputError if it is no model of a version this program reads, or its checksum is wrong.
Model read_model(const std::filesystem::path& path);

}  // namespace dko
