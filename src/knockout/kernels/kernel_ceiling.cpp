#include "dko/knockout/kernels/kernel_ceiling.hpp"

#include <cstdint>

#include "dko/base/stopwatch.hpp"
#include "pair_block.hpp"

namespace dko {

double measure_kernel_ceiling(InstructionSet instructions, double seconds) {
  const PairBlockFunctions& functions = pair_block_functions(instructions);
  constexpr std::int64_t rounds = 1 << 16;
  const auto each = static_cast<double>(rounds * ceiling_chains * functions.lanes);
  volatile float used = 0;  // or the work could be left out
  double elements = 0;
  double passed = 0;
  const Stopwatch watch;
  do {
    used = functions.elements_from_registers(rounds);
    elements += each;
    passed = watch.seconds();
  } while (passed < seconds);
  static_cast<void>(used);
  return elements / passed;
}

}  // namespace dko
