#pragma once
// What a screen needs of a mapping, for some genes alone.

#include <cstdint>
#include <optional>
#include <vector>

#include "dko/base/progress.hpp"
#include "dko/mapping/collapsed_mapping.hpp"
#include "dko/mapping/model.hpp"

namespace dko {

/// Genes, ascending, or all of them.
using GenesOrAll = std::optional<std::vector<std::int32_t>>;

/// A and c, to the bits of CollapsedMapping(mapping), held once per node: the ranks of each node compute them
/// together, straight into the memory that they share. On its way a node holds the parameters once
/// (4·(2NH + N + H) bytes) beside A (8N² bytes). Progress counts tiles of A that this rank computed.
///
/// A is computed only where both its row and its column are among `genes`: all that cells need that express
/// no others, and that no others are switched on in. The other elements have no values, and c is not a number
/// for their genes, which the kernels refuse. Collective.
///
/// The parameters must get to every node in any case. Sharing the products over all ranks of all nodes
/// instead would move another 8N² bytes to each node, to save operations that take 2N²H / (ranks per node ×
/// their speed): a few seconds for 10,000 genes.
CollapsedMapping collapse_for(const GenesOrAll& genes, const NodeGroup& group, AtRoot<Mapping> mapping,
                              const ProgressCallback& progress = {});

/// The same of the members of a model, one after the other: each is given up as it is done. A sparse member
/// is used as it is. Progress is that of this rank. Collective.
std::vector<CollapsedMapping> collapse_for(const GenesOrAll& genes, const NodeGroup& group,
                                           AtRoot<std::vector<Member>> members,
                                           const ProgressCallback& progress = {});

/// s² of each gene by this member, once per node; empty where they are not known. Collective.
NodeArray<double> share_variances(const NodeGroup& group, const AtRoot<Member>& member);

}  // namespace dko
