#pragma once
// Shared by this room's sources only.

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

}  // namespace dko
