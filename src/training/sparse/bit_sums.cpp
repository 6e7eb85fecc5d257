#include "bit_sums.hpp"

namespace dko {

const BitSums& bit_sums(InstructionSet instructions) {
  switch (instructions) {
#ifdef DKO_HAS_X86_KERNELS
    case InstructionSet::avx512:
      return __builtin_cpu_supports("avx512vpopcntdq") ? avx512_bit_sums : avx2_bit_sums;
    case InstructionSet::avx2:
      return avx2_bit_sums;
#endif
    default:
      return portable_bit_sums;
  }
}

const BitSums& bit_sums() {
  static const BitSums& best = bit_sums(best_instruction_set());
  return best;
}

}  // namespace dko
