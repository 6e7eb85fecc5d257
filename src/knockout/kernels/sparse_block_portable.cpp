// For any machine: what the compiler makes of vectors of four numbers.
#include "dko/base/portable_vectors.hpp"
#include "sparse_block_body.hpp"

namespace dko {
namespace {

struct Portable : PortableVectors {
  static constexpr std::int64_t block_vectors = 4;  // of 16 registers
  using Counts = std::int32_t __attribute__((vector_size(16), may_alias));

  static Register where_less(Register a, Register b, Register c) { return a < b ? c : zero(); }
  static Register where_equal(Register a, Register b, Register c) { return a == b ? c : zero(); }
  static Register count_less(Register n, Register a, Register b) {
    return reinterpret_cast<Register>(reinterpret_cast<Counts>(n) - (a < b));  // −1 where it is
  }
  static void store_counts(std::int32_t* p, Register n) {
    *reinterpret_cast<Counts*>(p) = reinterpret_cast<Counts>(n);
  }
};

}  // namespace

const SparseBlockFunctions portable_sparse_block = sparse_block_of<Portable>;

}  // namespace dko
