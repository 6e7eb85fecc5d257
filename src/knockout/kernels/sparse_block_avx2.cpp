// Compiled for AVX2 whatever the rest is compiled for; see sparse_block.hpp.
#include "dko/base/avx2_vectors.hpp"
#include "sparse_block_body.hpp"

namespace dko {
namespace {

struct Avx2 : Avx2Vectors {
  static constexpr std::int64_t block_vectors = 4;  // of 16 registers

  static Register where_less(Register a, Register b, Register c) {
    return _mm256_and_ps(_mm256_cmp_ps(a, b, _CMP_LT_OQ), c);
  }
  static Register where_equal(Register a, Register b, Register c) {
    return _mm256_and_ps(_mm256_cmp_ps(a, b, _CMP_EQ_OQ), c);
  }
  static Register count_less(Register n, Register a, Register b) {
    const __m256i is_less = _mm256_castps_si256(_mm256_cmp_ps(a, b, _CMP_LT_OQ));  // −1
    return _mm256_castsi256_ps(_mm256_sub_epi32(_mm256_castps_si256(n), is_less));
  }
  static void store_counts(std::int32_t* p, Register n) {
    _mm256_store_si256(reinterpret_cast<__m256i*>(p), _mm256_castps_si256(n));
  }
};

}  // namespace

const SparseBlockFunctions avx2_sparse_block = sparse_block_of<Avx2>;

}  // namespace dko
