#pragma once
// The sparse block for vectors V of one instruction set; included by its versions only. V has what
// pair_block_body.hpp says, and
//   multiply(a, b), block_vectors: as many as are worked on at a time, store_counts(p, n),
//   where_less(a, b, c), where_equal(a, b, c): c where a < b, or a = b, and 0 elsewhere,
//   count_less(n, a, b): n, integers, and one more where a < b.
// Everything is worked out for every pair, and what does not count is 0. Products are never fused with sums.

#include "sparse_block.hpp"

namespace dko {
namespace {

/// Where the row is the second itself.
template <class V, std::int64_t vectors, class Register = typename V::Register>
inline void add_own_change(const OverlapBlock& block, std::int64_t b, const TouchedRow& row, Register own,
                           Register (&change)[vectors], Register (&untouched)[vectors],
                           Register (&along)[vectors]) {
  const Register number = V::broadcast(&row.number);
  const Register share = V::broadcast(&row.share);
  const Register weighted = V::multiply(V::broadcast(&row.weight), own);
#pragma GCC unroll 8
  for (std::int64_t v = 0; v < vectors; ++v) {
    const Register numbers = V::load(block.numbers + b + v * V::width);
    change[v] = V::add(change[v], V::where_equal(numbers, number, own));
    untouched[v] = V::add(untouched[v], V::where_equal(numbers, number, share));
    along[v] = V::add(along[v], V::where_equal(numbers, number, weighted));
  }
}

/// Some vectors of seconds, row after row: the registers hold their sums.
template <class V, std::int64_t vectors, bool has_direction, class Register = typename V::Register>
inline void add_changes_of(const OverlapBlock& block, std::int64_t b) {
  Register change[vectors];
  Register untouched[vectors];
  Register along[vectors];
#pragma GCC unroll 8
  for (std::int64_t v = 0; v < vectors; ++v) {
    change[v] = V::load(block.change + b + v * V::width);
    untouched[v] = V::load(block.untouched + b + v * V::width);
    along[v] = has_direction ? V::load(block.along + b + v * V::width) : V::zero();
  }
  const Register beyond_any = V::broadcast(&block.beyond);
  for (const TouchedRow* row = block.rows; row < block.rows + block.count; ++row) {
    const Register left = V::broadcast(&row->left);
    const Register floor = V::broadcast(&row->floor);
    const Register share = V::broadcast(&row->share);
    const Register single_first = V::subtract(V::broadcast(&row->of_first), share);
#pragma GCC unroll 8
    for (std::int64_t v = 0; v < vectors; ++v) {
      const Register reduced = V::subtract(left, V::load(row->effects + b + v * V::width));
      const Register after = V::load(row->after + b + v * V::width);
      const Register both = V::subtract(V::largest(floor, reduced), share);
      const Register single_second = V::where_less(after, beyond_any, V::subtract(after, share));
      const Register twice = V::subtract(V::subtract(both, single_first), single_second);
      change[v] = V::add(change[v], twice);
      untouched[v] = V::add(untouched[v], V::where_less(after, beyond_any, share));
      if constexpr (has_direction)
        along[v] = V::add(along[v], V::multiply(V::broadcast(&row->weight), twice));
    }
    if (row->gene < b || row->gene >= b + vectors * V::width) continue;
    add_own_change<V, vectors>(block, b, *row, V::subtract(V::zero(), single_first), change, untouched,
                               along);
  }
#pragma GCC unroll 8
  for (std::int64_t v = 0; v < vectors; ++v) {
    V::store(block.change + b + v * V::width, change[v]);
    V::store(block.untouched + b + v * V::width, untouched[v]);
    if constexpr (has_direction) V::store(block.along + b + v * V::width, along[v]);
  }
}

template <class V, std::int64_t vectors>
inline void add_losses_of(const OverlapBlock& block, std::int64_t b) {
  using Register = typename V::Register;
  Register losses[vectors];
  Register one_more[vectors];
#pragma GCC unroll 8
  for (std::int64_t v = 0; v < vectors; ++v) {
    losses[v] = V::load(block.losses + b + v * V::width);
    one_more[v] = V::load(block.one_more + b + v * V::width);
  }
  const auto positive_part = [](Register a) { return V::largest(a, V::zero()); };
  for (const TouchedRow* row = block.rows; row < block.rows + block.count; ++row) {
    const Register left = V::broadcast(&row->left);
    const Register floor = V::broadcast(&row->floor);
    const Register share = V::broadcast(&row->share);
    const Register of_first = V::broadcast(&row->of_first);
#pragma GCC unroll 8
    for (std::int64_t v = 0; v < vectors; ++v) {
      const Register reduced = V::subtract(left, V::load(row->effects + b + v * V::width));
      const Register scaled = V::multiply(one_more[v], share);
      const Register both = positive_part(V::subtract(scaled, V::largest(floor, reduced)));
      const Register first = positive_part(V::subtract(scaled, of_first));
      const Register second = positive_part(V::subtract(scaled, V::load(row->after + b + v * V::width)));
      losses[v] = V::add(losses[v], V::subtract(V::subtract(both, first), second));
    }
    if (row->gene < b || row->gene >= b + vectors * V::width) continue;
    const Register number = V::broadcast(&row->number);
#pragma GCC unroll 8
    for (std::int64_t v = 0; v < vectors; ++v) {
      const Register first = positive_part(V::subtract(V::multiply(one_more[v], share), of_first));
      losses[v] = V::add(losses[v], V::where_equal(V::load(block.numbers + b + v * V::width), number,
                                                   V::subtract(V::zero(), first)));
    }
  }
#pragma GCC unroll 8
  for (std::int64_t v = 0; v < vectors; ++v) V::store(block.losses + b + v * V::width, losses[v]);
}

template <class V, std::int64_t vectors>
inline void count_of_first(const TurnBlock& block, std::int64_t b) {
  typename V::Register theta[vectors];
  typename V::Register counts[vectors];
#pragma GCC unroll 8
  for (std::int64_t v = 0; v < vectors; ++v) {
    theta[v] = V::load(block.theta + b + v * V::width);
    counts[v] = V::zero();
  }
  for (std::int64_t entry = 0; entry < block.first_count; ++entry) {
    const auto turn = V::broadcast(block.first + entry);
#pragma GCC unroll 8
    for (std::int64_t v = 0; v < vectors; ++v) counts[v] = V::count_less(counts[v], turn, theta[v]);
  }
#pragma GCC unroll 8
  for (std::int64_t v = 0; v < vectors; ++v) V::store_counts(block.of_first + b + v * V::width, counts[v]);
}

/// Counts for one group of seconds.
template <class V>
inline void count_of_seconds(const TurnBlock& block, std::int64_t b) {
  constexpr std::int64_t vectors = second_lanes / V::width;
  const TurnGroup& group = block.groups[b / second_lanes];
  const float* turns = block.turns + group.start;
  typename V::Register theta[vectors];
  typename V::Register counts[vectors];
#pragma GCC unroll 8
  for (std::int64_t v = 0; v < vectors; ++v) {
    theta[v] = V::load(block.theta + b + v * V::width);
    counts[v] = V::zero();
  }
  for (std::int64_t entry = 0; entry < group.longest; ++entry, turns += second_lanes) {
#pragma GCC unroll 8
    for (std::int64_t v = 0; v < vectors; ++v)
      counts[v] = V::count_less(counts[v], V::load(turns + v * V::width), theta[v]);
  }
#pragma GCC unroll 8
  for (std::int64_t v = 0; v < vectors; ++v) V::store_counts(block.of_second + b + v * V::width, counts[v]);
}

/// All vectors that have seconds: as many at a time as registers hold, then one by one.
template <class V, class Many, class One>
inline void for_seconds(std::int64_t begin, std::int64_t end, Many many, One one) {
  std::int64_t b = begin / V::width * V::width;
  for (; b + (V::block_vectors - 1) * V::width < end; b += V::block_vectors * V::width) many(b);
  for (; b < end; b += V::width) one(b);
}

template <class V, bool has_direction>
void add_changes_along(const OverlapBlock& block) {
  for_seconds<V>(
      block.begin, block.end,
      [&](std::int64_t b) { add_changes_of<V, V::block_vectors, has_direction>(block, b); },
      [&](std::int64_t b) { add_changes_of<V, 1, has_direction>(block, b); });
}

template <class V>
void add_changes(const OverlapBlock& block) {
  if (block.along != nullptr)
    add_changes_along<V, true>(block);
  else
    add_changes_along<V, false>(block);
}

template <class V>
void add_losses(const OverlapBlock& block) {
  for_seconds<V>(
      block.begin, block.end, [&](std::int64_t b) { add_losses_of<V, V::block_vectors>(block, b); },
      [&](std::int64_t b) { add_losses_of<V, 1>(block, b); });
}

template <class V>
void count_turns(const TurnBlock& block) {
  for_seconds<V>(
      block.begin, block.end, [&](std::int64_t b) { count_of_first<V, V::block_vectors>(block, b); },
      [&](std::int64_t b) { count_of_first<V, 1>(block, b); });
  for (std::int64_t b = block.begin / second_lanes * second_lanes; b < block.end; b += second_lanes)
    count_of_seconds<V>(block, b);
}

template <class V>
constexpr SparseBlockFunctions sparse_block_of{add_changes<V>, add_losses<V>, count_turns<V>};

}  // namespace
}  // namespace dko
