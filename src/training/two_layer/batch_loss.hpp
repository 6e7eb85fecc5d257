#pragma once

#include <span>

#include "cell_batch.hpp"

namespace dko {

/// Loss and slopes as of BatchNetwork, from outputs o in the order of the batch's places.

/// Σ over the cells of BC(q, p), with q = |o| / Σ|o|. Local.
double batch_loss(const CellBatch& batch, std::span<const float> outputs);

/// ∂BC/∂o, in the order of places. Local.
void batch_slopes(const CellBatch& batch, std::span<const float> outputs, std::span<float> slopes);

}  // namespace dko
