// Compiled for AVX2 whatever the rest is compiled for; see product_block.hpp.
#include <immintrin.h>

#include "product_block_body.hpp"

namespace dko {
namespace {

struct Avx2Doubles {
  using Register = __m256d;
  static constexpr std::int64_t width = 4;
  static constexpr std::int64_t row_registers = 3;  // times columns: 12 of 16 registers
  static constexpr std::int64_t columns = 4;

  static Register zero() { return _mm256_setzero_pd(); }
  static Register load(const double* p) { return _mm256_load_pd(p); }
  static void store(double* p, Register a) { _mm256_store_pd(p, a); }
  static Register broadcast(const double* p) { return _mm256_broadcast_sd(p); }
  static Register add(Register a, Register b) { return _mm256_add_pd(a, b); }
  static Register multiply_add(Register a, Register b, Register c) { return _mm256_fmadd_pd(a, b, c); }
};

}  // namespace

const ProductFunctions avx2_product = product_of<Avx2Doubles>;

}  // namespace dko
