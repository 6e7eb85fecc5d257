#pragma once
// The file of a checkpoint of a sparse fit. Shared by this room's sources only.
//
//   attributes   format "dko fit checkpoint", version and provenance
//   fit/         attributes: what the fit is of (method, seed, genes, levels, prior, prior_signs,
//                and checksums: profiles_checksum, genes_checksum, cells_checksum, covariates_checksum,
//                level_genes_checksum), and how far it is (stage, fits, fits_asked, components, factors,
//                prior_factor, and state_checksum of these); arrays loadings and centre of the components,
//                choices and errors
//   last/, now/  fits of the round before, and of this round: genes i32[n], starts i64[n + 1] of each in
//                values f64, checksums u64[n]: block_checksum() of each. Of a gene: mean, offset, penalty,
//                distance, responses, then regulators, then as many effects
//   weights/     the same of the weights of a gene's cells, f32
//
// A group is missing where it would be empty. Genes stand in the order of the ranks that had them.

#include <filesystem>
#include <span>
#include <string>

#include "dko/base/provenance.hpp"
#include "dko/expression/matrix.hpp"
#include "dko/parallel/communicator.hpp"
#include "fit_state.hpp"

namespace dko {

/// What tells whether data are those that a fit began with. On each rank the same but for names, which rank 0
/// has.
struct FitChecksums {
  std::string profiles;
  std::string genes;
  std::string cells;  ///< that it is fitted to
  std::string covariates;
  std::string level_genes;
};
/// Local.
FitChecksums fit_checksums(const RelativeProfiles& profiles, std::span<const std::int64_t> cells,
                           std::span<const std::int32_t> level_genes);

/// What a fit is of: a checkpoint of another is refused. Effects are left out by q-values after it, so that
/// their greatest q-value is not of it.
struct FitNotes {
  std::uint64_t seed = 0;
  std::int64_t genes = 0;
  std::int64_t covariates = 0;  ///< of a cell
  bool levels = false;
  std::string prior;  ///< checksum
  bool prior_signs = false;
  FitChecksums data = {};
};

/// Writes a checkpoint, of each rank its own part, and when it is on the disk gives it the name of the older,
/// which stays whole until then. Collective. @throws CollectiveFailure, on all ranks the same, of exit code 4
/// where it cannot be written
void write_fit_checkpoint(const std::filesystem::path& path, const Provenance& provenance,
                          const FitNotes& notes, const FitState& state, const Communicator& ranks);

/// Reads what was written on any number of ranks: of the fits of this round and of the weights those of `own`
/// genes; the rest rank 0 reads for all. Nothing is read before it has seen that the file is of the fit that
/// `expected` is of.
/// Collective. @throws CollectiveFailure, on all ranks the same, of exit code 3
FitState read_fit_checkpoint(const std::filesystem::path& path, const FitNotes& expected,
                             std::span<const std::int32_t> own, const Communicator& ranks);

}  // namespace dko
