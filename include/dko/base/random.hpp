#pragma once

#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

namespace dko {

/// A stream of random numbers named by (seed, name, index). Every random choice of the program takes its
/// own stream, so that no choice shifts another, none depends on the number of ranks, and a run can be
/// taken up at any step: the stream of step t is made from t alone.
///
/// SplitMix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators") from a start
/// that hashes seed, name and index. Distributions are Boost.Random's: the same on every platform.
class RandomStream {
 public:
  using result_type = std::uint64_t;

  RandomStream(std::uint64_t seed, std::string_view name, std::uint64_t index = 0);

  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }
  result_type operator()();

  /// Uniform in [low, high).
  double uniform(double low, double high);

  /// Normal with mean 0 and variance 1.
  double normal();

  /// Poisson with this mean ≥ 0.
  std::int64_t poisson(double mean);

  /// Uniform in {0, …, bound−1}; bound > 0.
  std::int64_t below(std::int64_t bound);

  /// `count` distinct numbers of {0, …, population−1}, ascending; every subset equally likely.
  /// 0 ≤ count ≤ population.
  std::vector<std::int64_t> distinct(std::int64_t count, std::int64_t population);

  /// A uniformly random order of {0, …, count−1}.
  std::vector<std::int64_t> permutation(std::int64_t count);

 private:
  std::uint64_t state_;
};

}  // namespace dko
