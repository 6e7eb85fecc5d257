#pragma once
// The checkpoint of a sparse fit, as a file that is looked at from outside.

#include <cstdint>
#include <vector>

#include "dko/expression/matrix.hpp"
#include "dko/hdf5/header.hpp"
#include "dko/hdf5/verify.hpp"

namespace dko {

inline constexpr hdf5::FileKind fit_checkpoint_kind{"dko fit checkpoint", 1};

/// States by what method the fits of a checkpoint were made. To be raised with every change by which a fit of
/// the same data comes to other bits: what an older program began would end as neither's.
inline constexpr std::int64_t fit_method = 5;

/// How far the fit of a checkpoint is.
struct FitProgress {
  std::int64_t fits = 0;  ///< of a gene, that were made
  std::int64_t of = 0;    ///< that the whole fit takes
};
/// Local. @throws InputError
FitProgress fit_progress(const hdf5::File& checkpoint);

/// What the genes' parts of its arrays are checked by. Local. @throws InputError
std::vector<hdf5::BlockSums> fit_checkpoint_sums(const hdf5::File& checkpoint);

/// About the size of a checkpoint in bytes: fits of two rounds, of 250 effects a gene, and a weight of each
/// expressed gene of each cell. A new one is beside the older until it is complete. Local.
double fit_checkpoint_bytes(const ExpressionMatrix& matrix);

/// About the bytes that saving takes on one of `ranks` ranks beside the fit: its part of the weights and all
/// fits of a round, of 100 effects a gene, collected and as rows. Local.
double fit_saving_bytes(const ExpressionMatrix& matrix, double ranks);

}  // namespace dko
