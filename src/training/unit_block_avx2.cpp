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
  static void sums(const Register (&of)[fold_pairs], float* to) {
    const Register ab = add(_mm256_unpacklo_ps(of[0], of[1]), _mm256_unpackhi_ps(of[0], of[1]));
    const Register cd = add(_mm256_unpacklo_ps(of[2], of[3]), _mm256_unpackhi_ps(of[2], of[3]));
    const Register all = add(_mm256_shuffle_ps(ab, cd, 0x44), _mm256_shuffle_ps(ab, cd, 0xee));
    _mm_store_ps(to, _mm_add_ps(_mm256_castps256_ps128(all), _mm256_extractf128_ps(all, 1)));
  }
};

}  // namespace

const VectorFunctions avx2_vector_functions = vector_functions_of<Avx2>;

}  // namespace dko
