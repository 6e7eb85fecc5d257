#include "dko/parallel/communication_model.hpp"

#include <algorithm>
#include <bit>
#include <vector>

#include "dko/base/quantile.hpp"
#include "dko/base/stopwatch.hpp"

namespace dko {

namespace {

/// Messages one after the other: ⌈log2 P⌉ there, and as many back.
double messages(int ranks) {
  return 2.0 * std::bit_width(static_cast<unsigned>(ranks) - 1U);
}

/// How often the bytes of a rank pass its link.
double passes(int ranks) {
  return 2.0 * (ranks - 1) / ranks;
}

/// Median of `repeats` times of `calls` allreduces one after the other. Collective.
AllreduceTime time_allreduce(const Communicator& ranks, std::size_t count, int calls, int repeats) {
  std::vector<float> values(count);  // of zeros: their sums stay what they are
  const auto sum = [&] { ranks.sum(std::span<float>(values)); };
  sum();  // connections, and pages
  std::vector<double> times;
  for (int repeat = 0; repeat < repeats; ++repeat) {
    ranks.barrier();
    const Stopwatch watch;
    for (int call = 0; call < calls; ++call) sum();
    times.push_back(ranks.max(watch.seconds()) / calls);
  }
  return {static_cast<double>(sizeof(float) * count), median(std::move(times))};
}

}  // namespace

double AllreduceModel::seconds(double bytes, int ranks) const {
  return messages(ranks) * latency + passes(ranks) * bytes * seconds_per_byte;
}

AllreduceModel fit_allreduce(const AllreduceTime& small, const AllreduceTime& large, int ranks) {
  AllreduceModel model;
  const double slope = (large.seconds - small.seconds) / (large.bytes - small.bytes);
  model.seconds_per_byte = std::max(0.0, slope / passes(ranks));
  const double of_bytes = passes(ranks) * small.bytes * model.seconds_per_byte;
  model.latency = std::max(0.0, (small.seconds - of_bytes) / messages(ranks));
  return model;
}

AllreduceModel measured_between(const Communicator& ranks) {
  const AllreduceTime small = time_allreduce(ranks, 1, 20, 25);
  const AllreduceTime large = time_allreduce(ranks, std::size_t{1} << 22, 1, 9);
  return fit_allreduce(small, large, ranks.size());
}

}  // namespace dko
