#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "dko/base/log.hpp"
#include "dko/base/names.hpp"

namespace dko {

/// The rows of a 10x matrix: genes, and perhaps antibodies, guides and the like.
struct Features {
  Names names;               ///< symbols
  Names ids;                 ///< accessions
  Names types;               ///< "Gene Expression" and others; empty: all are genes
  Names genomes;             ///< empty: not said
  std::string types_are_in;  ///< file or group that has the types, for messages
};

/// Those of them that are genes, of one genome if one is asked for.
struct FeatureChoice {
  Names names;
  Names ids;
  std::vector<std::int32_t>
      places;  ///< of each feature among them, −1 for those left out; empty: all are taken
};

/// Whether these are types of features as 10x's programs write them: "Gene Expression" is among them, or all
/// are known. Biotypes, genomes and chromosomes, which others write in their place, are not.
bool are_feature_types(const Names& texts);

/// The different texts in their order, the first few of many.
std::string some_different(const Names& texts);

/// Types leave features out only if they are 10x's; others are told of by a warning. Says in the log what is
/// left out. @throws InputError if lists are of different lengths or nothing is left.
FeatureChoice choose_genes(const Features& features, const std::string& genome,
                           const std::filesystem::path& path, Log& log);

}  // namespace dko
