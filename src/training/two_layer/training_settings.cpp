#include "dko/training/two_layer/training_settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "dko/base/parameter.hpp"

namespace dko {

TrainingRecord settings_record(const TrainingOptions& options, const Split& split) {
  TrainingRecord record;
  record.seed = options.seed;
  record.batch = options.batch;
  record.learning_rate = options.learning_rate;
  record.schedule = name_of(options.schedule);
  record.weight_decay = options.weight_decay;
  record.patience = options.patience;
  record.validate_every = std::max<std::int64_t>(1, options.validate_every);
  record.training_cells = std::ssize(split.training);
  record.validation_cells = std::ssize(split.validation);
  return record;
}

namespace {

using Settings = std::vector<std::pair<std::string, std::string>>;

Settings settings_of(const TrainingRecord& record, bool with_validate_every) {
  Settings settings{{parameter("seed"), fmt::to_string(record.seed)},
                    {parameter("batch"), fmt::to_string(record.batch)},
                    {parameter("learning-rate"), fmt::to_string(record.learning_rate)},
                    {parameter("schedule"), record.schedule},
                    {parameter("weight-decay"), fmt::to_string(record.weight_decay)},
                    {"the number of validation cells", fmt::to_string(record.validation_cells)},
                    {"the number of training cells", fmt::to_string(record.training_cells)}};
  if (with_validate_every)
    settings.emplace_back(parameter("validate-every"), fmt::to_string(record.validate_every));
  return settings;
}

}  // namespace

std::optional<ChangedSetting> changed_setting(const TrainingRecord& then, const TrainingRecord& now,
                                              bool must_validate_alike) {
  const Settings before = settings_of(then, must_validate_alike);
  const Settings after = settings_of(now, must_validate_alike);
  for (std::size_t at = 0; at < after.size(); ++at) {
    if (before[at].second != after[at].second)
      return ChangedSetting{after[at].first, before[at].second, after[at].second};
  }
  return std::nullopt;
}

}  // namespace dko
