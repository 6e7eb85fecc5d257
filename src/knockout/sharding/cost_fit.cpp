#include "dko/knockout/sharding/cost_fit.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "dko/base/numbers.hpp"
#include "dko/base/random.hpp"
#include "dko/base/stopwatch.hpp"
#include "dko/knockout/kernels/cell_kernel.hpp"

namespace dko {

namespace {

/// Seconds of one call, the quickest of `repeats` means over as many calls as take `seconds`.
template <class Call>
double time_of(Call call, std::int64_t repeats, double seconds) {
  double quickest = std::numeric_limits<double>::infinity();
  for (std::int64_t repeat = 0; repeat < repeats; ++repeat) {
    const Stopwatch watch;
    double spent = 0;
    std::int64_t calls = 0;
    while (spent < seconds || calls == 0) {
      call();
      ++calls;
      spent = watch.seconds();
    }
    quickest = std::min(quickest, spent / static_cast<double>(calls));
  }
  return quickest;
}

/// Seconds over work.
struct Line {
  double base = 0;
  double each = 0;
};

/// Least squares of the relative residuals (base + each·x − y)/y, with base, each ≥ 0.
Line fit_line(std::span<const double> x, std::span<const double> y) {
  double w = 0;
  double wx = 0;
  double wxx = 0;
  double wy = 0;
  double wxy = 0;
  for (std::size_t at = 0; at < x.size(); ++at) {
    const double weight = 1 / (y[at] * y[at]);
    w += weight;
    wx += weight * x[at];
    wxx += weight * x[at] * x[at];
    wy += weight * y[at];
    wxy += weight * x[at] * y[at];
  }
  const double determinant = w * wxx - wx * wx;
  const Line line{(wxx * wy - wx * wxy) / determinant, (w * wxy - wx * wy) / determinant};
  if (line.base < 0) return {0, wxy / wxx};
  if (line.each < 0) return {wy / w, 0};
  return line;
}

}  // namespace

KernelTiming time_kernel(const CollapsedMapping& mapping, std::span<const std::int32_t> expressed,
                         std::int64_t repeats, double seconds) {
  const auto kernel = make_cell_kernel(mapping);
  KernelTiming timing{std::ssize(expressed), cell_work(mapping, expressed)};
  const auto positions = numbers_below<std::int32_t>(expressed.size());
  // A kernel gets ready for pairs when the first is asked for.
  std::vector<float> first(1);
  ScoreSpans of_first;
  of_first.impact = first;
  timing.load = time_of(
      [&] {
        kernel->load(expressed);
        kernel->pair_scores(positions, {0, 1}, of_first);
      },
      repeats, seconds);
  std::size_t at = 0;
  timing.single =
      time_of([&] { kernel->scores(std::span(&positions[at++ % positions.size()], 1)); }, repeats, seconds);
  timing.listed = time_of([&] { kernel->scores(std::span(&positions[at++ % (positions.size() - 1)], 2)); },
                          repeats, seconds);
  // As the screen asks for them: many whole rows at a time.
  const std::int64_t n = std::ssize(positions);
  const std::int64_t all = PairIndex::row_start(n, n);
  const std::int64_t rows = std::max<std::int64_t>(1, std::min(n, std::int64_t{1 << 17} / n));
  const EventRange pairs{0, std::min(all, PairIndex::row_start(n, rows))};
  std::vector<float> scores(static_cast<std::size_t>(pairs.size()));
  ScoreSpans spans;
  spans.impact = scores;
  timing.pair = time_of([&] { kernel->pair_scores(positions, pairs, spans); }, repeats, seconds) /
                static_cast<double>(pairs.size());
  return timing;
}

std::vector<KernelTiming> time_cells(const CollapsedMapping& mapping, std::span<const std::int64_t> expressed,
                                     std::uint64_t seed, std::int64_t repeats, double seconds) {
  std::vector<KernelTiming> timings;
  for (const std::int64_t count : expressed) {
    RandomStream stream(seed, "timed cells", static_cast<std::uint64_t>(count));
    const std::vector<std::int64_t> drawn = stream.distinct(count, mapping.genes());
    const std::vector<std::int32_t> genes(drawn.begin(), drawn.end());
    timings.push_back(time_kernel(mapping, genes, repeats, seconds));
  }
  return timings;
}

CostModel fit_costs(std::span<const KernelTiming> timings) {
  std::vector<double> work;
  for (const KernelTiming& timing : timings) work.push_back(timing.work.of_event);
  const auto line_of = [&](double KernelTiming::*seconds) {
    std::vector<double> times;
    for (const KernelTiming& timing : timings) times.push_back(timing.*seconds);
    return fit_line(work, times);
  };
  const Line pair = line_of(&KernelTiming::pair);
  const Line single = line_of(&KernelTiming::single);
  const Line listed = line_of(&KernelTiming::listed);
  double logarithms = 0;
  for (const KernelTiming& timing : timings) logarithms += std::log(timing.load / timing.work.to_load);
  return {.pair_base = pair.base,
          .pair_each = pair.each,
          .single_base = single.base,
          .single_each = single.each,
          .listed_base = listed.base,
          .listed_each = listed.each,
          .load_each = std::exp(logarithms / static_cast<double>(timings.size()))};
}

}  // namespace dko
