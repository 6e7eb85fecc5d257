#include "entry_check.hpp"

#include <fmt/format.h>

#include <cmath>

#include "dko/base/error.hpp"

namespace dko {

std::string_view fault_of(float value) {
  if (std::isnan(value)) return "is NaN";
  if (value < 0) return "is negative; give counts or normalised expression, not scaled data";
  if (std::isinf(value)) return "is infinite or too large";
  return {};
}

void EntryCheck::refuse(std::int64_t cell, std::int64_t gene, float value) const {
  throw InputError(fmt::format("{}, cell {}, gene {}: the value{} {}{}", place,
                               cells[static_cast<std::size_t>(cell)], genes[static_cast<std::size_t>(gene)],
                               std::isnan(value) ? std::string() : fmt::format(" {}", value), fault_of(value),
                               value < 0 ? hint : std::string()));
}

}  // namespace dko
