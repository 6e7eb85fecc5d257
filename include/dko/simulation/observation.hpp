#pragma once

#include <cstdint>
#include <vector>

namespace dko {

/// How simulated cells are measured.
struct ObservationOptions {
  double molecules = 0;      ///< counts of so many molecules a cell on average; 0: levels themselves
  double spread = 0.3;       ///< standard deviation of the logarithm of a cell's mean number of molecules
  std::int64_t batches = 1;  ///< equally frequent
  /// Standard deviation of the logarithm of a gene's factor, and of the depth, between batches.
  double batch_spread = 0.3;
  double dropout = 0;  ///< probability with which a gene that would be seen is read as 0
  std::uint64_t seed = 1;
};

/// Measures cells: factors of their batch, then counting, then dropout. Depends on the seed and the cell
/// alone. Read-only.
class Observation {
 public:
  Observation(const ObservationOptions& options, std::int64_t genes);

  const ObservationOptions& options() const { return options_; }
  std::int64_t batch(std::int64_t cell) const;
  /// What is read of a cell of these levels, one value a gene. Local.
  std::vector<double> observe(const std::vector<double>& levels, std::int64_t cell) const;

 private:
  ObservationOptions options_;
  std::vector<std::vector<double>> factors_;  // of each gene in a batch, then its depth; empty: all 1
};

/// Molecule counts of a cell as a droplet experiment would see them: Poisson with mean M · p_i, p the
/// relative profile of `levels`, M log-normal between cells with mean `molecules` and standard deviation of
/// the logarithm `spread`. What draws none has dropped out. Depends on the seed and the cell alone. Local.
std::vector<double> count_molecules(const std::vector<double>& levels, std::int64_t cell, double molecules,
                                    double spread, std::uint64_t seed);

}  // namespace dko
