// Compiled for AVX2 whatever the rest is compiled for; see unit_block.hpp.
#include <immintrin.h>

#include "unit_block_body.hpp"

namespace dko {
namespace {

struct Avx2 {
  using Register = __m256;
  static constexpr std::int64_t width = 8;

  static Register zero() { return _mm256_setzero_ps(); }
  static Register load(const float* p) { return _mm256_load_ps(p); }
  static void store(float* p, Register a) { _mm256_store_ps(p, a); }
  static Register broadcast(const float* p) { return _mm256_broadcast_ss(p); }
  static Register add(Register a, Register b) { return _mm256_add_ps(a, b); }
  static Register subtract(Register a, Register b) { return _mm256_sub_ps(a, b); }
  static Register multiply(Register a, Register b) { return _mm256_mul_ps(a, b); }
  static Register divide(Register a, Register b) { return _mm256_div_ps(a, b); }
  static Register multiply_add(Register a, Register b, Register c) { return _mm256_fmadd_ps(a, b, c); }
  static Register root(Register a) { return _mm256_sqrt_ps(a); }
  static float sum(Register a) {
    const __m128 four = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
    const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
  }
};

}  // namespace

const VectorFunctions avx2_vector_functions = vector_functions_of<Avx2>;

}  // namespace dko
