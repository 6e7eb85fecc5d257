#pragma once

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "dko/knockout/score/measure.hpp"

namespace dko {

/// What of the double knockouts of a screen is to be kept: every one, those that stand out, or what they come
/// to over cells. Pairs stand out by one measure: in every cell the `top` highest and the `top` lowest, or
/// those at or above `threshold` (what has a sign by its size), or those that are both.
struct PairKeeping {
  enum class Form { all, selected, summary };

  Form form = Form::all;
  std::int64_t top = 0;             ///< of a cell, either way; 0: no such limit
  std::optional<double> threshold;  ///< none: no such limit
  Measure by;                       ///< what selects
  /// Bytes that each rank may take for what it keeps until that is written. It changes no result.
  double memory = 1 << 30;

  bool passes(float value) const {
    if (!threshold) return true;
    return static_cast<double>(has_sign(by) ? std::abs(value) : value) >= *threshold;
  }
};

/// As users write it: "full", "top:100", "threshold:0.5", "top:100,threshold:0.5", "summary".
std::string text_of(const PairKeeping& keeping);

/// The same read back; `by` and `memory` are the defaults. @throws UsageError for any other text
PairKeeping parse_keeping(std::string_view text);

}  // namespace dko
