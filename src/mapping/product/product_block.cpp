#include "product_block.hpp"

#include "dko/system/instruction_set.hpp"

namespace dko {

const ProductFunctions* product_functions() {
  // Where Eigen has no multiply-add, a machine with one would get other bits than the others.
#if defined(DKO_HAS_X86_KERNELS) && defined(__AVX2__) && defined(__FMA__)
  return is_available(InstructionSet::avx512) ? &avx512_product : &avx2_product;
#else
  return nullptr;
#endif
}

}  // namespace dko
