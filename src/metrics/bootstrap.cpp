#include "dko/metrics/bootstrap.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "dko/base/quantile.hpp"
#include "dko/base/random.hpp"

namespace dko {

namespace {

std::vector<double> draw_weights(std::int64_t units, RandomStream stream) {
  std::vector<double> weights(static_cast<std::size_t>(units), 0.0);
  for (std::int64_t draw = 0; draw < units; ++draw)
    weights[static_cast<std::size_t>(stream.below(units))] += 1;
  return weights;
}

std::optional<Interval> middle(std::vector<double> values, std::size_t resamples) {
  std::erase_if(values, [](double value) { return std::isnan(value); });
  if (values.empty() || 2 * values.size() < resamples) return std::nullopt;
  std::sort(values.begin(), values.end());
  return Interval{quantile(values, 0.025), quantile(values, 0.975)};
}

}  // namespace

Bootstrap::Bootstrap(std::int64_t units, std::int64_t resamples, std::uint64_t seed,
                     const Communicator& ranks,
                     const std::function<Figures(std::span<const double> weights)>& figures,
                     const ProgressCallback& progress)
    : resamples_(static_cast<std::size_t>(resamples)), units_(units) {
  std::vector<double> mine;
  const auto [first, end] = ranks.share_of(resamples);
  for (std::int64_t number = first; number < end; ++number) {
    const RandomStream stream(seed, "bootstrap", static_cast<std::uint64_t>(number));
    for (const auto& figure : figures(draw_weights(units, stream)))
      mine.push_back(figure.value_or(std::numeric_limits<double>::quiet_NaN()));
    if (progress) progress(number - first + 1, end - first);
  }
  values_ = ranks.gather(std::span<const double>(mine));
  if (resamples > 0 && values_.is_here()) width_ = values_->size() / resamples_;
}

std::optional<Interval> Bootstrap::interval(std::size_t figure) const {
  if (units_ < fewest_units) return std::nullopt;
  std::vector<double> values;
  for (std::size_t at = figure; at < values_->size(); at += width_) values.push_back((*values_)[at]);
  return middle(std::move(values), resamples_);
}

std::optional<Interval> Bootstrap::interval_of_difference(std::size_t figure, std::size_t other) const {
  if (units_ < fewest_units) return std::nullopt;
  std::vector<double> values;
  for (std::size_t at = 0; at < values_->size(); at += width_)
    values.push_back((*values_)[at + figure] - (*values_)[at + other]);
  return middle(std::move(values), resamples_);
}

}  // namespace dko
