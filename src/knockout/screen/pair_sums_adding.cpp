// How values are added to sums of pairs: no product is fused with a sum, whoever adds them.
#include <cstring>
#include <type_traits>

#include "dko/knockout/screen/pair_sums.hpp"

namespace dko {

namespace {

/// Numbers of a score alone, or of a score and its interaction, which each operation takes together.
template <std::size_t lanes>
struct Numbers;

template <>
struct Numbers<1> {
  using Floats = float;
  using Doubles = double;
  static Doubles widened(Floats x) { return static_cast<Doubles>(x); }
  static Floats value(const float* values, const float*, std::size_t at) { return values[at]; }
};

template <>
struct Numbers<2> {
  using Floats = float __attribute__((vector_size(8)));
  using Doubles = double __attribute__((vector_size(16)));
  static Doubles widened(Floats x) { return __builtin_convertvector(x, Doubles); }
  static Floats value(const float* values, const float* interactions, std::size_t at) {
    return Floats{values[at], interactions[at]};
  }
};

template <class Vector, class Array>
Vector load(const Array& array) {
  static_assert(sizeof(Vector) == sizeof(array));
  if constexpr (std::is_arithmetic_v<Vector>) return array.front();
  Vector vector;
  std::memcpy(&vector, &array, sizeof(vector));
  return vector;
}

template <class Vector, class Array>
void store(Array& array, const Vector& vector) {
  static_assert(sizeof(vector) == sizeof(array));
  if constexpr (std::is_arithmetic_v<Vector>)
    array.front() = vector;
  else
    std::memcpy(&array, &vector, sizeof(vector));
}

template <class Sums, class Floats>
void add_value(Sums& pair, Floats x) {
  using Of = Numbers<Sums::lanes>;
  using Doubles = typename Of::Doubles;
  const auto before = load<Floats>(pair.shift);
  const Floats shift = before == before ? before : x;
  const Doubles difference = Of::widened(x) - Of::widened(shift);
  store(pair.shift, shift);
  store(pair.sum, load<Doubles>(pair.sum) + difference);
  store(pair.squares, load<Doubles>(pair.squares) + difference * difference);
  const auto lowest = load<Floats>(pair.lowest);
  const auto highest = load<Floats>(pair.highest);
  store(pair.lowest, x < lowest ? x : lowest);
  store(pair.highest, x > highest ? x : highest);
}

/// `offsets` go on for as many pairs as are fetched ahead.
template <class Sums>
void add_values(Sums* row, const std::int32_t* offsets, std::size_t count, std::size_t ahead,
                const float* values, const float* interactions) {
  for (std::size_t at = 0; at < count; ++at) {
    __builtin_prefetch(row + offsets[at + ahead], 1);
    Sums& pair = row[offsets[at]];
    if constexpr (Sums::lanes == 2) {
      const float interaction = interactions[at];
      pair.signs[0] += interaction > 0 ? 1 : 0;
      pair.signs[1] += interaction < 0 ? 1 : 0;
    }
    add_value(pair, Numbers<Sums::lanes>::value(values, interactions, at));
  }
}

}  // namespace

void PairSums::add(std::size_t measure, const float* values, const float* interactions) {
  const Column& column = columns_[measure];
  if (column.has_interaction)
    add_values(both_[column.array].data() + row_, offsets_.data(), added_, fetched_ahead, values,
               interactions);
  else
    add_values(alone_[column.array].data() + row_, offsets_.data(), added_, fetched_ahead, values, nullptr);
}

}  // namespace dko
