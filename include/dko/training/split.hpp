#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "dko/expression/matrix.hpp"

namespace dko {

/// Which cells a mapping is trained on, chosen by, and tested on. Ascending cell numbers.
struct Split {
  std::vector<std::int64_t> training;
  std::vector<std::int64_t> validation;
  std::vector<std::int64_t> held_out;
};

/// Divides the cells that express anything. The held-out cells are those given, or else a random
/// `held_out_fraction` (0 for none); of the rest a random `validation_fraction` validates. Fractions are
/// rounded to whole cells. Depends on the seed alone. Local.
Split split_cells(const ExpressionMatrix& matrix, double validation_fraction, double held_out_fraction,
                  const std::optional<std::vector<std::int32_t>>& held_out, std::uint64_t seed);

/// @throws InputError if a batch asks for more distinct training cells than there are, or if cells were to
///         validate and none is left to.
void require_enough_cells(const Split& split, std::int64_t batch, double validation_fraction);

/// @throws InputError if there are too few cells to fit a sparse mapping to: fewer than ten.
void require_enough_cells_to_fit(std::int64_t cells);

}  // namespace dko
