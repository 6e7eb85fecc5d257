// Compiled for AVX2 whatever the rest is compiled for; see pair_block.hpp.
#include "dko/base/avx2_vectors.hpp"
#include "pair_block_body.hpp"

namespace dko {
namespace {

struct Avx2 : Avx2Vectors {
  // Sums of three firsts would fit, too, but loads set the pace: with two more of what is used again stays in
  // the 16 registers.
  static constexpr std::int64_t tile_firsts = 2;

  static void hide(Register& a) { __asm__("" : "+x"(a)); }
};

}  // namespace

const PairBlockFunctions avx2_pair_block = pair_block_of<Avx2>;

}  // namespace dko
