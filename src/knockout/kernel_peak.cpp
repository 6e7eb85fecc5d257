#include "dko/knockout/kernel_peak.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "dko/base/stopwatch.hpp"
#include "pair_block.hpp"

namespace dko {

KernelPeak measure_kernel_peak(InstructionSet instructions, double seconds) {
  const PairBlockFunctions& functions = pair_block_functions(instructions);
  constexpr std::int64_t rounds = 1 << 16;
  const auto each = static_cast<double>(rounds * peak_chains * functions.lanes);
  volatile float used = 0;  // or the work could be left out
  double quickest = 1e9;
  const Stopwatch whole;
  do {
    const Stopwatch watch;
    used = functions.multiply_adds(rounds);
    quickest = std::min(quickest, watch.seconds());
  } while (whole.seconds() < seconds);
  static_cast<void>(used);
  return {each / quickest};
}

double measure_read_bandwidth() {
  constexpr std::size_t bytes = std::size_t{1} << 30;
  constexpr std::size_t lanes = 32;
  const std::vector<float> array(bytes / sizeof(float), 1.0F);
  volatile float used = 0;
  double quickest = 1e9;
  for (int repeat = 0; repeat < 3; ++repeat) {
    const Stopwatch watch;
    std::array<float, lanes> sums{};
    for (std::size_t at = 0; at < array.size(); at += lanes) {
      for (std::size_t lane = 0; lane < lanes; ++lane) sums[lane] += array[at + lane];
    }
    for (const float sum : sums) used = used + sum;
    quickest = std::min(quickest, watch.seconds());
  }
  return static_cast<double>(bytes) / quickest;
}

}  // namespace dko
