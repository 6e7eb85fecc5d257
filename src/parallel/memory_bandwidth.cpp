#include "dko/parallel/memory_bandwidth.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "dko/base/staggered_array.hpp"
#include "dko/base/stopwatch.hpp"

namespace dko {

namespace {

/// Weights and moments as Adam moves them, without its root and quotient: nothing but memory is waited for.
/// The numbers stay of the order of 1 for millions of sweeps.
void sweep(float* __restrict weights, float* __restrict means, float* __restrict squares,
           std::int64_t count) {
  for (std::int64_t at = 0; at < count; ++at) {
    const float gradient = weights[at];
    means[at] = 0.9F * means[at] + 0.1F * gradient;
    squares[at] = 0.999F * squares[at] + 0.001F * gradient * gradient;
    weights[at] = gradient + 1e-7F * (means[at] - squares[at]);
  }
}

}  // namespace

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

double update_bandwidth(const Communicator& ranks, std::int64_t bytes, double seconds) {
  constexpr std::int64_t arrays = 3;
  constexpr std::int64_t floats = arrays * static_cast<std::int64_t>(sizeof(float));
  const std::int64_t count = std::max<std::int64_t>(1, bytes / floats);
  std::array<StaggeredArray, arrays> of;
  for (std::int64_t number = 0; number < arrays; ++number)
    of[static_cast<std::size_t>(number)].assign(count, 1.0F, number);
  double quickest = 1e9;
  double spent = 0;  // the same on every rank, so that all end together
  do {
    ranks.barrier();
    const Stopwatch watch;
    sweep(of[0].data(), of[1].data(), of[2].data(), count);
    const double slowest = ranks.max(watch.seconds());
    quickest = std::min(quickest, slowest);
    spent += slowest;
  } while (spent < seconds);
  return 2.0 * static_cast<double>(floats * count) / quickest;
}

}  // namespace dko
