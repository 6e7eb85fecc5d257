#pragma once
// Vectors of AVX2, for the kernels' versions that are compiled for it, and for nothing else.

#include <immintrin.h>

#include <cstdint>

namespace dko {
namespace {  // of each such file its own: never one that the linker shares with files compiled otherwise

struct Avx2Vectors {
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
  static Register root(Register a) { return _mm256_sqrt_ps(a); }
  static Register largest(Register a, Register b) { return _mm256_max_ps(a, b); }
  static Register smallest(Register a, Register b) { return _mm256_min_ps(a, b); }
  static Register magnitude(Register a) { return _mm256_andnot_ps(_mm256_set1_ps(-0.0F), a); }
  /// a·b + c and c − a·b
  static Register multiply_add(Register a, Register b, Register c) { return _mm256_fmadd_ps(a, b, c); }
  static Register minus_product(Register a, Register b, Register c) { return _mm256_fnmadd_ps(a, b, c); }

  /// The sums over the lanes of four registers, folded together. `to` is aligned to 16 bytes.
  static void sums(const Register (&of)[4], float* to) {
    const Register ab = add(_mm256_unpacklo_ps(of[0], of[1]), _mm256_unpackhi_ps(of[0], of[1]));
    const Register cd = add(_mm256_unpacklo_ps(of[2], of[3]), _mm256_unpackhi_ps(of[2], of[3]));
    const Register all = add(_mm256_shuffle_ps(ab, cd, 0x44), _mm256_shuffle_ps(ab, cd, 0xee));
    _mm_store_ps(to, _mm_add_ps(_mm256_castps256_ps128(all), _mm256_extractf128_ps(all, 1)));
  }
};

}  // namespace
}  // namespace dko
