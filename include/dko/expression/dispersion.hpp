#pragma once

#include <vector>

#include "dko/expression/matrix.hpp"

namespace dko {

/// Normalised dispersion of every gene, as Cell Ranger and scanpy's flavor "cell_ranger" have it (Zheng et
/// al. 2017, Nature Communications 8:14049): of the relative profiles p over all C cells that express
/// anything,
///
///     d_i = var(p_i) / mean(p_i),    (d_i − median) / MAD
///
/// with the sample variance, median and median absolute deviation being those of the d of genes of like
/// mean: between percentiles 10, 15, …, 100 of the means, with interpolation. Genes that no cell expresses
/// have −infinity, genes in whose bin the MAD is 0 have 0. Local; O(non-zeros).
std::vector<double> normalised_dispersions(const ExpressionMatrix& matrix);

}  // namespace dko
