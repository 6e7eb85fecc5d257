#include "plain_direction.hpp"

#include "dko/base/random.hpp"
#include "full_network.hpp"

namespace dko::testing {

namespace {

std::vector<double> without(std::span<const double> profile, std::span<const std::int32_t> removed) {
  std::vector<double> left(profile.begin(), profile.end());
  for (const std::int32_t gene : removed) left[static_cast<std::size_t>(gene)] = 0;
  double total = 0;
  for (const double share : left) total += share;
  for (double& share : left) share = total > 0 ? share / total : 0;
  return left;
}

std::vector<double> random_profile(std::int64_t genes, RandomStream& random) {
  std::vector<double> profile;
  double total = 0;
  for (std::int64_t gene = 0; gene < genes; ++gene) {
    profile.push_back(random.uniform(0, 1) < 0.2 ? 0 : random.uniform(0, 1));
    total += profile.back();
  }
  for (double& share : profile) share /= total;
  return profile;
}

}  // namespace

double PlainDirection::shift(std::span<const double> before, std::span<const double> after,
                             std::span<const std::int32_t> removed) const {
  const std::vector<double> rescaled = without(before, removed);
  double along = 0;
  double length = 0;
  for (std::size_t gene = 0; gene < from.size(); ++gene) {
    const double d = toward[gene] - from[gene];
    along += (after[gene] - rescaled[gene]) * d;
    length += d * d;
  }
  return along / length;
}

double PlainDirection::approach(std::span<const double> before, std::span<const double> after,
                                std::span<const std::int32_t> removed) const {
  const std::vector<double> goal = without(toward, removed);
  return full_distance(without(before, removed), goal) - full_distance(after, goal);
}

PlainDirection random_direction(std::int64_t genes, std::uint64_t seed) {
  RandomStream random(seed, "direction");
  PlainDirection direction;
  direction.from = random_profile(genes, random);
  direction.toward = random_profile(genes, random);
  return direction;
}

}  // namespace dko::testing
