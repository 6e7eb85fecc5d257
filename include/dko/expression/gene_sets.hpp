#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "dko/base/log.hpp"
#include "dko/expression/matrix.hpp"

namespace dko {

/// Genes that a file has under one name, such as a pathway.
struct GeneSet {
  std::string name;
  std::string description;
  std::vector<std::int32_t> genes;  ///< those that the data have, ascending, each once
  std::int64_t unknown = 0;         ///< texts that are no gene of the data
};

/// Reads a GMT file: a set a line, with its name, a description, and its genes, separated by tabs. Genes are
/// known by name or accession (base/name_index.hpp, 1 to 3). What a set lists twice counts once; lines of one
/// name are one set, with a warning. Leaves out sets with fewer than `least` known genes, and says in the log
/// which, how many genes are unknown, and how many of these the file of the data has, but not the choice of
/// genes. In the order of the file. Local.
/// @throws InputError with file and line for a line without a name, or with fewer than three fields; if the
///         file is empty, or if no set is left
std::vector<GeneSet> read_gene_sets(const std::filesystem::path& path, const ExpressionMatrix& data,
                                    std::int64_t least, Log& log);

/// The same for genes that are known by name and accession; `left_out` are those that were not chosen.
std::vector<GeneSet> read_gene_sets(const std::filesystem::path& path, const NameIndex& genes,
                                    std::int64_t least, Log& log, const LeftOut& left_out = {});

/// The genes of each.
std::vector<std::vector<std::int32_t>> members_of(const std::vector<GeneSet>& sets);

}  // namespace dko
