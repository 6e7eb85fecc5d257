#pragma once
// Shared by this room's sources only.

#include <cstdint>
#include <span>
#include <vector>

namespace dko {

/// Distances of rescaled outputs to a rescaled target, by prefix sums over the genes in the order of
/// target/output: the genes before some place of it have more than the target, the others less.
class NearnessTable {
 public:
  /// Outputs are positive, targets at least 0. O(n log n)
  void load(std::span<const double> outputs, std::span<const double> targets);

  /// Σ_i |scale · output_i − of_target · target_i|. O(log n)
  double distance(double scale, double of_target) const;

 private:
  std::vector<double> ratios_;   // target/output, ascending
  std::vector<double> outputs_;  // Σ of those before each place, n+1
  std::vector<double> targets_;
};

}  // namespace dko
