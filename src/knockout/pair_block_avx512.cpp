// Compiled for AVX-512 whatever the rest is compiled for; see pair_block.hpp.
#include <immintrin.h>

#include "pair_block_body.hpp"

namespace dko {
namespace {

struct Avx512 {
  using Register = __m512;
  static constexpr std::int64_t width = 16;
  static constexpr std::int64_t tile_firsts = 4;  // of 32 registers

  static Register zero() { return _mm512_setzero_ps(); }
  static Register load(const float* p) { return _mm512_load_ps(p); }
  static void store(float* p, Register a) { _mm512_store_ps(p, a); }
  static Register broadcast(const float* p) { return _mm512_set1_ps(*p); }
  static Register add(Register a, Register b) { return _mm512_add_ps(a, b); }
  static Register subtract(Register a, Register b) { return _mm512_sub_ps(a, b); }
  static Register largest(Register a, Register b) { return _mm512_max_ps(a, b); }
  static Register smallest(Register a, Register b) { return _mm512_min_ps(a, b); }
  static Register magnitude(Register a) { return _mm512_abs_ps(a); }
  static Register minus_product(Register a, Register b, Register c) { return _mm512_fnmadd_ps(a, b, c); }

  /// Folded together: the lanes of four registers take as many shuffles as those of two.
  static void sums(const Register (&of)[tile_seconds], float* to) {
    const Register ab = add(_mm512_unpacklo_ps(of[0], of[1]), _mm512_unpackhi_ps(of[0], of[1]));
    const Register cd = add(_mm512_unpacklo_ps(of[2], of[3]), _mm512_unpackhi_ps(of[2], of[3]));
    const Register all = add(_mm512_shuffle_ps(ab, cd, 0x44), _mm512_shuffle_ps(ab, cd, 0xee));
    const __m256 half = _mm256_add_ps(_mm512_castps512_ps256(all), _mm512_extractf32x8_ps(all, 1));
    _mm_store_ps(to, _mm_add_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1)));
  }
};

}  // namespace

const PairBlockFunctions avx512_pair_block = pair_block_of<Avx512>;

}  // namespace dko
