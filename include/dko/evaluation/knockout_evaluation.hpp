#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dko/evaluation/evaluation.hpp"
#include "dko/evaluation/real_knockout.hpp"

namespace dko {

/// Cells whose mean change is compared, at least.
inline constexpr std::int64_t fewest_cells_compared = 10;

/// How well one way of predicting agrees with the real change, beside the same with other genes in its place.
struct KnockoutAgreement {
  std::string name;
  std::int64_t cells = 0;        ///< that express the gene, or of an activation lack it
  std::int64_t cells_after = 0;  ///< that the change is to
  ChangeAgreement agreement;
  std::vector<double> null;  ///< Spearman with other genes
  std::optional<double> p;   ///< permutation_p() of the agreement in `null`
};

struct KnockoutEvaluation {
  PerturbationKind kind;
  std::int64_t unknown = 0;    ///< rows of genes that the data do not have
  std::int64_t undefined = 0;  ///< rows without a finite change
  KnockoutAgreement mapping;
  KnockoutAgreement contrast;  ///< of cells that lack the gene anyway, or have it: no mapping
};

/// `first`, and after them up to `null_genes` random others that fewest_cells_compared cells express beside
/// another gene; to switch on, those that as many cells lack, too. Local.
std::vector<std::int32_t> genes_to_perturb(std::vector<std::int32_t> first, std::int64_t null_genes,
                                           const RelativeProfiles& profiles, std::uint64_t seed,
                                           const PerturbationKind& kind);

/// Compares the mean change that a knockout of `gene`, or what else `kind` is, is predicted to make with the
/// real one (`path`), with up to `null_genes` other genes in its place. Collective. @throws CollectiveFailure
/// as read_real_knockout, if no cell expresses the gene beside another (or lacks it), or for want of memory
AtRoot<KnockoutEvaluation> evaluate_real_knockout(const std::string& path, const std::string& gene,
                                                  std::int64_t null_genes, const Evaluation& evaluation,
                                                  const PerturbationKind& kind);

}  // namespace dko
