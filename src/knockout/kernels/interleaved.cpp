#include "interleaved.hpp"

namespace dko {

namespace {

using Four = float __attribute__((vector_size(16), may_alias));

Four load(const float* from) {
  return *reinterpret_cast<const Four*>(from);
}

void store(float* to, Four four) {
  *reinterpret_cast<Four*>(to) = four;
}

/// Turns four rows of four columns.
template <class Of>
void turn(const float* const* columns, std::int64_t row, std::int64_t group, float* to, Of of) {
  const Four a = of(row, load(columns[0] + row));
  const Four b = of(row, load(columns[1] + row));
  const Four c = of(row, load(columns[2] + row));
  const Four d = of(row, load(columns[3] + row));
  const Four ab_low = __builtin_shufflevector(a, b, 0, 4, 1, 5);
  const Four ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
  const Four cd_low = __builtin_shufflevector(c, d, 0, 4, 1, 5);
  const Four cd_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  store(to, __builtin_shufflevector(ab_low, cd_low, 0, 1, 4, 5));
  store(to + group, __builtin_shufflevector(ab_low, cd_low, 2, 3, 6, 7));
  store(to + 2 * group, __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5));
  store(to + 3 * group, __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7));
}

template <class Of>
void interleave_all(std::span<const float* const> columns, std::int64_t rows, std::int64_t group, float* to,
                    Of of) {
  for (std::int64_t first = 0; first < std::ssize(columns); first += group) {
    const float* const* const of_group = columns.data() + first;
    for (std::int64_t row = 0; row < rows; row += 4) {
      float* const to_row = to + first * rows + row * group;
      for (std::int64_t c = 0; c < group; c += 4) turn(of_group + c, row, group, to_row + c, of);
    }
  }
}

}  // namespace

void interleave(std::span<const float* const> columns, std::int64_t rows, std::int64_t group, float* to) {
  interleave_all(columns, rows, group, to, [](std::int64_t, Four values) { return values; });
}

void interleave_rest(const float* rest, std::span<const float* const> columns, std::int64_t rows,
                     std::int64_t group, float* to) {
  interleave_all(columns, rows, group, to,
                 [rest](std::int64_t i, Four values) { return load(rest + i) - values; });
}

}  // namespace dko
