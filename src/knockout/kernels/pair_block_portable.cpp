// For any machine: what the compiler makes of vectors of four numbers.
#include "dko/base/portable_vectors.hpp"
#include "pair_block_body.hpp"

namespace dko {
namespace {

struct Portable : PortableVectors {
  static constexpr std::int64_t tile_firsts = 3;  // of 16 registers
};

}  // namespace

const PairBlockFunctions portable_pair_block = pair_block_of<Portable>;

}  // namespace dko
