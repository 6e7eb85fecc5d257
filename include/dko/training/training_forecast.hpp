#pragma once

#include <cstdint>

#include "dko/training/ensemble.hpp"
#include "dko/training/two_layer/plan.hpp"

namespace dko {

/// What training mappings of the original's kind takes by estimated_cost(), in seconds.
struct TrainingForecast {
  ParallelForm form = ParallelForm::data;
  int ranks_of_group = 1;  ///< that train a mapping together
  std::int64_t steps = 0;  ///< of each mapping
  std::int64_t validate_every = 1;
  double step_seconds = 0;        ///< validation not included
  double validation_seconds = 0;  ///< of one
  double seconds = 0;             ///< of all mappings, by the group that is done last
  double bytes_each_step = 0;     ///< that each rank puts into sums: gradients (data) or outputs (sharded)
};

/// On as many ranks, whose cores are `core_speed` times as fast as those that the estimate was made on; the
/// network between them is not. Neither reading nor what patience spares is in it. Local.
TrainingForecast forecast_training(const TrainingSize& size, const ModelOptions& options, int ranks,
                                   double core_speed);

}  // namespace dko
