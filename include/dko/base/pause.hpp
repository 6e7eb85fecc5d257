#pragma once

#include <functional>

namespace dko {

/// What a long computation is to do next, where it can be interrupted.
enum class Pause {
  go_on,
  save,  ///< hand on its state, so that it could go on from there, and go on
  stop,  ///< hand on its state and return
};

/// Asked now and then by a computation. Cheap to call often. Local.
using PauseCallback = std::function<Pause()>;

}  // namespace dko
