#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "dko/knockout/kernels/cell_kernel.hpp"
#include "dko/knockout/score/score.hpp"
#include "dko/mapping/base_profile.hpp"
#include "dko/mapping/collapsed_mapping.hpp"

namespace dko {

/// Scores the knockouts of one cell at a time by an ensemble: each member has a kernel of its own, and a
/// score is the mean over the members, beside it their standard deviation (score.hpp says what that means and
/// what not). Both are taken in double precision, members in order. With one member all is that member's own,
/// to the bit, and the standard deviations are 0. The calls are those of CellKernel, with its conditions.
/// Local.
class EnsembleKernel {
 public:
  /// At least one member; all of the same genes. They must outlive the kernel.
  explicit EnsembleKernel(std::span<const CollapsedMapping> members,
                          InstructionSet instructions = best_instruction_set(), Base base = Base::fitted);

  /// As CellKernel::set_direction, for all members: they share it.
  void set_direction(const Direction* direction);

  /// As CellKernel::set_presence, for all members.
  void set_presence(double presence);

  /// O(M n²) of time and memory.
  void load(const KernelCell& cell);
  void load(std::span<const std::int32_t> expressed) { load(IntactCell{expressed}); }

  /// Means and standard deviations of knocking out all of `removed`.
  KnockoutScores scores(std::span<const std::int32_t> removed);

  /// Scores of double knockouts, as CellKernel gives them.
  void pair_scores(std::span<const std::int32_t> positions, EventRange pairs, const ScoreSpans& scores);

  /// Mean of the members' base profiles of the intact cell, over its expressed genes.
  std::vector<double> intact_profile() const;

  /// Mean of the members' profiles after the knockout of `removed`, over the same genes and the absent ones,
  /// as CellKernel has it.
  std::vector<double> profile_after(std::span<const std::int32_t> removed);

 private:
  void store_pairs(Score score, std::size_t count, const ScoreSpans& scores) const;

  std::vector<std::unique_ptr<CellKernel>> members_;
  std::vector<KnockoutScores> of_members_;              // of one knockout
  std::vector<PerScore<std::vector<float>>> of_pairs_;  // by member
};

}  // namespace dko
