#include "dko/mapping/training_record_file.hpp"

#include <fmt/format.h>

#include <iterator>

#include "dko/base/error.hpp"

namespace dko {

namespace {
constexpr auto levels_name = "levels";
}

void write_settings(hdf5::Location& group, const TrainingRecord& record) {
  group.set("seed", record.seed);
  group.set("steps", record.steps);
  if (record.steps_asked > 0) group.set("steps_asked", record.steps_asked);
  group.set("batch", record.batch);
  group.set("learning_rate", record.learning_rate);
  group.set("schedule", record.schedule);
  group.set("weight_decay", record.weight_decay);
  group.set("patience", record.patience);
  group.set("validate_every", record.validate_every);
  group.set("parallel", record.parallel);
  group.set("training_cells", record.training_cells);
  group.set("validation_cells", record.validation_cells);
}

void write_settings(hdf5::Location& group, const SparseRecord& record) {
  group.set("seed", record.seed);
  group.set("cells", record.cells);
  if (record.levels) group.set(levels_name, std::int64_t{1});
  if (record.fdr < 1) group.set("fdr", record.fdr);
  if (record.prior.empty()) return;
  group.set("prior", record.prior);
  group.set("prior_pairs", record.prior_pairs);
  group.set("prior_signs", record.prior_signs);
}

void write_outcome(hdf5::Location& group, const TrainingRecord& record) {
  group.set("best_step", record.best_step);
  group.set("best_validation_loss", record.best_validation_loss);
  group.write<float>("training_losses", record.training_losses);
  group.write<float>("validation_losses", record.validation_losses);
}

void write_outcome(hdf5::Location& group, const SparseRecord& record) {
  group.set("factors", record.factors);
  group.set("effects", record.effects);
  group.set("cross_validated_distance", record.cross_validated_distance);
  group.write<float>("penalties", record.penalties);
  if (!record.prior.empty()) group.set("prior_factor", record.prior_factor);
}

namespace {

void require_length(const hdf5::Location& group, const char* curve, std::int64_t length,
                    std::int64_t expected) {
  if (length == expected) return;
  throw InputError(
      fmt::format("{}/{}: has {} values, expected {} by the steps and validate_every that are stated",
                  group.place(), curve, length, expected));
}

/// @throws InputError unless curves and best step are of as many steps, so validated.
void require_sound(const hdf5::Location& group, const TrainingRecord& record) {
  const auto require = [&](bool is_sound, const char* attribute, std::int64_t value, const char* what) {
    if (!is_sound)
      throw InputError(fmt::format("{}: attribute {} is {}, {}", group.place(), attribute, value, what));
  };
  require(record.validate_every > 0, "validate_every", record.validate_every, "not a number of steps");
  require_length(group, "training_losses", std::ssize(record.training_losses), record.steps);
  if (record.validation_losses.empty())
    return require(record.best_step == record.steps, "best_step", record.best_step,
                   "not the last, though there was no validation");
  require_length(group, "validation_losses", std::ssize(record.validation_losses),
                 (record.steps + record.validate_every - 1) / record.validate_every);
  require(record.best_step >= 0 && record.best_step < record.steps &&
              record.best_step % record.validate_every == 0,
          "best_step", record.best_step, "not a step that was validated");
}

}  // namespace

TrainingRecord read_training_record(const hdf5::Location& group) {
  TrainingRecord record;
  record.steps = group.integer_attribute("steps");
  if (group.has_attribute("steps_asked")) record.steps_asked = group.integer_attribute("steps_asked");
  record.batch = group.integer_attribute("batch");
  record.learning_rate = group.real_attribute("learning_rate");
  if (group.has_attribute("seed")) record.seed = group.unsigned_attribute("seed");
  if (group.has_attribute("schedule")) record.schedule = group.text_attribute("schedule");
  if (group.has_attribute("weight_decay")) record.weight_decay = group.real_attribute("weight_decay");
  if (group.has_attribute("patience")) record.patience = group.integer_attribute("patience");
  if (group.has_attribute("validate_every"))
    record.validate_every = group.integer_attribute("validate_every");
  if (group.has_attribute("parallel")) record.parallel = group.text_attribute("parallel");
  record.training_cells = group.integer_attribute("training_cells");
  record.validation_cells = group.integer_attribute("validation_cells");
  record.best_step = group.integer_attribute("best_step");
  record.best_validation_loss = group.real_attribute("best_validation_loss");
  record.training_losses = group.read<float>("training_losses");
  record.validation_losses = group.read<float>("validation_losses");
  require_sound(group, record);
  return record;
}

SparseRecord read_sparse_record(const hdf5::Location& group) {
  SparseRecord record;
  record.seed = group.unsigned_attribute("seed");
  record.cells = group.integer_attribute("cells");
  record.levels = group.has_attribute(levels_name) && group.integer_attribute(levels_name) != 0;
  if (group.has_attribute("factors")) record.factors = group.integer_attribute("factors");
  if (group.has_attribute("effects")) record.effects = group.integer_attribute("effects");
  record.cross_validated_distance = group.real_attribute("cross_validated_distance");
  if (group.has_attribute("fdr")) record.fdr = group.real_attribute("fdr");
  if (!(record.fdr > 0 && record.fdr <= 1))
    throw InputError(
        fmt::format("{}: fdr is {}, and must be above 0 and at most 1", group.place(), record.fdr));
  record.penalties = group.read<float>("penalties");
  if (!group.has_attribute("prior")) return record;
  record.prior = group.text_attribute("prior");
  record.prior_pairs = group.integer_attribute("prior_pairs");
  record.prior_signs = group.integer_attribute("prior_signs");
  record.prior_factor = group.real_attribute("prior_factor");
  return record;
}

}  // namespace dko
