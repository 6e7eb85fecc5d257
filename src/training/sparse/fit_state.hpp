#pragma once
// What a fit of the sparse mapping has come to: all that it takes to go on with it.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "cell_state.hpp"
#include "gene_fit.hpp"

namespace dko {

/// Fits of some genes.
struct FitsOfGenes {
  std::vector<std::int32_t> genes;
  std::vector<GeneFit> fits;  ///< of each
};

/// The places of a fit that can be saved at, in this order. Rounds follow one another from `rounds` on.
enum FitStage : std::int64_t { choosing_factors, choosing_prior_factor, in_rounds };

/// Its parts of one rank; in a file those of all.
struct FitState {
  std::int64_t stage = choosing_factors;    ///< a FitStage, or in_rounds + the round
  CellState components;                     ///< of the cells' state
  std::vector<double> choices;              ///< distances by number of factors; −∞: not known yet
  std::int64_t factors = 0;                 ///< chosen, from the second stage on
  std::vector<double> errors;               ///< by factor of the prior; likewise
  double prior_factor = 1;                  ///< chosen, from in_rounds on
  FitsOfGenes last;                         ///< of the round before
  FitsOfGenes now;                          ///< of this round, as far as it has come
  std::vector<std::int32_t> weighted;       ///< genes whose cells have weights that are still needed
  std::vector<std::vector<float>> weights;  ///< of each of these, one a cell that expresses it
  std::int64_t fits = 0;                    ///< of a gene, made by all ranks
  std::int64_t fits_asked = 0;              ///< in the whole fit, by all ranks
};

/// What the parts of a rank's state are as large as.
struct FitSizes {
  std::int64_t genes = 0;               ///< of all ranks
  std::size_t choices = 0;              ///< distances by number of factors
  std::size_t errors = 0;               ///< by factor of the prior
  std::span<const std::int32_t> own;    ///< the rank's genes
  std::span<const std::int64_t> cells;  ///< that express each gene
};

/// Whether a state, of the rank's own genes, has what a fit that goes on at its stage takes, and nothing that
/// no fit would have there: with anything else it would come to another mapping. Local.
bool is_whole(const FitState& state, const FitSizes& sizes);

}  // namespace dko
