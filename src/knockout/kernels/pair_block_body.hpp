#pragma once
// The pair block for vectors V of one instruction set; included by its versions only. V has
//   Register, width, tile_firsts, zero(), load(p), store(p, a), broadcast(p), add, subtract, largest(a, b),
//   smallest(a, b), magnitude(a), minus_product(a, b, c) = c − a·b, sums(four registers, out): the four sums
//   over their lanes, and hide(a), which keeps the compiler from knowing what a is, without an instruction.

#include "pair_block.hpp"

namespace dko {
namespace {

/// One tile over the rows of one chunk. The registers hold its sums: all loops over these are unrolled, or
/// the compiler would keep them in memory, and store each of them for every vector of rows.
template <class V>
inline void add_tile(const PairBlock& block, std::int64_t first, std::int64_t second, std::int64_t row,
                     std::int64_t end) {
  typename V::Register sums[V::tile_firsts][tile_seconds];
#pragma GCC unroll 4
  for (std::int64_t f = 0; f < V::tile_firsts; ++f) {
#pragma GCC unroll 4
    for (std::int64_t s = 0; s < tile_seconds; ++s) sums[f][s] = V::zero();
  }
  const float* const panel = block.panel + first * block.panel_stride;
  const float* const* const c = block.columns + second;
  const float* const c0 = c[0];
  const float* const c1 = c[1];
  const float* const c2 = c[2];
  const float* const c3 = c[3];
  const float* const t = block.parameter + first * block_seconds + second;
  const bool is_start = row == 0;
  for (; row < end; row += V::width) {
    const auto share = V::load(block.share + row);
    const typename V::Register column[tile_seconds] = {V::load(c0 + row), V::load(c1 + row),
                                                       V::load(c2 + row), V::load(c3 + row)};
#pragma GCC unroll 4
    for (std::int64_t f = 0; f < V::tile_firsts; ++f) {
      const auto of_first = V::load(panel + f * block.panel_stride + row);
#pragma GCC unroll 4
      for (std::int64_t s = 0; s < tile_seconds; ++s)
        sums[f][s] = V::add(
            sums[f][s], V::largest(of_first, V::minus_product(share, V::broadcast(t + f * block_seconds + s),
                                                              column[s])));
    }
  }
#pragma GCC unroll 4
  for (std::int64_t f = 0; f < V::tile_firsts; ++f) {
    float* const to = block.sums + (first + f) * block_seconds + second;
    alignas(16) float of_chunk[tile_seconds];
    V::sums(sums[f], of_chunk);
    for (std::int64_t s = 0; s < tile_seconds; ++s) to[s] = is_start ? of_chunk[s] : to[s] + of_chunk[s];
  }
}

/// Chunk by chunk of rows, so that what a block reads again and again stays in the second-level cache.
template <class V>
void add_tiles(const PairBlock& block) {
  for (std::int64_t row = 0; row < block.rows; row += block_chunk_rows) {
    const std::int64_t end = block.rows - row < block_chunk_rows ? block.rows : row + block_chunk_rows;
    for (std::int64_t second = 0; second < block.seconds; second += tile_seconds) {
      for (std::int64_t first = 0; first < block.firsts; first += V::tile_firsts) {
        if (block.diagonal + second + tile_seconds - 1 <= first) break;
        add_tile<V>(block, first, second, row, end);
      }
    }
  }
}

template <class V>
struct Crossing {
  using Register = typename V::Register;
  static Register term(Register p, Register c, Register, Register) {
    return V::largest(V::subtract(c, p), V::zero());
  }
};

template <class V>
struct WeightedCrossing {
  using Register = typename V::Register;
  static Register term(Register p, Register c, Register share, Register) {
    return V::minus_product(share, V::smallest(V::subtract(p, c), V::zero()), V::zero());
  }
};

template <class V>
struct Loss {
  using Register = typename V::Register;
  static Register term(Register p, Register c, Register share, Register t) {
    return V::smallest(V::minus_product(share, t, V::magnitude(V::subtract(p, c))), V::zero());
  }
};

/// Some firsts by one vector of seconds, row after row.
template <class V, class Term>
inline void add_rows_of(const RowBlock& block, std::int64_t first, std::int64_t second) {
  typename V::Register sums[row_block_firsts];
  typename V::Register t[row_block_firsts];
  for (std::int64_t f = 0; f < row_block_firsts; ++f) {
    sums[f] = V::zero();
    t[f] = V::load(block.parameter + (first + f) * block_seconds + second);
  }
  const float* const panel = block.panel + first * block.panel_stride;
  for (std::int64_t row = 0; row < block.count; ++row) {
    const auto c = V::load(block.rows + row * block_seconds + second);
    const auto share = V::broadcast(block.share + row);
#pragma GCC unroll 4
    for (std::int64_t f = 0; f < row_block_firsts; ++f) {
      const auto p = V::broadcast(panel + f * block.panel_stride + row);
      sums[f] = V::add(sums[f], Term::term(p, c, share, t[f]));
    }
  }
  for (std::int64_t f = 0; f < row_block_firsts; ++f)
    V::store(block.sums + (first + f) * block_seconds + second, sums[f]);
}

template <class V, class Term>
void add_rows(const RowBlock& block) {
  for (std::int64_t second = 0; second < block.seconds; second += V::width) {
    for (std::int64_t first = 0; first < block.firsts; first += row_block_firsts) {
      if (block.diagonal + second + V::width - 1 <= first) break;
      add_rows_of<V, Term>(block, first, second);
    }
  }
}

/// The operations of add_tile on operands that are in registers already, so that nothing but the processor's
/// ports for them sets the pace. Operands are hidden: elements with the same ones would be computed once.
template <class V>
float elements_from_registers(std::int64_t rounds) {
  constexpr std::int64_t chains = ceiling_chains;
  const float start = static_cast<float>(rounds);
  const float small = 1e-9F;
  typename V::Register sums[chains];
  for (auto& sum : sums) sum = V::broadcast(&start);
  auto of_first = V::broadcast(&small);
  auto column = V::broadcast(&small);
  auto share = V::broadcast(&small);
  auto t = V::broadcast(&small);
  V::hide(of_first);
  V::hide(column);
  V::hide(share);
  for (std::int64_t round = 0; round < rounds; ++round) {
#pragma GCC unroll 8
    for (std::int64_t chain = 0; chain < chains; ++chain) {
      V::hide(t);
      sums[chain] = V::add(sums[chain], V::largest(of_first, V::minus_product(share, t, column)));
    }
  }
  alignas(16) float results[tile_seconds];
  float all = 0;
  for (std::int64_t first = 0; first < chains; first += tile_seconds) {
    const typename V::Register four[tile_seconds] = {sums[first], sums[first + 1], sums[first + 2],
                                                     sums[first + 3]};
    V::sums(four, results);
    all += results[0] + results[1] + results[2] + results[3];
  }
  return all;
}

template <class V>
constexpr PairBlockFunctions pair_block_of{V::width,
                                           V::tile_firsts,
                                           add_tiles<V>,
                                           add_rows<V, Crossing<V>>,
                                           add_rows<V, WeightedCrossing<V>>,
                                           add_rows<V, Loss<V>>,
                                           elements_from_registers<V>};

}  // namespace
}  // namespace dko
