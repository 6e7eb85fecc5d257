#include "dko/knockout/score/over_cells.hpp"

#include <cmath>
#include <limits>

namespace dko {

OverCells over_cells(const Measure& measure, double count, double mean, double squares, std::int64_t above,
                     std::int64_t below) {
  OverCells of{mean, 0, 0};
  if (!is_deviation(measure.score)) {
    of.sd = count > 1 ? static_cast<float>(std::sqrt(squares / (count - 1)))
                      : std::numeric_limits<float>::quiet_NaN();
  }
  if (measure.is_interaction && mean != 0)
    of.same_sign = static_cast<float>(static_cast<double>(mean > 0 ? above : below) / count);
  return of;
}

}  // namespace dko
