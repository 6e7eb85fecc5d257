// Compiled for AVX-512 whatever the rest is compiled for; see unit_block.hpp.
#include <immintrin.h>

#include "unit_block_body.hpp"

namespace dko {
namespace {

struct Avx512 {
  using Register = __m512;
  static constexpr std::int64_t width = 16;

  static Register zero() { return _mm512_setzero_ps(); }
  static Register load(const float* p) { return _mm512_load_ps(p); }
  static void store(float* p, Register a) { _mm512_store_ps(p, a); }
  static Register broadcast(const float* p) { return _mm512_set1_ps(*p); }
  static Register add(Register a, Register b) { return _mm512_add_ps(a, b); }
  static Register subtract(Register a, Register b) { return _mm512_sub_ps(a, b); }
  static Register multiply(Register a, Register b) { return _mm512_mul_ps(a, b); }
  static Register divide(Register a, Register b) { return _mm512_div_ps(a, b); }
  static Register multiply_add(Register a, Register b, Register c) { return _mm512_fmadd_ps(a, b, c); }
  static Register root(Register a) { return _mm512_sqrt_ps(a); }
  static float sum(Register a) {
    const __m256 eight = _mm256_add_ps(_mm512_castps512_ps256(a), _mm512_extractf32x8_ps(a, 1));
    const __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
    const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
  }
};

}  // namespace

const VectorFunctions avx512_vector_functions = vector_functions_of<Avx512>;

}  // namespace dko
