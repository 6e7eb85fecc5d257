#include "dko/planning/effects_estimate.hpp"

#include "collapse_seconds.hpp"

namespace dko {

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
  estimate.row_seconds = seconds.of_ranks / (size.core_speed * static_cast<double>(size.ranks()));
  estimate.table_seconds = seconds.of_root / size.core_speed;
  estimate.bytes_per_node = effects_bytes(plan, options.filter, static_cast<int>(size.ranks_per_node));
  estimate.file_bytes = effects_file_bytes(plan, options.filter);
  return estimate;
}

}  // namespace dko
