// For any machine: what the compiler makes of vectors of four numbers.
#include "unit_block_body.hpp"

namespace dko {
namespace {

struct Portable {
  using Register = float __attribute__((vector_size(16), may_alias));
  static constexpr std::int64_t width = 4;

  static Register zero() { return Register{}; }
  static Register load(const float* p) { return *reinterpret_cast<const Register*>(p); }
  static void store(float* p, Register a) { *reinterpret_cast<Register*>(p) = a; }
  static Register broadcast(const float* p) { return Register{*p, *p, *p, *p}; }
  static Register add(Register a, Register b) { return a + b; }
  static Register subtract(Register a, Register b) { return a - b; }
  static Register multiply(Register a, Register b) { return a * b; }
  static Register divide(Register a, Register b) { return a / b; }
  static Register multiply_add(Register a, Register b, Register c) { return a * b + c; }
  static Register root(Register a) {
    return Register{__builtin_sqrtf(a[0]), __builtin_sqrtf(a[1]), __builtin_sqrtf(a[2]),
                    __builtin_sqrtf(a[3])};
  }
  static void sums(const Register (&of)[fold_pairs], float* to) {
    for (std::int64_t at = 0; at < fold_pairs; ++at)
      to[at] = (of[at][0] + of[at][1]) + (of[at][2] + of[at][3]);
  }
};

}  // namespace

const VectorFunctions portable_vector_functions = vector_functions_of<Portable>;

}  // namespace dko
