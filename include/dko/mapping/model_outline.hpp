#pragma once
// What can be had of a model's file without reading its weights: for whoever has their product.

#include <filesystem>

#include "dko/base/provenance.hpp"
#include "dko/mapping/model.hpp"

namespace dko {

/// As read_model(), without the weights and biases of the original's mapping, which are left empty and
/// unchecked. A sparse model is read as a whole. Local. @throws InputError as read_model()
Model read_model_without_weights(const std::filesystem::path& path);

/// What the file states of the model. Local. @throws InputError if it is no model
Provenance read_model_provenance(const std::filesystem::path& path);

}  // namespace dko
