// Compiled for AVX-512 whatever the rest is compiled for; see pair_block.hpp.
#include "dko/base/avx512_vectors.hpp"
#include "pair_block_body.hpp"

namespace dko {
namespace {

struct Avx512 : Avx512Vectors {
  // 12 of 32 registers for sums and parameters; more firsts would have more pairs beside the diagonal
  static constexpr std::int64_t tile_firsts = 6;
  static constexpr std::int64_t tile_vectors = 1;

  static void hide(Register& a) { __asm__("" : "+v"(a)); }
};

}  // namespace

const PairBlockFunctions avx512_pair_block = pair_block_of<Avx512>;

}  // namespace dko
