#pragma once
// Shared by this room's sources only.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "dko/expression/matrix.hpp"

namespace dko {

/// Whether a text is meant as a condition on a gene: it starts with "gene:".
bool is_gene_condition(const std::string& text);

/// For which cells it holds (cell_conditions.hpp). `name` is the option and the text, for messages, `file`
/// what holds the matrix. @throws InputError if there is no such gene, or several; UsageError for what is no
/// such condition
std::vector<bool> meet_gene_condition(const std::string& text, const std::string& name,
                                      const std::string& file, const ExpressionMatrix& matrix);

/// "is of a gene, and no column is called so: write 'gene:Cst3<1'" if a text, "Cst3<1" or "Cst3", is so, with
/// columns of these titles; else empty.
std::string gene_condition_meant(const std::string& text, const Names& titles,
                                 const ExpressionMatrix& matrix);

/// "Cst3 is 10 to 1172 in these 622 cells", of the gene of a condition; empty for another condition, an
/// unknown gene, and without cells. Local.
std::string range_of_gene(const std::string& condition, std::span<const std::int32_t> cells,
                          const ExpressionMatrix& matrix);

}  // namespace dko
