#include "dko/evaluation/event_agreement.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace dko {

namespace {

constexpr std::ptrdiff_t fewest_values = 10;  // for a correlation within a unit or a cell

template <class T>
std::vector<std::int32_t> without_gaps(const std::vector<T>& labels, std::int64_t& count) {
  std::unordered_map<T, std::int32_t> number;
  std::vector<std::int32_t> numbers;
  numbers.reserve(labels.size());
  for (const T label : labels)
    numbers.push_back(number.emplace(label, static_cast<std::int32_t>(number.size())).first->second);
  count = std::ssize(number);
  return numbers;
}

/// The values of each group, in the order of the events.
std::vector<std::vector<double>> divided(const std::vector<std::int32_t>& group, std::int64_t groups,
                                         std::span<const double> values) {
  std::vector<std::vector<double>> parts(static_cast<std::size_t>(groups));
  for (std::size_t event = 0; event < values.size(); ++event)
    parts[static_cast<std::size_t>(group[event])].push_back(values[event]);
  return parts;
}

std::vector<RankedValues> ranked_parts(const std::vector<std::int32_t>& group, std::int64_t groups,
                                       std::span<const double> values) {
  std::vector<RankedValues> ranked;
  for (auto& part : divided(group, groups, values)) ranked.emplace_back(std::move(part));
  return ranked;
}

/// The mean of each unit that has any weight. Taken about the unit's first value, so that equal values have
/// just themselves as their mean, and ties between units stay ties.
std::vector<double> means_of_units(std::span<const double> values, const EventSample& sample,
                                   std::span<const double> weights) {
  const auto units = static_cast<std::size_t>(sample.units);
  std::vector<std::optional<double>> first(units);
  std::vector<double> count(units, 0.0);
  std::vector<double> sum(units, 0.0);
  for (std::size_t event = 0; event < values.size(); ++event) {
    const auto unit = static_cast<std::size_t>(sample.unit[event]);
    const double weight = weights.empty() ? 1.0 : weights[event];
    if (!first[unit]) first[unit] = values[event];
    count[unit] += weight;
    sum[unit] += weight * (values[event] - *first[unit]);
  }
  std::vector<double> means;
  for (std::size_t unit = 0; unit < units; ++unit) {
    if (count[unit] > 0) means.push_back(*first[unit] + sum[unit] / count[unit]);
  }
  return means;
}

std::vector<double> sizes(std::span<const double> values) {
  std::vector<double> absolute;
  for (const double value : values) absolute.push_back(std::abs(value));
  return absolute;
}

}  // namespace

EventSample make_event_sample(const std::vector<std::int64_t>& units_of,
                              const std::vector<std::int32_t>& cells_of) {
  EventSample sample;
  sample.unit = without_gaps(units_of, sample.units);
  sample.cell = without_gaps(cells_of, sample.cells);
  return sample;
}

EventValues::EventValues(const EventSample& sample, std::vector<double> values)
    : all_(std::move(values)),
      by_unit_(ranked_parts(sample.unit, sample.units, all_.values())),
      by_cell_(ranked_parts(sample.cell, sample.cells, all_.values())) {}

EventTruth::EventTruth(const EventSample& sample, std::vector<double> truth, std::vector<bool> effect)
    : sample_(sample), truth_(sample, std::move(truth)), effect_(std::move(effect)) {}

EventTruth::Prepared EventTruth::prepare(std::vector<double> scores) const {
  RankedValues absolute(sizes(scores));
  Prepared prepared{EventValues(sample_, std::move(scores)), std::move(absolute), {}};
  for (std::size_t cell = 0; cell < truth_.by_cell().size(); ++cell) {
    const RankedValues& truth = truth_.by_cell()[cell];
    const bool enough = std::ssize(truth.values()) >= fewest_values;
    prepared.within_each_cell.push_back(enough ? spearman(truth, prepared.values.by_cell()[cell])
                                               : std::nullopt);
  }
  return prepared;
}

std::int64_t EventTruth::units_compared(const Prepared& score) const {
  return std::ssize(within_each_unit(score, {}));
}

std::int64_t EventTruth::cells_compared(const Prepared& score) const {
  return std::count_if(score.within_each_cell.begin(), score.within_each_cell.end(),
                       [](const auto& correlation) { return correlation.has_value(); });
}

double EventTruth::base_rate() const {
  return static_cast<double>(std::count(effect_.begin(), effect_.end(), true)) /
         static_cast<double>(effect_.size());
}

std::vector<double> EventTruth::event_weights(std::span<const double> cell_weights) const {
  std::vector<double> weights;
  weights.reserve(sample_.size());
  for (const std::int32_t cell : sample_.cell)
    weights.push_back(cell_weights[static_cast<std::size_t>(cell)]);
  return weights;
}

std::optional<double> EventTruth::of_means(const Prepared& score, std::span<const double> weights) const {
  return spearman(RankedValues(means_of_units(truth_.all().values(), sample_, weights)),
                  RankedValues(means_of_units(score.values.all().values(), sample_, weights)));
}

std::vector<double> EventTruth::within_each_unit(const Prepared& score,
                                                 std::span<const double> weights) const {
  const auto parts = weights.empty()
                         ? std::vector<std::vector<double>>(static_cast<std::size_t>(sample_.units))
                         : divided(sample_.unit, sample_.units, weights);
  std::vector<double> correlations;
  for (std::size_t unit = 0; unit < parts.size(); ++unit) {
    const RankedValues& truth = truth_.by_unit()[unit];
    const auto present = [](double weight) { return weight > 0; };
    const auto cells = weights.empty() ? std::ssize(truth.values())
                                       : std::count_if(parts[unit].begin(), parts[unit].end(), present);
    if (cells < fewest_values) continue;
    if (const auto correlation = spearman(truth, score.values.by_unit()[unit], parts[unit]))
      correlations.push_back(*correlation);
  }
  return correlations;
}

std::optional<double> EventTruth::within_cells(const Prepared& score,
                                               std::span<const double> cell_weights) const {
  std::vector<double> values;
  std::vector<double> weights;
  for (std::size_t cell = 0; cell < score.within_each_cell.size(); ++cell) {
    if (!score.within_each_cell[cell]) continue;
    values.push_back(*score.within_each_cell[cell]);
    weights.push_back(cell_weights.empty() ? 1.0 : cell_weights[cell]);
  }
  return weighted_median(values, weights);
}

Figures EventTruth::compare(const Prepared& score, std::span<const double> cell_weights) const {
  const std::vector<double> weights =
      cell_weights.empty() ? std::vector<double>() : event_weights(cell_weights);
  return {spearman(truth_.all(), score.values.all(), weights),
          of_means(score, weights),
          known_median(within_each_unit(score, weights)),
          within_cells(score, cell_weights),
          auroc(score.ranked_for_effect, effect_, weights),
          average_precision(score.ranked_for_effect, effect_, weights)};
}

}  // namespace dko
