#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dko {

/// Names of genes or of cells, in the order of the data.
using Names = std::vector<std::string>;

/// "gene0", "gene1", …: for data that comes without names.
Names numbered_names(std::string_view stem, std::int64_t count);

/// Renames repeats ("Actb", "Actb" → "Actb", "Actb-1"), as anndata's var_names_make_unique does.
/// Returns how many were renamed.
std::int64_t make_unique(Names& names);

/// Renames every gene that shares its name by its accession ("Ddit3" → "Ddit3_ENSMUSG00000025408"), and what
/// is still repeated as make_unique does. `ids` has an entry for each name. Returns how many were renamed.
std::int64_t make_unique(Names& names, const Names& ids);

}  // namespace dko
