#pragma once
// Columns side by side, as the pair block reads them (pair_block.hpp).

#include <cstdint>
#include <span>

namespace dko {

/// Row i of column c goes to (⌊c/group⌋·rows + i)·group + c mod group. `rows`, `group` and the number of
/// columns, a multiple of `group`, are multiples of 4; arrays are aligned to 16 bytes.
void interleave(std::span<const float* const> columns, std::int64_t rows, std::int64_t group, float* to);

/// The same of rest − column.
void interleave_rest(const float* rest, std::span<const float* const> columns, std::int64_t rows,
                     std::int64_t group, float* to);

}  // namespace dko
