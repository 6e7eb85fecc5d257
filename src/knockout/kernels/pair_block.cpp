#include "pair_block.hpp"

#include "dko/system/instruction_set.hpp"

namespace dko {

const PairBlockFunctions& pair_block_functions(InstructionSet instructions) {
  switch (instructions) {
#ifdef DKO_HAS_X86_KERNELS
    case InstructionSet::avx512:
      return avx512_pair_block;
    case InstructionSet::avx2:
      return avx2_pair_block;
#endif
    default:
      return portable_pair_block;
  }
}

}  // namespace dko
