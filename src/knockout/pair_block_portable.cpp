// For any machine: what the compiler makes of loops over eight numbers.
#include "pair_block_body.hpp"

namespace dko {
namespace {

struct Portable {
  static constexpr std::int64_t width = 8;
  static constexpr std::int64_t tile_firsts = 3;  // of 16 registers
  struct Register {
    float at[width];
  };

  template <class Value>
  static Register each(Value value) {
    Register result;
    for (std::int64_t lane = 0; lane < width; ++lane) result.at[lane] = value(lane);
    return result;
  }
  static Register zero() {
    return each([](std::int64_t) { return 0.0F; });
  }
  static Register load(const float* p) {
    return each([=](std::int64_t lane) { return p[lane]; });
  }
  static void store(float* p, const Register& a) {
    for (std::int64_t lane = 0; lane < width; ++lane) p[lane] = a.at[lane];
  }
  static Register broadcast(const float* p) {
    return each([=](std::int64_t) { return *p; });
  }
  static Register add(const Register& a, const Register& b) {
    return each([&](std::int64_t lane) { return a.at[lane] + b.at[lane]; });
  }
  static Register subtract(const Register& a, const Register& b) {
    return each([&](std::int64_t lane) { return a.at[lane] - b.at[lane]; });
  }
  static Register largest(const Register& a, const Register& b) {
    return each([&](std::int64_t lane) { return a.at[lane] > b.at[lane] ? a.at[lane] : b.at[lane]; });
  }
  static Register smallest(const Register& a, const Register& b) {
    return each([&](std::int64_t lane) { return a.at[lane] < b.at[lane] ? a.at[lane] : b.at[lane]; });
  }
  static Register magnitude(const Register& a) {
    return each([&](std::int64_t lane) { return a.at[lane] < 0 ? -a.at[lane] : a.at[lane]; });
  }
  static Register minus_product(const Register& a, const Register& b, const Register& c) {
    return each([&](std::int64_t lane) { return c.at[lane] - a.at[lane] * b.at[lane]; });
  }

  static void sums(const Register (&of)[tile_seconds], float* to) {
    for (std::int64_t s = 0; s < tile_seconds; ++s) {
      const float* v = of[s].at;
      to[s] = ((v[0] + v[1]) + (v[2] + v[3])) + ((v[4] + v[5]) + (v[6] + v[7]));
    }
  }
};

}  // namespace

const PairBlockFunctions portable_pair_block = pair_block_of<Portable>;

}  // namespace dko
