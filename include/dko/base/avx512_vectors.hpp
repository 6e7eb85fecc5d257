#pragma once
// Vectors of AVX-512, for the kernels' versions that are compiled for it, and for nothing else.

#include <immintrin.h>

#include <cstdint>

namespace dko {
namespace {  // of each such file its own: never one that the linker shares with files compiled otherwise

struct Avx512Vectors {
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
  static Register root(Register a) { return _mm512_sqrt_ps(a); }
  static Register largest(Register a, Register b) { return _mm512_max_ps(a, b); }
  static Register smallest(Register a, Register b) { return _mm512_min_ps(a, b); }
  static Register magnitude(Register a) { return _mm512_abs_ps(a); }
  /// a·b + c and c − a·b
  static Register multiply_add(Register a, Register b, Register c) { return _mm512_fmadd_ps(a, b, c); }
  static Register minus_product(Register a, Register b, Register c) { return _mm512_fnmadd_ps(a, b, c); }

  /// The sums over the lanes of four registers, folded together: their lanes take as many shuffles as those
  /// of two. `to` is aligned to 16 bytes.
  static void sums(const Register (&of)[4], float* to) {
    const Register ab = add(_mm512_unpacklo_ps(of[0], of[1]), _mm512_unpackhi_ps(of[0], of[1]));
    const Register cd = add(_mm512_unpacklo_ps(of[2], of[3]), _mm512_unpackhi_ps(of[2], of[3]));
    const Register all = add(_mm512_shuffle_ps(ab, cd, 0x44), _mm512_shuffle_ps(ab, cd, 0xee));
    const __m256 half = _mm256_add_ps(_mm512_castps512_ps256(all), _mm512_extractf32x8_ps(all, 1));
    _mm_store_ps(to, _mm_add_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1)));
  }
};

}  // namespace
}  // namespace dko
