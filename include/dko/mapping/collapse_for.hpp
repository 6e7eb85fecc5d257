#pragma once
// What a screen needs of a mapping, for some genes alone.

#include <cstdint>
#include <optional>
#include <vector>

#include "dko/mapping/collapsed_mapping.hpp"
#include "dko/mapping/model.hpp"

namespace dko {

/// Genes, ascending, or all of them.
using GenesOrAll = std::optional<std::vector<std::int32_t>>;

/// As CollapsedMapping::compute, but A is computed only where both its row and its column are among `genes`:
/// all that cells need that express no others, and that no others are switched on in. These elements have the
/// bits that they have in the whole of A; the others have no values, and c is not a number for their genes,
/// which the kernels refuse. Collective.
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
