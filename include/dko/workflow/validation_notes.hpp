#pragma once
// What run and screen note in the screen file of the mappings that they use.

#include "dko/results/model_notes.hpp"
#include "dko/training/ensemble.hpp"

namespace dko {

/// How the members of a model that was just made came to be, and how the first of them predicts the
/// validation cells of its split, where it has any that it was not fitted to. Local: rank 0.
ModelNotes notes_on(const Model& model, const RelativeProfiles& profiles, const Split& split,
                    const ModelOptions& options);

}  // namespace dko
