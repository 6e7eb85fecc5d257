#pragma once
// Vectors of four numbers by the compiler's own vector types, for the kernels' versions for any machine, and
// for nothing else. On aarch64 what these types cannot say is asked for by name: a multiply-add that rounds
// once, and the larger of two numbers in one instruction.

#if defined(__aarch64__) && defined(__ARM_NEON)
#include <arm_neon.h>
#define DKO_NEON_VECTORS
#endif

#include <cstdint>

namespace dko {
namespace {  // of each such file its own: never one that the linker shares with files compiled otherwise

struct VectorsOfFour {
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

  /// The sums over the lanes of four registers.
  static void sums(const Register (&of)[4], float* to) {
    for (std::int64_t at = 0; at < 4; ++at) to[at] = (of[at][0] + of[at][1]) + (of[at][2] + of[at][3]);
  }
};

#ifdef DKO_NEON_VECTORS
struct PortableVectors : VectorsOfFour {
  static Register root(Register a) { return vsqrtq_f32(a); }
  static Register largest(Register a, Register b) { return vmaxq_f32(a, b); }
  static Register smallest(Register a, Register b) { return vminq_f32(a, b); }
  static Register magnitude(Register a) { return vabsq_f32(a); }
  /// a·b + c and c − a·b
  static Register multiply_add(Register a, Register b, Register c) { return vfmaq_f32(c, a, b); }
  static Register minus_product(Register a, Register b, Register c) { return vfmsq_f32(c, a, b); }
};
#else
struct PortableVectors : VectorsOfFour {
  static Register root(Register a) {
    return Register{__builtin_sqrtf(a[0]), __builtin_sqrtf(a[1]), __builtin_sqrtf(a[2]),
                    __builtin_sqrtf(a[3])};
  }
  static Register largest(Register a, Register b) { return a > b ? a : b; }
  static Register smallest(Register a, Register b) { return a < b ? a : b; }
  static Register magnitude(Register a) { return largest(a, -a); }
  /// a·b + c and c − a·b
  static Register multiply_add(Register a, Register b, Register c) { return a * b + c; }
  static Register minus_product(Register a, Register b, Register c) { return c - a * b; }
};
#endif

}  // namespace
}  // namespace dko
