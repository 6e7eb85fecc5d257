#pragma once
// The arithmetic of unit_block.hpp for vectors V of one instruction set; included by its versions only. V has
//   Register, width, zero(), load(p), store(p, a), broadcast(p), add, subtract, multiply, divide,
//   multiply_add(a, b, c) = a·b + c, root(a), and sums(four registers, out): the four sums over their lanes.
// Nothing of the standard library is used but types: an inline function of it, compiled here, could be the
// one that the linker keeps for all.

#include "unit_block.hpp"

namespace dko {
namespace {

template <class V, int vectors>
inline void load_row(typename V::Register (&row)[vectors], const float* from) {
#pragma GCC unroll 8
  for (int v = 0; v < vectors; ++v) row[v] = V::load(from + v * V::width);
}

template <class V, int vectors>
inline void store_row(const typename V::Register (&row)[vectors], float* to) {
#pragma GCC unroll 8
  for (int v = 0; v < vectors; ++v) V::store(to + v * V::width, row[v]);
}

/// sum += factor · row
template <class V, int vectors>
inline void add_product(typename V::Register (&sum)[vectors], const float* factor, const float* row) {
  const auto f = V::broadcast(factor);
#pragma GCC unroll 8
  for (int v = 0; v < vectors; ++v) sum[v] = V::multiply_add(f, V::load(row + v * V::width), sum[v]);
}

inline void fetch_row(const float* row, std::int64_t width) {
  constexpr std::int64_t line = 16;
  for (std::int64_t at = 0; at < width; at += line) __builtin_prefetch(row + at);
}

/// The cells' shares of the next panel's rows, fetched while this one is worked on: rows that few cells need
/// are no stream that the processor would see coming.
inline void fetch_next(std::int64_t cell, std::int64_t cells, const float* next_panel, std::int64_t width) {
  const std::int64_t end = panel_rows * (cell + 1) / cells;
  for (std::int64_t row = panel_rows * cell / cells; row < end; ++row)
    fetch_row(next_panel + row * width, width);
}

/// The sum of rows [first, last).
template <class V, int vectors>
inline void sum_rows(std::int64_t first, std::int64_t last, const float* rows, float* sum) {
  constexpr std::int64_t width = vectors * V::width;
  typename V::Register total[vectors];
  for (auto& of_vector : total) of_vector = V::zero();
  for (std::int64_t row = first; row < last; ++row) {
#pragma GCC unroll 8
    for (int v = 0; v < vectors; ++v) total[v] = V::add(total[v], V::load(rows + row * width + v * V::width));
  }
  store_row<V, vectors>(total, sum);
}

template <class V, int vectors>
void add_rows(const PresenceOfCells& panel, const float* rows, float* sums) {
  constexpr std::int64_t width = vectors * V::width;
  alignas(64) float all[width] = {};
  bool has_all = false;
  for (std::int64_t cell = 0; cell < panel.cells; ++cell) {
    fetch_next(cell, panel.cells, rows + panel.last_gene * width, width);
    const bool is_without = panel.is_without[cell] != 0;
    const std::int64_t end = panel.starts[cell + 1];
    if (panel.starts[cell] == end && !is_without) continue;
    typename V::Register sum[vectors];
    for (auto& of_vector : sum) of_vector = V::zero();
    for (std::int64_t at = panel.starts[cell]; at < end; ++at) {
      const float* const row = rows + panel.gene[at] * width;
#pragma GCC unroll 8
      for (int v = 0; v < vectors; ++v) sum[v] = V::add(sum[v], V::load(row + v * V::width));
    }
    if (is_without && !has_all) {
      sum_rows<V, vectors>(panel.first_gene, panel.last_gene, rows, all);
      has_all = true;
    }
    float* const to = sums + cell * width;
    for (int v = 0; v < vectors; ++v) {
      const std::int64_t at = v * V::width;
      const auto of_cell = is_without ? V::subtract(V::load(all + at), sum[v]) : sum[v];
      V::store(to + at, V::add(V::load(to + at), of_cell));
    }
  }
}

template <class V, int vectors>
void add_scaled_rows(const PanelOfCells& panel, const float* factor, const float* rows, float* sums) {
  constexpr std::int64_t width = vectors * V::width;
  for (std::int64_t cell = 0; cell < panel.cells; ++cell) {
    fetch_next(cell, panel.cells, rows + panel.last_gene * width, width);
    if (panel.first[cell] == panel.last[cell]) continue;
    typename V::Register sum[vectors];
    load_row<V, vectors>(sum, sums + cell * width);
    for (std::int64_t place = panel.first[cell]; place < panel.last[cell]; ++place)
      add_product<V, vectors>(sum, factor + place, rows + panel.gene[place] * width);
    store_row<V, vectors>(sum, sums + cell * width);
  }
}

/// Of `count` pairs at once, whose sums do not wait for each other.
template <class V, int vectors, int count>
inline void add_products_of(const typename V::Register (&row)[vectors], const std::int32_t* cell,
                            const float* activations, typename V::Register (&sum)[count]) {
  const float* of_cell[count];
  for (int pair = 0; pair < count; ++pair) of_cell[pair] = activations + cell[pair] * vectors * V::width;
#pragma GCC unroll 8
  for (int v = 0; v < vectors; ++v) {
#pragma GCC unroll 4
    for (int pair = 0; pair < count; ++pair)
      sum[pair] = V::multiply_add(row[v], V::load(of_cell[pair] + v * V::width), sum[pair]);
  }
}

/// The sums over the lanes.
template <class V, int count>
inline void fold(const typename V::Register (&sum)[count], float bias, const std::int64_t* place, float* to) {
  typename V::Register four[fold_pairs];
#pragma GCC unroll 4
  for (int pair = 0; pair < fold_pairs; ++pair) four[pair] = pair < count ? sum[pair] : V::zero();
  alignas(16) float sums[fold_pairs];
  V::sums(four, sums);
  for (int pair = 0; pair < count; ++pair) to[place[pair]] = bias + sums[pair];
}

template <class V, int vectors, bool is_first, bool is_last, int count>
inline void products_of(const OutputRows& of, const typename V::Register (&row)[vectors], std::int64_t gene,
                        std::int64_t pair) {
  float* const partial = of.partial + (pair - of.panel.starts[of.panel.first]) * V::width;
  typename V::Register sum[count];
#pragma GCC unroll 4
  for (int at = 0; at < count; ++at) sum[at] = is_first ? V::zero() : V::load(partial + at * V::width);
  add_products_of<V, vectors, count>(row, of.panel.cell + pair, of.activations, sum);
  if constexpr (is_last) {
    fold<V, count>(sum, of.bias[gene], of.place + pair, of.outputs);
  } else {
#pragma GCC unroll 4
    for (int at = 0; at < count; ++at) V::store(partial + at * V::width, sum[at]);
  }
}

template <class V, int vectors, bool is_first, bool is_last>
void products(const OutputRows& of) {
  constexpr std::int64_t width = vectors * V::width;
  for (std::int64_t gene = of.panel.first; gene < of.panel.last; ++gene) {
    std::int64_t pair = of.panel.starts[gene];
    const std::int64_t end = of.panel.starts[gene + 1];
    if (pair == end) continue;
    if constexpr (!is_last) fetch_row(of.next_rows + gene * of.next_width, of.next_width);
    typename V::Register row[vectors];
    load_row<V, vectors>(row, of.rows + gene * width);
    for (; pair + fold_pairs <= end; pair += fold_pairs)
      products_of<V, vectors, is_first, is_last, fold_pairs>(of, row, gene, pair);
    for (; pair < end; ++pair) products_of<V, vectors, is_first, is_last, 1>(of, row, gene, pair);
  }
}

template <class V, int vectors>
inline void add_gradient(typename V::Register (&sum)[vectors], const PanelOfGenes& panel, std::int64_t gene,
                         const float* factor, const float* activations) {
  constexpr std::int64_t width = vectors * V::width;
  for (std::int64_t pair = panel.starts[gene]; pair < panel.starts[gene + 1]; ++pair)
    add_product<V, vectors>(sum, factor + pair, activations + panel.cell[pair] * width);
}

template <class V, int vectors>
void gradients(const PanelOfGenes& panel, const float* factor, const float* activations, float* gradient) {
  constexpr std::int64_t width = vectors * V::width;
  for (std::int64_t gene = panel.first; gene < panel.last; ++gene) {
    typename V::Register sum[vectors];
    for (auto& of_vector : sum) of_vector = V::zero();
    add_gradient<V, vectors>(sum, panel, gene, factor, activations);
    store_row<V, vectors>(sum, gradient + gene * width);
  }
}

/// Rows that are soon to be updated, fetched to the cache: measured, 4 rows ahead save a tenth of the update.
inline void fetch_ahead(const AdamArrays& arrays, std::int64_t gene, std::int64_t width) {
  constexpr std::int64_t ahead = 4;
  fetch_row(arrays.before + (gene + ahead) * width, width);
  fetch_row(arrays.first_moment + (gene + ahead) * width, width);
  fetch_row(arrays.second_moment + (gene + ahead) * width, width);
}

/// The numbers of a step, each in all lanes.
template <class V>
struct AdamVectors {
  using Register = typename V::Register;

