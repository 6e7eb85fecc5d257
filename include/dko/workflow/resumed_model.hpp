#pragma once

#include <string>

#include "dko/expression/matrix.hpp"
#include "dko/mapping/model.hpp"
#include "dko/training/ensemble.hpp"

namespace dko {

/// For a job that is resumed with a model that an earlier one made: that it is the one that these options and
/// data would make. Local. @throws InputError that says what differs
void require_model_of(const Model& model, const std::string& file, const ExpressionMatrix& matrix,
                      const Split& split, const ModelOptions& options, const Provenance& provenance);

}  // namespace dko
