// Compiled for AVX-512 whatever the rest is compiled for; see product_block.hpp.
#include <immintrin.h>

#include "product_block_body.hpp"

namespace dko {
namespace {

struct Avx512Doubles {
  using Register = __m512d;
  static constexpr std::int64_t width = 8;
  static constexpr std::int64_t row_registers = 3;  // times columns: 24 of 32 registers
  static constexpr std::int64_t columns = 8;

  static Register zero() { return _mm512_setzero_pd(); }
  static Register load(const double* p) { return _mm512_load_pd(p); }
  static void store(double* p, Register a) { _mm512_store_pd(p, a); }
  static Register broadcast(const double* p) { return _mm512_set1_pd(*p); }
  static Register add(Register a, Register b) { return _mm512_add_pd(a, b); }
  static Register multiply_add(Register a, Register b, Register c) { return _mm512_fmadd_pd(a, b, c); }
};

}  // namespace

const ProductFunctions avx512_product = product_of<Avx512Doubles>;

}  // namespace dko
