#include "dko/base/time_left.hpp"

#include <algorithm>

namespace dko {

namespace {

constexpr std::size_t most_moments = 256;

}  // namespace

void TimeLeft::note(double seconds, double fraction) {
  now_ = {seconds, fraction};
  if (seconds - moments_.back().seconds < spacing_) return;
  moments_.push_back(now_);
  if (moments_.size() < most_moments) return;
  // Every other one goes, and from now on they come half as often.
  std::size_t kept = 0;
  for (std::size_t at = 0; at < moments_.size(); at += 2) moments_[kept++] = moments_[at];
  moments_.resize(kept);
  spacing_ = 2 * seconds / static_cast<double>(most_moments);
}

/// The last moment that was kept of the first half of the time.
const TimeLeft::Moment& TimeLeft::half_way_back() const {
  const auto later =
      std::upper_bound(moments_.begin() + 1, moments_.end(), now_.seconds / 2,
                       [](double half, const Moment& moment) { return half < moment.seconds; });
  return *(later - 1);
}

std::optional<double> TimeLeft::seconds_left() const {
  if (!(now_.fraction > 0)) return std::nullopt;
  Moment from = half_way_back();
  if (!(now_.fraction > from.fraction)) from = {};  // nothing moved since: all of the time counts
  return (1 - now_.fraction) * (now_.seconds - from.seconds) / (now_.fraction - from.fraction);
}

double next_report(double last) {
  constexpr double first = 5;
  constexpr double longest_gap = 30;
  return last + std::min(last + first, longest_gap);
}

}  // namespace dko
