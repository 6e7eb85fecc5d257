// For any machine: what the compiler makes of vectors of four numbers.
#include "dko/base/portable_vectors.hpp"
#include "pair_block_body.hpp"

namespace dko {
namespace {

struct Portable : PortableVectors {
  // 12 of at least 16 registers for sums and parameters
  static constexpr std::int64_t tile_firsts = 3;
  static constexpr std::int64_t tile_vectors = 2;

  static void hide(Register& a) {
#if defined(__x86_64__)
    __asm__("" : "+x"(a));
#elif defined(DKO_NEON_VECTORS)
    __asm__("" : "+w"(a));
#else
    __asm__("" : "+m"(a));
#endif
  }
};

}  // namespace

const PairBlockFunctions portable_pair_block = pair_block_of<Portable>;

}  // namespace dko
