#pragma once
// Shared by this room's sources only.

#include <cstdint>
#include <span>
#include <vector>

#include "dko/parallel/communicator.hpp"
#include "q_value_curve.hpp"

namespace dko {

/// How many decoys have a statistic t̃' or more, each counted as far as the fit would have chosen it; and the
/// q-values that follow. Statistics are rounded down to thousandths, and are 64 at most.
class DecoyTally {
 public:
  DecoyTally();

  /// A decoy that counts `part`. Local.
  void add(double statistic, double part);
  /// Those of all ranks. Collective.
  void gather(const Communicator& communicator);

  /// Over the effects with these statistics, of `draws` decoys for each gene. Those of 0, of which decoys say
  /// nothing, are not counted. Local.
  QValueCurve curve_of(std::span<const double> statistics, std::int64_t draws) const;

  static double bytes();

 private:
  std::vector<double> counts_;
};

/// The q-value of each statistic; 1 for those of 0. Local.
std::vector<double> q_values_of(std::span<const double> statistics, const QValueCurve& curve);

}  // namespace dko
