#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "dko/base/names.hpp"

namespace dko {

/// Why a value is no expression; empty if it is.
std::string_view fault_of(float value);

/// Names of both axes, and what to say of a value that is no expression.
struct EntryCheck {
  const Names& cells;
  const Names& genes;
  std::string place;  ///< "file:/X"
  std::string hint;   ///< what to do about negative values

  /// @throws InputError unless the value is finite and not negative.
  void operator()(std::int64_t cell, std::int64_t gene, float value) const {
    if (!(value >= 0 && value < infinite)) refuse(cell, gene, value);
  }

 private:
  static constexpr float infinite = std::numeric_limits<float>::infinity();
  [[noreturn]] void refuse(std::int64_t cell, std::int64_t gene, float value) const;
};

}  // namespace dko
