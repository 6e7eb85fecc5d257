#pragma once
// How the ranks share the fits of genes.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "dko/parallel/communicator.hpp"
#include "gene_fit.hpp"

namespace dko {

/// Which of so many ranks gets number `at` of what is dealt to and fro. Local.
std::size_t rank_of_place(std::size_t at, std::size_t ranks);

/// Genes dealt to the ranks from the costliest down, to and fro; the costs of a gene's fit grow with its
/// cells. Local.
std::vector<std::int32_t> own_genes(const std::vector<std::int64_t>& costs, const Communicator& communicator);

/// Fits of the genes of all ranks, each with so many responses, in the order of genes, on all ranks.
/// Collective.
std::vector<GeneFit> exchange(const Communicator& communicator, const std::vector<std::int32_t>& genes,
                              const std::vector<GeneFit>& fits, std::int64_t all_genes,
                              std::int64_t responses);

}  // namespace dko
