#pragma once
// The innermost loops of A = W2·W1 for vectors V of doubles of one instruction set; included by its versions
// only. V has Register, width, row_registers (of a panel of rows), columns (of a panel), zero(), load(p),
// store(p, a), broadcast(p), add(a, b), and multiply_add(a, b, c) = a·b + c, rounded once.

#include <immintrin.h>

#include "product_block.hpp"
#include "sum_order.hpp"

namespace dko {
namespace {

template <class V>
constexpr std::int64_t row_width = V::row_registers* V::width;

/// Column panels that stay in the second-level cache while all panels of rows pass by.
template <class V>
constexpr std::int64_t cached_panels = 128 / V::columns;

/// The sums of a pair of panels, in registers.
template <class V>
struct PanelSums {
  typename V::Register at[V::columns][V::row_registers];
};

template <class V>
inline void clear(PanelSums<V>& sums) {
#pragma GCC unroll 8
  for (std::int64_t c = 0; c < V::columns; ++c) {
#pragma GCC unroll 3
    for (std::int64_t r = 0; r < V::row_registers; ++r) sums.at[c][r] = V::zero();
  }
}

template <class V>
inline void add(PanelSums<V>& sums, const PanelSums<V>& others) {
  for (std::int64_t c = 0; c < V::columns; ++c)
    for (std::int64_t r = 0; r < V::row_registers; ++r)
      sums.at[c][r] = V::add(sums.at[c][r], others.at[c][r]);
}

/// The products of `units` hidden units, every `step`-th.
template <class V>
inline void add_units(const double* rows, const double* columns, std::int64_t units, std::int64_t step,
                      PanelSums<V>& sums) {
  for (std::int64_t unit = 0; unit < units; ++unit) {
    typename V::Register row[V::row_registers];
#pragma GCC unroll 3
    for (std::int64_t r = 0; r < V::row_registers; ++r) row[r] = V::load(rows + r * V::width);
#pragma GCC unroll 8
    for (std::int64_t c = 0; c < V::columns; ++c) {
      const auto column = V::broadcast(columns + c);
#pragma GCC unroll 3
      for (std::int64_t r = 0; r < V::row_registers; ++r)
        sums.at[c][r] = V::multiply_add(row[r], column, sums.at[c][r]);
    }
    rows += step * row_width<V>;
    columns += step * V::columns;
  }
}

/// The sums of one turn of `ways`.
template <class V>
inline PanelSums<V> sums_of_turn(const double* rows, const double* columns, std::int64_t units,
                                 std::int64_t ways, std::int64_t turn) {
  PanelSums<V> sums;
  clear(sums);
  add_units(rows + turn * row_width<V>, columns + turn * V::columns, units / ways, ways, sums);
  return sums;
}

/// Sums that take turns over the whole rounds are added up; then the rest is added to that. Not inlined: the
/// sums of the common case would no longer stay in registers.
template <class V>
__attribute__((noinline)) void add_in_turns(const double* rows, const double* columns, std::int64_t units,
                                            std::int64_t ways, PanelSums<V>& sums) {
  const std::int64_t whole = units_in_turns(units, ways);
  clear(sums);
  for (std::int64_t turn = 0; turn < ways; turn += 2) {
    PanelSums<V> both = sums_of_turn<V>(rows, columns, whole, ways, turn);
    add(both, sums_of_turn<V>(rows, columns, whole, ways, turn + 1));
    if (turn == 0)
      sums = both;
    else
      add(sums, both);
  }
  add_units(rows + whole * row_width<V>, columns + whole * V::columns, units - whole, 1, sums);
}

template <class V>
inline void add_to_memory(const PanelSums<V>& sums, double* to) {
#pragma GCC unroll 8
  for (std::int64_t c = 0; c < V::columns; ++c) {
#pragma GCC unroll 3
    for (std::int64_t r = 0; r < V::row_registers; ++r) {
      double* const at = to + (c * V::row_registers + r) * V::width;
      V::store(at, V::add(V::load(at), sums.at[c][r]));
    }
  }
}

template <class V>
inline void add_panels(const ProductBlock& block, std::int64_t row_panel, std::int64_t column_panel) {
  const double* const rows = block.rows + row_panel * block.units * row_width<V>;
  const double* const columns = block.columns + column_panel * block.units * V::columns;
  double* const to =
      block.sums + (row_panel * block.column_panels + column_panel) * row_width<V> * V::columns;
  if (block.ways == 1) {
    PanelSums<V> sums;
    clear(sums);
    add_units(rows, columns, block.units, 1, sums);
    add_to_memory(sums, to);
  } else {
    PanelSums<V> sums;
    add_in_turns(rows, columns, block.units, block.ways, sums);
    add_to_memory(sums, to);
  }
}

template <class V>
void add_products(const ProductBlock& block) {
  for (std::int64_t first = 0; first < block.column_panels; first += cached_panels<V>) {
    const std::int64_t end =
        block.column_panels - first < cached_panels<V> ? block.column_panels : first + cached_panels<V>;
    for (std::int64_t row_panel = 0; row_panel < block.row_panels; ++row_panel) {
      for (std::int64_t column_panel = first; column_panel < end; ++column_panel)
        add_panels<V>(block, row_panel, column_panel);
    }
  }
}

/// Four genes by four units at a time, turned round in registers.
inline void pack_four(const float* const* from, std::int64_t unit, std::int64_t width, double* to) {
  __m128 row[4];
  for (std::int64_t gene = 0; gene < 4; ++gene) row[gene] = _mm_loadu_ps(from[gene] + unit);
  _MM_TRANSPOSE4_PS(row[0], row[1], row[2], row[3]);
  for (std::int64_t at = 0; at < 4; ++at) _mm256_storeu_pd(to + at * width, _mm256_cvtps_pd(row[at]));
}

inline void pack_panel(const float* const* from, std::int64_t width, std::int64_t units, double* to) {
  const std::int64_t whole = units / 4 * 4;
  for (std::int64_t unit = 0; unit < whole; unit += 4) {
    for (std::int64_t gene = 0; gene < width; gene += 4)
      pack_four(from + gene, unit, width, to + unit * width + gene);
  }
  for (std::int64_t unit = whole; unit < units; ++unit) {
    for (std::int64_t gene = 0; gene < width; ++gene)
      to[unit * width + gene] = static_cast<double>(from[gene][unit]);
  }
}

template <class V>
constexpr ProductFunctions product_of{row_width<V>, V::columns, add_products<V>, pack_panel};

}  // namespace
}  // namespace dko
