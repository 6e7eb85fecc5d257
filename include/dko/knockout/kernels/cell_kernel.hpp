#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "dko/knockout/events/event_index.hpp"
#include "dko/knockout/score/direction.hpp"
#include "dko/knockout/score/score.hpp"
#include "dko/mapping/base_profile.hpp"
#include "dko/mapping/collapsed_mapping.hpp"
#include "dko/system/instruction_set.hpp"

namespace dko {

/// A cell as it is before an event, and genes that it lacks and that may be switched on, ascending.
struct KernelCell : IntactCell {
  KernelCell() = default;
  KernelCell(const IntactCell& cell, std::span<const std::int32_t> lacking = {})
      : IntactCell(cell), absent(lacking) {}

  std::span<const std::int32_t> absent = {};
};

/// Scores the knockouts of one cell at a time through one collapsed mapping, and what else a set K of genes
/// can undergo: genes that are lost may keep a part F of their presence (knockdown), and genes that the cell
/// lacks may be switched on (activation).
///
/// With b the base profile of the intact cell (BaseProfile), b' that after the knockout of K, and
/// r = b/Σ_{i∉K} b_i over i ∉ K, the intact one without K: impact(K) = BC(b', b) = Σ|b'−b| / Σ(b'+b),
/// network(K) = BC(b', r). In general, with A the genes of K that are switched on, q'_a the part that the
/// mapping gives them, and m = Σ_A q'_a + F Σ_{K∖A} b_g: b' has q'_a and F b_g on K, and elsewhere the
/// profile after a knockout, times 1 − m, of outputs from presences 1 of A and F of the others of K; r has
/// the same on K, and elsewhere b rescaled to 1 − m. F must be 0 where genes are switched on. A kernel
/// rescales its outputs when a cell is loaded, and has then no more to do with any base than with the fitted
/// one, b = q. A network impact that rounding alone may leave is 0. scores() works in double precision;
/// pair_scores() in single, within 2e-5 of it, as a rule 1e-7, and with the kernel's instruction set. The
/// result of each call depends on the model, the cell, K and, for pairs, the instruction set alone, to the
/// bit: not on what was scored before, nor on which pairs and scores are asked for together. Genes are given
/// as positions among the cell's n expressed genes; n, n+1 and so on are its absent ones (KernelCell), which
/// are switched on. All calls are local.
class CellKernel {
 public:
  virtual ~CellKernel() = default;
  CellKernel() = default;
  CellKernel(const CellKernel&) = delete;
  CellKernel& operator=(const CellKernel&) = delete;

  /// From the next cell on shift and approach are scored along this, which must outlive the kernel; null, as
  /// at first: they are 0. shift(K) = <b' − r, d>/<d, d>, approach(K) = BC(r, m_K) − BC(b', m_K).
  void set_direction(const Direction* direction) { direction_ = direction; }

  /// From the next cell on genes that are lost keep this part of their presence, F; 0 at first.
  void set_presence(double presence) { presence_ = presence; }

  /// Gathers what the knockouts of a cell need.
  virtual void load(const KernelCell& cell) = 0;
  /// The same of what a fitted base needs.
  void load(std::span<const std::int32_t> expressed) { load(IntactCell{expressed}); }

  /// Scores of knocking out all of `removed` (ascending, distinct, at least one and fewer than the cell
  /// expresses), and switching on those of them that the cell lacks. The share is that of the latter, Σ q'_a.
  virtual KnockoutScores scores(std::span<const std::int32_t> removed) = 0;

  /// Scores of double knockouts of the genes at `positions` (ascending; n > 2): pairs number `pairs` of the
  /// upper triangle of these, row by row (PairIndex), in that order into scores, whose spans hold as many.
  /// Standard deviations and approach are not touched. Pairs with absent genes are scored one by one, in
  /// double precision.
  virtual void pair_scores(std::span<const std::int32_t> positions, EventRange pairs,
                           const ScoreSpans& scores) = 0;

  /// Base profile of the intact cell, over its expressed genes.
  virtual std::vector<double> intact_profile() const = 0;

  /// The same after the knockout of `removed`, over the same genes, and after them the absent ones; 0 for the
  /// removed, or what they keep.
  virtual std::vector<double> profile_after(std::span<const std::int32_t> removed) = 0;

 protected:
  /// Rounding in double precision leaves up to this of the intact profile where nothing but renormalisation
  /// happens.
  static constexpr double residue = 1e-12;

  /// The genes of K that are lost, and those that are switched on.
  struct Change {
    std::span<const std::int32_t> lost;
    std::span<const std::int32_t> added;
  };
  /// Splits ascending `positions` in a cell of `expressed` genes.
  static Change change_of(std::span<const std::int32_t> positions, std::size_t expressed);

  /// What of the presence of lost genes goes.
  double lost_presence() const { return 1 - presence_; }

  /// As pair_scores, pair after pair by scores().
  void scores_one_by_one(std::span<const std::int32_t> positions, EventRange pairs, const ScoreSpans& scores);

  const Direction* direction_ = nullptr;
  double presence_ = 0;
};

/// The kernel for this mapping, which must outlive it; with these instructions, which must be available, for
/// all pairs of a dense one. A shrunk base needs a mapping that has share variances.
std::unique_ptr<CellKernel> make_cell_kernel(const CollapsedMapping& mapping,
                                             InstructionSet instructions = best_instruction_set(),
                                             Base base = Base::fitted);

}  // namespace dko