  explicit AdamVectors(const AdamStep& step)
      : beta1(all(AdamStep::beta1)),
        beta2(all(AdamStep::beta2)),
        rest1(all(1 - AdamStep::beta1)),
        rest2(all(1 - AdamStep::beta2)),
        epsilon(all(AdamStep::epsilon)),
        rate(all(step.rate)),
        scale(all(step.scale)),
        decay(all(step.decay)) {}
  static Register all(float value) { return V::broadcast(&value); }

  void apply(Register gradient, const AdamArrays& arrays, std::int64_t at) const {
    const Register m =
        V::multiply_add(beta1, V::load(arrays.first_moment + at), V::multiply(rest1, gradient));
    const Register v = V::multiply_add(beta2, V::load(arrays.second_moment + at),
                                       V::multiply(V::multiply(rest2, gradient), gradient));
    const Register before = V::load(arrays.before + at);
    const Register decayed = V::subtract(before, V::multiply(decay, before));
    const Register size = V::multiply_add(V::root(v), scale, epsilon);
    V::store(arrays.first_moment + at, m);
    V::store(arrays.second_moment + at, v);
    V::store(arrays.after + at, V::subtract(decayed, V::divide(V::multiply(rate, m), size)));
  }

  Register beta1, beta2, rest1, rest2, epsilon, rate, scale, decay;
};

template <class V, int vectors>
void update(const PanelOfGenes& panel, const float* factor, const float* activations, const AdamStep& step,
            const AdamArrays& arrays) {
  constexpr std::int64_t width = vectors * V::width;
  const AdamVectors<V> adam(step);
  for (std::int64_t gene = panel.first; gene < panel.last; ++gene) {
    fetch_ahead(arrays, gene, width);
    typename V::Register sum[vectors];
    for (auto& of_vector : sum) of_vector = V::zero();
    add_gradient<V, vectors>(sum, panel, gene, factor, activations);
#pragma GCC unroll 8
    for (int v = 0; v < vectors; ++v) adam.apply(sum[v], arrays, gene * width + v * V::width);
  }
}

template <class V>
void adam_of_array(std::int64_t count, const float* gradient, const AdamStep& step,
                   const AdamArrays& arrays) {
  const AdamVectors<V> adam(step);
  for (std::int64_t at = 0; at < count; at += V::width) adam.apply(V::load(gradient + at), arrays, at);
}

template <class V, int vectors>
constexpr UnitBlockFunctions unit_block_of{
    add_rows<V, vectors>,
    add_scaled_rows<V, vectors>,
    {{products<V, vectors, false, false>, products<V, vectors, false, true>},
     {products<V, vectors, true, false>, products<V, vectors, true, true>}},
    gradients<V, vectors>,
    update<V, vectors>};

template <class V>
constexpr VectorFunctions vector_functions_of{
    V::width,
    {unit_block_of<V, 1>, unit_block_of<V, 2>, unit_block_of<V, 3>, unit_block_of<V, 4>, unit_block_of<V, 5>,
     unit_block_of<V, 6>, unit_block_of<V, 7>, unit_block_of<V, 8>},
    adam_of_array<V>};

}  // namespace
}  // namespace dko
