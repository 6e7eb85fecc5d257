#pragma once
// A = W2·W1 and c of a model of the original's mapping in a file beside it, for further screens by it.

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "dko/base/output_file.hpp"
#include "dko/hdf5/header.hpp"
#include "dko/mapping/collapsed_mapping.hpp"
#include "dko/mapping/model.hpp"

namespace dko {

inline constexpr hdf5::FileKind collapsed_kind{"dko collapsed mapping", 1};

/// Approximate bytes of the file.
double collapsed_file_bytes(std::int64_t genes, std::int64_t members);

/// Writes the attributes format, version and provenance, in which model_checksum says of which model it is;
/// members, their number; and of each a group member0/, member1/ … with A of N × N, whose row g is what the
/// presence of gene g adds to every output, and c of N, each with its checksum. Gives the file its
/// name. A is computed for all genes. Local. @throws IoError
void write_collapsed(OutputFile& output, std::span<const CollapsedMapping> members,
                     const Provenance& provenance);

/// Checksum of the model whose A the file has. Local. @throws InputError if it is no such file
std::string checksum_of_collapsed_model(const std::filesystem::path& path);

/// A and c of each of `members`, whose weights are not needed, once per node: the ranks of a node read them
/// together, straight into the memory that they share. `path` and the checksum of the model are the same on
/// all ranks. Collective. @throws CollectiveFailure (exit code 3) if the file is of another model, or an
/// array does not fit the members, or has another checksum than it states
std::vector<CollapsedMapping> read_collapsed(const NodeGroup& group, const std::string& path,
                                             const std::string& model_checksum,
                                             AtRoot<std::vector<Member>> members);

}  // namespace dko
