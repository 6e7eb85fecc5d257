#pragma once
// The pair block for vectors V of one instruction set; included by its versions only. V has
//   Register, width, tile_firsts and tile_vectors (of seconds) whose sums and parameters fit into registers,
//   of which whole tiles fill a panel and a strip, zero(), load(p), store(p, a), broadcast(p), add, subtract,
//   largest(a, b), smallest(a, b), magnitude(a), minus_product(a, b, c) = c − a·b, sums(four registers, out):
//   the four sums over their lanes, and hide(a), which keeps the compiler from knowing what a is, without an
//   instruction.

#include "pair_block.hpp"

namespace dko {
namespace {

template <class V>
struct Largest {
  using Register = typename V::Register;
  static Register term(Register p, Register c, Register share, Register t) {
    return V::largest(p, V::minus_product(share, t, c));
  }
};

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

/// One tile, some firsts by some vectors of seconds, over the rows of one chunk. The registers hold its sums
/// and parameters: all loops over these are unrolled, or the compiler would keep them in memory.
template <class V, class Term, std::int64_t vectors>
inline void add_tile(const PairBlock& block, std::int64_t first, std::int64_t second, std::int64_t row,
                     std::int64_t end) {
  static_assert(panel_firsts % V::tile_firsts == 0 && strip_seconds % (V::tile_vectors * V::width) == 0);
  static_assert(V::tile_firsts <= 6 && V::tile_vectors <= 2, "as many as the pragmas unroll");
  const bool is_start = row == 0;
  const std::int64_t pairs = first * block_seconds + second;
  typename V::Register sums[V::tile_firsts][vectors];
  typename V::Register t[V::tile_firsts][vectors];
#pragma GCC unroll 6
  for (std::int64_t f = 0; f < V::tile_firsts; ++f) {
#pragma GCC unroll 2
    for (std::int64_t v = 0; v < vectors; ++v) {
      sums[f][v] = V::zero();
      t[f][v] = V::load(block.parameter + pairs + f * block_seconds + v * V::width);
    }
  }
  const std::int64_t in_panel = first % panel_firsts;
  const std::int64_t in_strip = second % strip_seconds;
  const float* p = block.panels + (first - in_panel) * block.stride + row * panel_firsts + in_panel;
  const float* c = block.strips + (second - in_strip) * block.stride + row * strip_seconds + in_strip;
  for (; row < end; ++row) {
    const auto share = V::broadcast(block.share + row);
    typename V::Register of_second[vectors];
#pragma GCC unroll 2
    for (std::int64_t v = 0; v < vectors; ++v) of_second[v] = V::load(c + v * V::width);
#pragma GCC unroll 6
    for (std::int64_t f = 0; f < V::tile_firsts; ++f) {
      const auto of_first = V::broadcast(p + f);
#pragma GCC unroll 2
      for (std::int64_t v = 0; v < vectors; ++v)
        sums[f][v] = V::add(sums[f][v], Term::term(of_first, of_second[v], share, t[f][v]));
    }
    p += panel_firsts;
    c += strip_seconds;
  }
#pragma GCC unroll 6
  for (std::int64_t f = 0; f < V::tile_firsts; ++f) {
#pragma GCC unroll 2
    for (std::int64_t v = 0; v < vectors; ++v) {
      float* const to = block.sums + pairs + f * block_seconds + v * V::width;
      V::store(to, is_start ? sums[f][v] : V::add(V::load(to), sums[f][v]));
    }
  }
}

/// Some firsts by the seconds of a strip, or those of its vectors that have a wanted pair.
template <class V, class Term>
inline void add_strip(const PairBlock& block, std::int64_t first, std::int64_t second, std::int64_t row,
                      std::int64_t end) {
  constexpr std::int64_t step = V::tile_vectors * V::width;
  for (const std::int64_t last = second + strip_seconds; second < last; second += step) {
    const auto is_wanted = [&](std::int64_t vector) {
      return second + vector * V::width < block.seconds &&
             block.diagonal + second + (vector + 1) * V::width - 1 > first;
    };
    if (is_wanted(0) && is_wanted(V::tile_vectors - 1)) {
      add_tile<V, Term, V::tile_vectors>(block, first, second, row, end);
      continue;
    }
    for (std::int64_t vector = 0; vector < V::tile_vectors; ++vector) {
      if (is_wanted(vector)) add_tile<V, Term, 1>(block, first, second + vector * V::width, row, end);
    }
  }
}

/// Chunk by chunk of rows, so that what a block reads again and again stays in the second-level cache, a
/// strip in the first.
template <class V, class Term>
void add_tiles(const PairBlock& block) {
  for (std::int64_t row = 0; row < block.rows; row += block_chunk_rows) {
    const std::int64_t end = block.rows - row < block_chunk_rows ? block.rows : row + block_chunk_rows;
    for (std::int64_t second = 0; second < block.seconds; second += strip_seconds) {
      for (std::int64_t first = 0; first < block.firsts; first += V::tile_firsts) {
        if (block.diagonal + second + strip_seconds - 1 <= first) break;
        add_strip<V, Term>(block, first, second, row, end);
      }
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
  alignas(16) float results[4];
  float all = 0;
  for (std::int64_t chain = 0; chain < chains; chain += 4) {
    const typename V::Register four[4] = {sums[chain], sums[chain + 1], sums[chain + 2], sums[chain + 3]};
    V::sums(four, results);
    all += results[0] + results[1] + results[2] + results[3];
  }
  return all;
}

template <class V>
constexpr PairBlockFunctions pair_block_of{V::width,
                                           add_tiles<V, Largest<V>>,
                                           add_tiles<V, Crossing<V>>,
                                           add_tiles<V, WeightedCrossing<V>>,
                                           add_tiles<V, Loss<V>>,
                                           elements_from_registers<V>};

}  // namespace
}  // namespace dko
