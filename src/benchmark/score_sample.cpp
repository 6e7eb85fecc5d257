#include "score_sample.hpp"

#include <algorithm>
#include <cmath>

#include "dko/base/random.hpp"

namespace dko {

ScoreSample::ScoreSample(std::int64_t events, std::int64_t count, std::uint64_t seed)
    : events_(events), count_(std::min(count, events)), seed_(seed) {}

std::int64_t ScoreSample::start(std::int64_t stratum) const {
  // events·stratum/count, which might not fit into 64 bits.
  return events_ / count_ * stratum + events_ % count_ * stratum / count_;
}

std::int64_t ScoreSample::drawn(std::int64_t stratum) const {
  const std::int64_t first = start(stratum);
  RandomStream stream(seed_, "scores to verify", static_cast<std::uint64_t>(stratum));
  return first + stream.below(start(stratum + 1) - first);
}

std::vector<std::int64_t> ScoreSample::within(EventRange range) const {
  std::vector<std::int64_t> found;
  if (count_ == 0 || range.size() <= 0) return found;
  // The stratum of the first, or the one before or behind it.
  const double part = static_cast<double>(range.first) / static_cast<double>(events_);
  auto stratum =
      std::clamp(static_cast<std::int64_t>(part * static_cast<double>(count_)), std::int64_t{0}, count_ - 1);
  while (stratum > 0 && start(stratum) > range.first) --stratum;
  while (stratum + 1 < count_ && start(stratum + 1) <= range.first) ++stratum;
  for (; stratum < count_ && start(stratum) < range.last; ++stratum) {
    const std::int64_t event = drawn(stratum);
    if (event >= range.first && event < range.last) found.push_back(event);
  }
  return found;
}

double ScoreSample::chance(double share) const {
  if (count_ == 0) return 0;
  if (count_ == events_) return 1;
  const double longest = std::ceil(static_cast<double>(events_) / static_cast<double>(count_));
  return 1 - std::pow(1 - share, static_cast<double>(events_) / longest);
}

}  // namespace dko
