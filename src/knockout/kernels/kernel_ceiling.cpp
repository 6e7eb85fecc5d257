#include "dko/knockout/kernels/kernel_ceiling.hpp"

#include <algorithm>
#include <cstdint>

#include "dko/base/stopwatch.hpp"
#include "pair_block.hpp"

namespace dko {

double measure_kernel_ceiling(InstructionSet instructions, double seconds) {
  const PairBlockFunctions& functions = pair_block_functions(instructions);
  constexpr std::int64_t rounds = 1 << 16;
  const auto each = static_cast<double>(rounds * ceiling_chains * functions.lanes);
  volatile float used = 0;  // or the work could be left out
  double quickest = 1e9;
  const Stopwatch whole;
  do {
    const Stopwatch watch;
    used = functions.elements_from_registers(rounds);
    quickest = std::min(quickest, watch.seconds());
  } while (whole.seconds() < seconds);
  static_cast<void>(used);
  return each / quickest;
}

}  // namespace dko
