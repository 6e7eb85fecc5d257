#include "dko/base/random.hpp"

#include <algorithm>
#include <boost/random/normal_distribution.hpp>
#include <boost/random/poisson_distribution.hpp>
#include <boost/random/uniform_int_distribution.hpp>
#include <boost/random/uniform_real_distribution.hpp>
#include <unordered_set>
#include <utility>

#include "dko/base/numbers.hpp"

namespace dko {

namespace {

std::uint64_t mixed(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

/// Floyd's sampling: each round adds one number that is new, whatever was drawn before.
std::vector<std::int64_t> floyd(RandomStream& stream, std::int64_t count, std::int64_t population) {
  // Bits are faster than a set, but take memory for all.
  constexpr std::int64_t most_bits = 1 << 20;
  std::vector<bool> is_taken(static_cast<std::size_t>(population <= most_bits ? population : 0), false);
  std::unordered_set<std::int64_t> taken;
  const auto take = [&](std::int64_t number) {
    if (is_taken.empty()) return taken.insert(number).second;
    const auto at = static_cast<std::size_t>(number);
    const bool is_new = !is_taken[at];
    is_taken[at] = true;
    return is_new;
  };
  std::vector<std::int64_t> drawn;
  drawn.reserve(static_cast<std::size_t>(count));
  for (std::int64_t last = population - count; last < population; ++last) {
    const std::int64_t candidate = stream.below(last + 1);
    const std::int64_t added = take(candidate) ? candidate : last;
    if (added != candidate) take(added);
    drawn.push_back(added);
  }
  std::sort(drawn.begin(), drawn.end());
  return drawn;
}

}  // namespace

RandomStream::RandomStream(std::uint64_t seed, std::string_view name, std::uint64_t index) {
  std::uint64_t hash = 0xCBF29CE484222325ULL;  // FNV-1a of the name
  for (const char letter : name) hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001B3ULL;
  state_ = mixed(mixed(mixed(seed) + hash) + index);
}

RandomStream::result_type RandomStream::operator()() {
  state_ += 0x9E3779B97F4A7C15ULL;
  return mixed(state_);
}

double RandomStream::uniform(double low, double high) {
  return boost::random::uniform_real_distribution<double>(low, high)(*this);
}

double RandomStream::normal() {
  return boost::random::normal_distribution<double>()(*this);
}

std::int64_t RandomStream::poisson(double mean) {
  if (!(mean > 0)) return 0;
  return boost::random::poisson_distribution<std::int64_t, double>(mean)(*this);
}

std::int64_t RandomStream::below(std::int64_t bound) {
  return boost::random::uniform_int_distribution<std::int64_t>(0, bound - 1)(*this);
}

std::vector<std::int64_t> RandomStream::distinct(std::int64_t count, std::int64_t population) {
  if (count <= population / 2) return floyd(*this, count, population);
  const std::vector<std::int64_t> left_out = floyd(*this, population - count, population);
  auto all = numbers_below<std::int64_t>(population);
  std::vector<std::int64_t> kept;
  kept.reserve(static_cast<std::size_t>(count));
  std::set_difference(all.begin(), all.end(), left_out.begin(), left_out.end(), std::back_inserter(kept));
  return kept;
}

std::vector<std::int64_t> RandomStream::permutation(std::int64_t count) {
  auto order = numbers_below<std::int64_t>(count);
  for (std::int64_t last = count - 1; last > 0; --last) {
    std::swap(order[static_cast<std::size_t>(last)], order[static_cast<std::size_t>(below(last + 1))]);
  }
  return order;
}

}  // namespace dko
