#pragma once

#include <string>
#include <vector>

#include "dko/mapping/model.hpp"

namespace dko {

/// A model and the file it is from, for messages.
struct NamedModel {
  std::string file;
  Model model;
};

/// The ensemble of the members of all models, in their order. Input, its checksum and selection, and the seed
/// are those of the first; all else of the provenance is left to the caller, but for the model's checksum.
/// Local.
/// @throws InputError, naming the files, unless all are of the same genes, kind and data (by checksum), and
/// no member is there twice, by its seed or its parameters; or if they are more than most_members
Model join_models(std::vector<NamedModel> models);

/// Which members of the ensemble that these were trained for (--ensemble K --member M in their command lines)
/// are not among them: "member 1 of 3"; empty if none, or if that is not known. Local.
std::string missing_members(const std::vector<NamedModel>& models);

}  // namespace dko
