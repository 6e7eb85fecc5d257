#pragma once

namespace dko {

/// What a training holds of every parameter: its value, the value that was kept, and Adam's two moments.
enum class ParameterSet { weights, kept, first_moment, second_moment };

}  // namespace dko
