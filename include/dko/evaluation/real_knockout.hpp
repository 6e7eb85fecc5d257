#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dko/evaluation/perturbation_kind.hpp"
#include "dko/expression/matrix.hpp"
#include "dko/mapping/base_profile.hpp"
#include "dko/mapping/collapsed_mapping.hpp"
#include "dko/parallel/communicator.hpp"

namespace dko {

/// What a real knockout, or another perturbation, did to each gene, averaged over cells.
struct RealKnockout {
  std::vector<std::int32_t> genes;  ///< those of the table that the data have, each once
  std::vector<double> log2_change;  ///< log2 fold change, perturbed against wild type
  std::vector<bool> significant;    ///< p < 0.05; empty if the table has no p
  std::int64_t unknown = 0;         ///< rows of genes that the data do not have
  std::int64_t undefined = 0;       ///< rows without a finite change
};

/// Reads a CSV table with a column gene (or gene_name, gene_id, or without title: names) or gene_index
/// (numbers from 0), one of log2fc_KO_vs_WT, log2fc, log2FoldChange or logFC, and perhaps one of mwu_p,
/// pvalue, p_value or p. Where a number is NA or empty, the change is not defined, and not significant.
/// Local.
/// @throws InputError with file and line for missing columns, a change or p that is no number, a p outside 0
///         to 1, a gene that is there twice, or if fewer than three genes are of these data.
RealKnockout read_real_knockout(const std::filesystem::path& path, const ExpressionMatrix& matrix);

/// Mean profiles over the cells that express a gene: before its loss, without it and rescaled; and after. Of
/// an activation over those that lack it: before, rescaled by what it takes; and after.
struct MeanChange {
  std::int64_t cells = 0;        ///< that express the gene, or lack it
  std::int64_t cells_after = 0;  ///< that `after` is of
  std::vector<double> before;    ///< per gene
  std::vector<double> after;

  /// log2(after/before) of a gene, 0 where they differ by rounding; nothing where either is 0.
  std::optional<double> log2_change(std::int32_t gene) const;
};

/// The mean change that the mapping predicts for the knockout of each of `genes` in all cells that express
/// it beside another, or what else `kind` is; of several members, from the means of their predicted profiles.
/// before is r of CellKernel, after b', of the other genes: what dko explain shows. The ranks share the
/// cells; the result is on all. Collective.
std::vector<MeanChange> predicted_changes(const RelativeProfiles& profiles,
                                          std::span<const CollapsedMapping> members,
                                          std::span<const std::int32_t> genes, const Communicator& ranks,
                                          Base base = Base::fitted, const PerturbationKind& kind = {});

/// What needs no mapping: the mean profile of the cells that lack each of `genes` anyway, against that of
/// those that express it (without it and rescaled). Of an activation the other way round; of a knockdown a
/// part 1 − F of the way. The ranks share the cells; the result is on all. Collective.
std::vector<MeanChange> observed_contrasts(const RelativeProfiles& profiles,
                                           std::span<const std::int32_t> genes, const Communicator& ranks,
                                           const PerturbationKind& kind = {});

/// How a predicted change agrees with the real one, over the genes but the knocked-out ones.
struct ChangeAgreement {
  std::int64_t genes = 0;          ///< compared
  std::optional<double> spearman;  ///< of log2 fold changes
  std::int64_t signs = 0;          ///< genes of which both changes have a sign
  std::int64_t same_sign = 0;
  std::int64_t significant_signs = 0;  ///< the same of genes that change significantly
  std::int64_t significant_same_sign = 0;
};

/// `knocked_out` is the gene that the truth is about: its transcript need not vanish, so it is left out.
ChangeAgreement compare_changes(const RealKnockout& truth, const MeanChange& predicted,
                                std::int32_t knocked_out);

/// Chance, over other genes knocked out in place of the real one, of agreeing as well or better:
/// (1 + #{null ≥ value}) / (1 + #null), equal to rounding being equal.
double permutation_p(double value, const std::vector<double>& null);

}  // namespace dko
