#include "score_sample.hpp"

#include <algorithm>
#include <cmath>

#include "dko/base/random.hpp"

namespace dko {

ScoreSample::ScoreSample(std::int64_t events, std::int64_t count, std::uint64_t seed)
    : events_(events), length_(std::max<std::int64_t>(1, events / count)), seed_(seed) {}

std::int64_t ScoreSample::drawn(std::int64_t stratum) const {
  const std::int64_t first = stratum * length_;
  RandomStream stream(seed_, "scores to verify", static_cast<std::uint64_t>(stratum));
  return first + stream.below(std::min(length_, events_ - first));
}

std::vector<std::int64_t> ScoreSample::within(EventRange range) const {
  std::vector<std::int64_t> found;
  if (range.size() <= 0) return found;
  const std::int64_t last = (range.last + length_ - 1) / length_;
  for (std::int64_t stratum = range.first / length_; stratum < last; ++stratum) {
    const std::int64_t event = drawn(stratum);
    if (event >= range.first && event < range.last) found.push_back(event);
  }
  return found;
}

double ScoreSample::chance(double share) const {
  if (events_ == 0) return 0;
  if (length_ == 1) return 1;
  return 1 - std::pow(1 - share, static_cast<double>(events_) / static_cast<double>(length_));
}

}  // namespace dko
