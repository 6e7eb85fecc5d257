#pragma once

#include <filesystem>

#include "dko/base/log.hpp"
#include "dko/base/names.hpp"

namespace dko {

/// Warns of rows that their names show to be no genes, and that are taken as such: spike-ins (ERCC-00002),
/// probes of 10x Flex (ENSG00000187634|SAMD11|8eab823), antibodies (CD3_TotalSeqB). Local.
void warn_of_no_genes(const Names& names, const Names& ids, const std::filesystem::path& path, Log& log);

/// Warns of types of features (var/feature_types of an h5ad) that are not Gene Expression. Local.
void warn_of_feature_types(const Names& types, const std::filesystem::path& path, Log& log);

}  // namespace dko
