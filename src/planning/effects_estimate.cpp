#include "dko/planning/effects_estimate.hpp"

#include <algorithm>
#include <variant>

#include "collapse_seconds.hpp"
#include "dko/knockout/effects/effect_rows.hpp"

namespace dko {

namespace {

/// Rows that the rank with most of them computes.
std::int64_t rows_of_slowest(std::int64_t rows, std::int64_t ranks) {
  const auto most = [ranks](std::int64_t of_round) { return (of_round + ranks - 1) / ranks; };
  return rows / effect_rows_in_round * most(effect_rows_in_round) + most(rows % effect_rows_in_round);
}

}  // namespace

double EffectsEstimate::wall_seconds() const {
  return collapse_seconds + intact_seconds + row_seconds + table_seconds;
}

double EffectsEstimate::node_hours() const {
  constexpr double seconds_of_hour = 3600;
  return wall_seconds() * static_cast<double>(size.nodes) / seconds_of_hour;
}

EffectsEstimate estimate_effects(const EffectsOptions& options, const JobSize& size, Job& job) {
  const EffectsPlan plan = plan_effects(options, job);
  EffectsEstimate estimate{size};
  estimate.genes = plan.profiles.genes();
  estimate.cells = plan.profiles.cells();
  estimate.lost = std::ssize(plan.request.lost);
  estimate.sets = std::ssize(plan.request.sets);
  estimate.labels = plan.request.labels;
  estimate.entries = most_entries(plan, options.filter);
  for (const Member& member : plan.members)
    if (const auto* trained = std::get_if<TrainedMapping>(&member))
      estimate.collapse_seconds += seconds_to_collapse(trained->mapping.shape(), estimate.genes, size);
  const EffectsSeconds seconds = effects_seconds(plan);
  estimate.intact_seconds = seconds.of_node / (size.core_speed * static_cast<double>(size.ranks_per_node));
  const auto slowest = static_cast<double>(rows_of_slowest(estimate.lost, size.ranks()));
  const auto lost = static_cast<double>(std::max<std::int64_t>(1, estimate.lost));
  estimate.row_seconds = seconds.of_ranks * (slowest / lost) / size.core_speed;
  estimate.table_seconds = seconds.of_root / size.core_speed;
  estimate.bytes_per_node = effects_bytes(plan, options.filter, static_cast<int>(size.ranks_per_node));
  estimate.file_bytes = effects_file_bytes(plan, options.filter);
  return estimate;
}

}  // namespace dko
