#pragma once

#include "dko/knockout/screen/pair_selection.hpp"

namespace dko::testing {

/// What a view shows, as what is read of a file.
inline SelectionState copy_of(const SelectionView& view) {
  SelectionState state{view.done, {}};
  view.in_pieces([&](std::span<const KeptPair> piece) {
    state.pairs.insert(state.pairs.end(), piece.begin(), piece.end());
  });
  return state;
}

/// The other way round; `state` outlives it.
inline SelectionView view_of(const SelectionState& state) {
  return {state.done, state.pairs, {}};
}

}  // namespace dko::testing
