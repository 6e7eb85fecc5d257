#pragma once

#include <vector>

#include "common_options.hpp"
#include "dko/expression/covariates.hpp"
#include "dko/training/ensemble.hpp"

namespace dko::app {

/// The values of an option --mapping.
std::vector<Choice<MappingKind>> mapping_choices();

/// Options --mapping, --ensemble, --covariate, --categorical, those of training the original's mapping, and
/// --seed.
void add_training_options(CommandLine& line, ModelOptions& options, CovariateRequest& covariates);

}  // namespace dko::app
