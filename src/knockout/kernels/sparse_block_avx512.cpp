// Compiled for AVX-512 whatever the rest is compiled for; see sparse_block.hpp.
#include "dko/base/avx512_vectors.hpp"
#include "sparse_block_body.hpp"

namespace dko {
namespace {

struct Avx512 : Avx512Vectors {
  static constexpr std::int64_t block_vectors = 4;  // of 32 registers

  static Register where_less(Register a, Register b, Register c) {
    return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(a, b, _CMP_LT_OQ), c);
  }
  static Register where_equal(Register a, Register b, Register c) {
    return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(a, b, _CMP_EQ_OQ), c);
  }
  static Register count_less(Register n, Register a, Register b) {
    const __m512i counts = _mm512_castps_si512(n);
    return _mm512_castsi512_ps(
        _mm512_mask_add_epi32(counts, _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ), counts, _mm512_set1_epi32(1)));
  }
  static void store_counts(std::int32_t* p, Register n) { _mm512_store_si512(p, _mm512_castps_si512(n)); }
};

}  // namespace

const SparseBlockFunctions avx512_sparse_block = sparse_block_of<Avx512>;

}  // namespace dko
