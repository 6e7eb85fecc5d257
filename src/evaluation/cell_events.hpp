#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "dko/evaluation/perturbation_kind.hpp"
#include "dko/expression/matrix.hpp"

namespace dko {

/// A gene that can be perturbed in a cell.
struct CellEvent {
  std::int32_t position;  ///< as CellKernel takes it: of the n expressed genes, or n and more of absent ones
  std::size_t place;      ///< among the genes that are asked about
};

/// Which of some genes can be perturbed in one cell after another: those that it expresses beside another; of
/// an activation those that it lacks, if it expresses any gene. Local.
class CellEvents {
 public:
  CellEvents(std::span<const std::int32_t> genes, const PerturbationKind& kind);

  /// Finds those of a cell, in place of the last one's.
  void find(const RelativeProfiles& profiles, std::int64_t cell);

  /// Events of that cell, by position, ascending.
  const std::vector<CellEvent>& found() const { return found_; }
  /// The genes that can be switched on in it, ascending: KernelCell::absent.
  std::span<const std::int32_t> absent() const { return absent_; }

 private:
  bool activates_;
  std::vector<std::pair<std::int32_t, std::size_t>> genes_;  // and their places, ascending
  std::vector<CellEvent> found_;
  std::vector<std::int32_t> absent_;
};

}  // namespace dko
