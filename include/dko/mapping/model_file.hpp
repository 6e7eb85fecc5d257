#pragma once

#include <cstdint>
#include <filesystem>

#include "dko/base/output_file.hpp"
#include "dko/mapping/model.hpp"

namespace dko {

/// Approximate bytes of one member of the original's mapping in the file.
double model_file_bytes(const MappingShape& shape, std::int64_t steps);

/// Writes model.h5: attributes format, version and provenance; genes/name; visibility/ where it is known
/// (visibility_file.hpp), advice/ where there is one (training_advice.hpp); and of its one member
///
/// * of the original's mapping mapping/{W1t,b1,W2,b2} with W1t and W2 of N × H; training/ with settings as
///   attributes and the curves of losses;
/// * of a sparse one mapping/A, an anndata csc_matrix (column j: what gene j does to others),
/// mapping/{offset,
///   floor} of N, mapping/{loadings,responses} of N × r; where there are covariates covariates/
///   (covariates_file.hpp) and mapping/covariate_responses of N × m; fit/ with settings and figures as
///   attributes, and penalties of N.
///
/// and of either mapping/share_variance of N, where it is known (share_variances.hpp); of a sparse one also
/// mapping/q_value, one for each of A/data, and mapping/gene_q_value of N, where they were computed
/// (q_values.hpp).
///
/// The attribute kind of mapping/ says which: "dko" or "sparse". The members of an ensemble are in groups
/// member0/, member1/ and so on, their number in the attribute members. Gives the file its name. Local.
/// @throws IoError
void write_model(OutputFile& output, const Model& model);

/// A file without kind is of the original's mapping, one without schedule, weight decay and patience of a
/// training that had none.
/// Local. @throws InputError if it is no model of a version this program reads, its checksum is wrong, or a
/// parameter is not finite (of a sparse mapping: beyond ±1e60, or a floor below 1e-60), with its place.
Model read_model(const std::filesystem::path& path);

}  // namespace dko
