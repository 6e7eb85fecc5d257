// Compiled for AVX2 whatever the rest is compiled for; see pair_block.hpp.
#include "dko/base/avx2_vectors.hpp"
#include "pair_block_body.hpp"

namespace dko {
namespace {

struct Avx2 : Avx2Vectors {
  // 12 of 16 registers for sums and parameters
  static constexpr std::int64_t tile_firsts = 3;
  static constexpr std::int64_t tile_vectors = 2;

  static void hide(Register& a) { __asm__("" : "+x"(a)); }
};

}  // namespace

const PairBlockFunctions avx2_pair_block = pair_block_of<Avx2>;

}  // namespace dko
