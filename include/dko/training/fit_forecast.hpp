#pragma once

#include <cstdint>

#include "dko/expression/matrix.hpp"
#include "dko/training/ensemble.hpp"

namespace dko {

/// What fitting sparse mappings takes by fitted costs (fit_cost.hpp), in seconds.
struct FitForecast {
  int ranks_of_group = 1;   ///< that fit a mapping together
  double seconds = 0;       ///< of all mappings, by the slowest rank of the group that is done last
  double core_seconds = 0;  ///< of all ranks
  double longest_gene = 0;  ///< the fits of one gene by all numbers of factors: neither saved nor stopped
};

/// On as many ranks, whose cores are `core_speed` times as fast as those that the costs are of. Genes are
/// dealt to ranks as the fit does; of a prior as many targets as are taken at most. Neither reading nor the
/// components of the cells' state are in it. Local.
FitForecast forecast_fit(const ExpressionMatrix& matrix, const ModelOptions& options, int ranks,
                         double core_speed);

}  // namespace dko
