#pragma once

#include <cstdint>

#include "dko/expression/matrix.hpp"
#include "dko/knockout/screen.hpp"

namespace dko {

/// Bytes of a screen file without notes, nearly. Pairs that a threshold alone selects are not counted: how many
/// there are is only known when they are scored.
double screen_file_bytes(const ExpressionMatrix& matrix, const ScreenPlan& plan);

/// Bytes of as many selected pairs.
double kept_pairs_bytes(std::int64_t pairs, ScoreSet scores);

}  // namespace dko
