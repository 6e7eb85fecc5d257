#include "dko/simulation/observation.hpp"

#include <cmath>
#include <numeric>

#include "dko/base/random.hpp"

namespace dko {

Observation::Observation(const ObservationOptions& options, std::int64_t genes) : options_(options) {
  const std::int64_t batches = options.batches > 1 && options.batch_spread > 0 ? options.batches : 0;
  for (std::int64_t batch = 0; batch < batches; ++batch) {
    RandomStream stream(options.seed, "batch factors", static_cast<std::uint64_t>(batch));
    std::vector<double>& of_batch = factors_.emplace_back(static_cast<std::size_t>(genes) + 1);
    for (double& factor : of_batch) factor = std::exp(options.batch_spread * stream.normal());
  }
}

std::int64_t Observation::batch(std::int64_t cell) const {
  return RandomStream(options_.seed, "batches", static_cast<std::uint64_t>(cell)).below(options_.batches);
}

std::vector<double> Observation::observe(const std::vector<double>& levels, std::int64_t cell) const {
  std::vector<double> seen = levels;
  double molecules = options_.molecules;
  if (!factors_.empty()) {
    const std::vector<double>& of_batch = factors_[static_cast<std::size_t>(batch(cell))];
    for (std::size_t gene = 0; gene < seen.size(); ++gene) seen[gene] *= of_batch[gene];
    molecules *= of_batch.back();
  }
  if (molecules > 0) seen = count_molecules(seen, cell, molecules, options_.spread, options_.seed);
  if (!(options_.dropout > 0)) return seen;
  RandomStream stream(options_.seed, "dropout", static_cast<std::uint64_t>(cell));
  for (double& value : seen) {
    if (stream.uniform(0, 1) < options_.dropout) value = 0;
  }
  return seen;
}

std::vector<double> count_molecules(const std::vector<double>& levels, std::int64_t cell, double molecules,
                                    double spread, std::uint64_t seed) {
  RandomStream stream(seed, "molecules", static_cast<std::uint64_t>(cell));
  const double total = std::accumulate(levels.begin(), levels.end(), 0.0);
  const double depth = molecules * std::exp(spread * stream.normal() - spread * spread / 2);
  std::vector<double> counts;
  for (const double level : levels) {
    counts.push_back(level > 0 ? static_cast<double>(stream.poisson(depth * level / total)) : 0.0);
  }
  return counts;
}

}  // namespace dko
