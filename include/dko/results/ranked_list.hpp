#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "dko/base/names.hpp"
#include "dko/base/output_file.hpp"
#include "dko/mapping/visibility.hpp"
#include "dko/results/aggregate/summary.hpp"

namespace dko {

/// Writes a ranked list as tools for gene set enrichment read it (RNK): a gene, a tab and its value a line,
/// the highest first, equal ones in their order, without those whose value is NaN; as many digits as read
/// back as the same number. Gives the file its name. Local. @throws InputError for a name with a tab or a
/// line break; IoError
void write_ranked_list(OutputFile& output, const Names& genes, std::span<const double> values);

/// The mean over cells of what ranks the rows of a table of single knockouts, for each of so many genes; NaN
/// for one without a row, or not visible. `visibility` is of all genes, or empty where it is not known.
/// Local.
std::vector<double> ranking_means(const SummaryTable& table, std::span<const GeneVisibility> visibility,
                                  std::size_t genes);

}  // namespace dko
