#pragma once

#include "dko/mapping/mapping.hpp"
#include "dko/parallel/communicator.hpp"
#include "hidden_units.hpp"
#include "output_bias.hpp"

namespace dko {

/// The mapping whose hidden units lie on the ranks of `owners`, on its rank 0; empty elsewhere. Block by
/// block: beside the mapping rank 0 holds no more than one of them. Collective.
Mapping collect(MappingShape shape, const HiddenUnits& units, HiddenUnits::Set set, std::span<const float> b2,
                const Communicator& owners);

}  // namespace dko
