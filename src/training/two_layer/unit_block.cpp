#include "unit_block.hpp"

namespace dko {

const VectorFunctions& vector_functions(InstructionSet instructions) {
  switch (instructions) {
#ifdef DKO_HAS_X86_KERNELS
    case InstructionSet::avx512:
      return avx512_vector_functions;
    case InstructionSet::avx2:
      return avx2_vector_functions;
#endif
    default:
      return portable_vector_functions;
  }
}

}  // namespace dko
