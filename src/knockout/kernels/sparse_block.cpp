#include "sparse_block.hpp"

#include "dko/system/instruction_set.hpp"

namespace dko {

const SparseBlockFunctions& sparse_block_functions(InstructionSet instructions) {
  switch (instructions) {
#ifdef DKO_HAS_X86_KERNELS
    case InstructionSet::avx512:
      return avx512_sparse_block;
    case InstructionSet::avx2:
      return avx2_sparse_block;
#endif
    default:
      return portable_sparse_block;
  }
}

}  // namespace dko
