#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "dko/base/log.hpp"
#include "dko/expression/matrix.hpp"

namespace dko {

/// The true scores of knockouts, or of genes that are switched on, from a network that was solved again
/// without the genes, or with them, or from anywhere.
struct TruthTable {
  std::int64_t order = 1;           ///< genes of an event: 1 or 2
  bool activates = false;           ///< whether all of them are switched on, else they are lost
  std::vector<std::int32_t> genes;  ///< `order` an event
  std::vector<std::int32_t> cells;
  std::vector<double> vs_original;      ///< BC(after, before)
  std::vector<double> vs_renormalised;  ///< BC(after, before without the genes, rescaled); may be empty

  // For pairs, may be empty: the pair's score less those of its single knockouts; 0 below
  // 1e-9.
  std::vector<double> interaction;
  std::vector<double> network_interaction;

  /// Rows that say nothing of these data, and are left out.
  struct LeftOut {
    std::int64_t unknown_gene = 0;
    std::int64_t unknown_cell = 0;
    /// A gene in a cell where the data have none of it, or to switch on where they have some.
    std::int64_t not_expressed = 0;
    /// All that the cell expresses in the data; to switch on in a cell that expresses nothing.
    std::int64_t leaves_nothing = 0;
    std::string gene_example;
    std::string cell_example;

    std::int64_t total() const { return unknown_gene + unknown_cell + not_expressed + leaves_nothing; }
  } left_out;

  std::int64_t size() const { return std::ssize(cells); }
};

/// Reads a CSV table with the columns of knockout/events/event_columns.hpp, K_true_vs_original, and, where
/// they are known, K_true_vs_renormalised, and of pairs K_single1, K_single2, K_single1_vs_renormalised,
/// K_single2_vs_renormalised: what dko simulate writes. Genes with + before them are switched on. Tells the
/// log what was taken as a number. Local.
/// @throws InputError with file and line for missing columns, a value that is no number between 0 and 1, an
/// event that
///         is there twice, genes that are lost beside others that are switched on, a pair of one gene, events
///         of three or more genes, or if no row is of these data.
TruthTable read_truth(const std::filesystem::path& path, const ExpressionMatrix& matrix, Log& log);

}  // namespace dko
