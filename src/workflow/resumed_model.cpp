#include "dko/workflow/resumed_model.hpp"

#include <fmt/format.h>

#include "dko/base/error.hpp"
#include "dko/base/parameter.hpp"
#include "dko/training/two_layer/training_settings.hpp"

namespace dko {

namespace {

/// Requires that a training with such options would have come to the same model. `require` compares what was
/// with what is.
template <class Require>
void require_same_end(const TrainingRecord& record, const TrainingOptions& training, Require require) {
  const std::int64_t last = record.steps - 1;
  const bool stopped_early =
      record.patience > 0 && last % record.validate_every == 0 && last - record.best_step >= record.patience;
  if (!stopped_early) return require(parameter("steps"), record.steps, training.steps);
  if (training.patience == 0 || training.patience > record.patience)
    require(parameter("patience"), record.patience, training.patience);
  const bool is_constant = record.schedule == name_of(Schedule::constant);
  if (!is_constant && record.steps_asked > 0)
    require(parameter("steps"), record.steps_asked, training.steps);
  else if (record.steps > training.steps)
    require(parameter("steps"), record.steps, training.steps);
}

}  // namespace

void require_model_of(const Model& model, const std::string& file, const ExpressionMatrix& matrix,
                      const Split& split, const ModelOptions& options, const Provenance& provenance) {
  const auto require = [&](const std::string& what, const auto& then, const auto& now) {
    if (then == now) return;
    throw InputError(fmt::format(
        "{}: is another model: {} was {} and is {} now; resume with what the job began with, or remove it",
        file, what, then, now));
  };
  const Provenance& made = model.provenance;
  require("the checksum of the data", made.input_checksum, provenance.input_checksum);
  require("the selection", made.selection, provenance.selection);
  require(parameter("covariate"), made.covariates, provenance.covariates);
  require(parameter("prior"), made.prior, provenance.prior);
  require("the checksum of the covariates", made.covariates_checksum, provenance.covariates_checksum);
  require(parameter("seed"), made.seed, provenance.seed);
  require(parameter("mapping"), std::string(name_of(model.kind())), std::string(name_of(options.kind)));
  require(parameter("ensemble"), std::ssize(model.members), options.members);
  require("the number of genes", std::ssize(model.genes), matrix.genes());
  const auto* fitted = std::get_if<FittedMapping>(&model.members.front());
  const auto is_given = [](bool given) { return std::string(given ? "given" : "not given"); };
  if (fitted != nullptr)
    require(parameter("levels"), is_given(fitted->record.levels), is_given(options.levels));
  const auto* trained = std::get_if<TrainedMapping>(&model.members.front());
  if (trained == nullptr) {
    const std::int64_t of_each =
        std::ssize(split.training) + (options.members == 1 ? std::ssize(split.validation) : 0);
    require(parameter("fdr"), fitted->record.fdr, options.fdr);
    require("the number of cells that each is fitted to", fitted->record.cells, of_each);
    return;
  }
  const TrainingRecord& record = trained->record;
  const TrainingOptions& training = options.training;
  require("the number of hidden units", trained->mapping.shape().hidden,
          mapping_shape(matrix, training).hidden);
  for (const Member& member : model.members)
    require_same_end(std::get<TrainedMapping>(member).record, training, require);
  if (const auto changed =
          changed_setting(record, settings_record(training, split), training.validate_every != 0))
    require(changed->what, changed->then, changed->now);
}

}  // namespace dko
