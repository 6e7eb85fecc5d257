#include "dko/training/trainer.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>

#include "dko/base/random.hpp"
#include "dko/mapping/batch_network.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/training/adam.hpp"

namespace dko {

namespace {

/// This rank's contiguous share of a list of cells; empty where there are more ranks than cells.
std::span<const std::int64_t> share_of(const std::vector<std::int64_t>& cells,
                                       const Communicator& communicator) {
  const auto [first, last] = communicator.share_of(std::ssize(cells));
  return std::span(cells).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(last - first));
}

/// The state of one training, the same on every rank but for the gradient before it is summed.
class Trainer {
 public:
  Trainer(const ExpressionMatrix& profiles, const Split& split, const TrainingOptions& options,
          const Communicator& communicator)
      : profiles_(profiles),
        split_(split),
        options_(options),
        communicator_(communicator),
        mapping_(Mapping::initialised(mapping_shape(profiles, options), options.seed)),
        best_(mapping_),
        network_(mapping_.shape()),
        adam_(mapping_.shape().parameters()),
        gradient_(mapping_.parameters().size()) {}

  void step(std::int64_t step) {
    const std::vector<std::int64_t> batch = batch_cells(split_.training, options_.batch, options_.seed, step);
    const double validation = network_.loss(mapping_, profiles_, share_of(split_.validation, communicator_));
    std::array<double, 2> losses{validation, 0};
    losses[1] = network_.loss_and_gradient(mapping_, profiles_, share_of(batch, communicator_), gradient_);
    communicator_.sum(std::span<double>(losses));
    communicator_.sum(std::span<float>(gradient_));
    note(step, losses[0] / static_cast<double>(split_.validation.size()),
         losses[1] / static_cast<double>(options_.batch));
    update(scheduled_rate(options_.schedule, options_.learning_rate, step, options_.steps));
  }

  /// After a step: whether patience is at its end. The same on every rank, for the losses are.
  bool stops() const {
    if (options_.patience == 0 || split_.validation.empty()) return false;
    return steps_made() - 1 - record_.best_step >= options_.patience;
  }

  TrainedMapping finish() {
    if (split_.validation.empty()) {
      best_ = mapping_;
      record_.best_step = steps_made();
      record_.best_validation_loss = std::numeric_limits<double>::quiet_NaN();
    } else {
      record_.best_validation_loss = best_loss_;
    }
    communicator_.broadcast(best_.parameters());
    require_finite();
    record_.steps = steps_made();
    record_.seed = options_.seed;
    record_.batch = options_.batch;
    record_.learning_rate = options_.learning_rate;
    record_.schedule = name_of(options_.schedule);
    record_.weight_decay = options_.weight_decay;
    record_.patience = options_.patience;
    record_.training_cells = std::ssize(split_.training);
    record_.validation_cells = std::ssize(split_.validation);
    return {std::move(best_), std::move(record_)};
  }

 private:
  std::int64_t steps_made() const { return std::ssize(record_.training_losses); }

  void update(double rate) {
    if (options_.weight_decay > 0) {
      decay_weights(mapping_.w1(), rate, options_.weight_decay);
      decay_weights(mapping_.w2(), rate, options_.weight_decay);
    }
    adam_.step(mapping_.parameters(), gradient_, rate);
  }

  /// Without validation nothing stops a training from keeping what it diverged to.
  void require_finite() const {
    const auto finite = [](float value) { return std::isfinite(value); };
    if (std::all_of(best_.parameters().begin(), best_.parameters().end(), finite)) return;
    throw CollectiveFailure(ExitCode::failure,
                            "training diverged: the weights are not finite; try a smaller --learning-rate");
  }

  /// Writes down the losses of the weights as they are before the update, and keeps the best weights.
  void note(std::int64_t step, double validation_loss, double training_loss) {
    record_.training_losses.push_back(static_cast<float>(training_loss));
    if (split_.validation.empty()) return;
    record_.validation_losses.push_back(static_cast<float>(validation_loss));
    if (!(validation_loss <= best_loss_)) return;
    best_loss_ = validation_loss;
    record_.best_step = step;
    std::copy(mapping_.parameters().begin(), mapping_.parameters().end(), best_.parameters().begin());
  }

  const ExpressionMatrix& profiles_;
  const Split& split_;
  const TrainingOptions& options_;
  const Communicator& communicator_;
  Mapping mapping_;
  Mapping best_;
  BatchNetwork network_;
  Adam adam_;
  std::vector<float> gradient_;
  double best_loss_ = std::numeric_limits<double>::infinity();
  TrainingRecord record_;
};

}  // namespace

MappingShape mapping_shape(const ExpressionMatrix& matrix, const TrainingOptions& options) {
  return {matrix.genes(), options.hidden > 0 ? options.hidden : matrix.genes()};
}

std::vector<std::int64_t> batch_cells(const std::vector<std::int64_t>& training, std::int64_t batch,
                                      std::uint64_t seed, std::int64_t step) {
  RandomStream stream(seed, "batch", static_cast<std::uint64_t>(step));
  std::vector<std::int64_t> cells = stream.distinct(batch, std::ssize(training));
  for (std::int64_t& cell : cells) cell = training[static_cast<std::size_t>(cell)];
  return cells;
}

TrainedMapping train(const ExpressionMatrix& profiles, const Split& split, const TrainingOptions& options,
                     const Communicator& communicator, const ProgressCallback& progress) {
  Trainer trainer(profiles, split, options, communicator);
  for (std::int64_t step = 0; step < options.steps; ++step) {
    trainer.step(step);
    const bool stops = trainer.stops();
    if (progress) progress(step + 1, stops ? step + 1 : options.steps);  // nothing is left to do
    if (stops) break;
  }
  return trainer.finish();
}

}  // namespace dko
