#pragma once
// Which covariates a model needs, in its file.

#include "dko/expression/covariate.hpp"
#include "dko/hdf5/location.hpp"

namespace dko {

/// Writes covariates/{title,mean,sd} of K, and covariates/{categories,starts}: those of covariate k are
/// categories [starts[k], starts[k+1]), none of a numeric one; nothing if there are no covariates. Local.
/// @throws IoError
void write_covariates(hdf5::Location& file, const Covariates& covariates);

/// The same; empty from a file that has none. Local. @throws InputError for inconsistent arrays,
/// or values that are impossible
Covariates read_covariates(const hdf5::Location& file);

}  // namespace dko
