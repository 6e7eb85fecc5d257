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

}  // namespace

/// The state of one training, the same on every rank but for the gradient before it is summed.
struct Trainer::State {
  State(const ExpressionMatrix& profiles, const Split& split, const TrainingOptions& options,
        const Communicator& communicator)
      : profiles_(profiles),
        split_(split),
        options_(options),
        communicator_(communicator),
        plan_(plan_training(training_size(profiles, split, options), options, communicator.size())),
        mapping_(Mapping::initialised(mapping_shape(profiles, options), options.seed)),
        best_(mapping_),
        network_(mapping_.shape()),
        adam_(mapping_.shape().parameters()),
        gradient_(mapping_.parameters().size()) {}

  void step() {
    const std::int64_t step = steps_made();
    const std::vector<std::int64_t> batch = batch_cells(split_.training, options_.batch, options_.seed, step);
    const bool validates = !split_.validation.empty() && step % plan_.validate_every == 0;
    std::array<double, 2> losses{};
    if (validates) losses[0] = network_.loss(mapping_, profiles_, share_of(split_.validation, communicator_));
    losses[1] = network_.loss_and_gradient(mapping_, profiles_, share_of(batch, communicator_), gradient_);
    communicator_.sum(std::span<double>(losses));
    communicator_.sum(std::span<float>(gradient_));
    record_.training_losses.push_back(static_cast<float>(losses[1] / static_cast<double>(options_.batch)));
    if (validates) note(step, losses[0] / static_cast<double>(split_.validation.size()));
    update(scheduled_rate(options_.schedule, options_.learning_rate, step, options_.steps));
    ++seconds_.steps;
    if (validates) ++seconds_.validations;
  }

  bool is_done() const {
    if (steps_made() == options_.steps) return true;
    if (options_.patience == 0 || split_.validation.empty() || steps_made() == 0) return false;
    const std::int64_t validated = (steps_made() - 1) / plan_.validate_every * plan_.validate_every;
    return validated == steps_made() - 1 && validated - record_.best_step >= options_.patience;
  }

  TrainedMapping finish() {
    if (split_.validation.empty()) {
      best_ = mapping_;
      record_.best_step = steps_made();
      record_.best_validation_loss = std::numeric_limits<double>::quiet_NaN();
    } else {
      record_.best_validation_loss = best_loss_;
    }
    require_finite();
    record_.steps = steps_made();
    record_.seed = options_.seed;
    record_.batch = options_.batch;
    record_.learning_rate = options_.learning_rate;
    record_.schedule = name_of(options_.schedule);
    record_.weight_decay = options_.weight_decay;
    record_.patience = options_.patience;
    record_.validate_every = plan_.validate_every;
    record_.parallel = name_of(plan_.parallel);
    record_.training_cells = std::ssize(split_.training);
    record_.validation_cells = std::ssize(split_.validation);
    if (!communicator_.is_root()) best_ = Mapping();
    return {std::move(best_), std::move(record_)};
  }

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

  /// Writes down the loss of the weights as they are before the update, and keeps the best weights.
  void note(std::int64_t step, double validation_loss) {
    record_.validation_losses.push_back(static_cast<float>(validation_loss));
    if (!(validation_loss <= best_loss_)) return;
    best_loss_ = validation_loss;
    record_.best_step = step;
    std::copy(mapping_.parameters().begin(), mapping_.parameters().end(), best_.parameters().begin());
  }

  const ExpressionMatrix& profiles_;
  const Split& split_;
  const TrainingOptions& options_;
  Communicator communicator_;
  TrainingPlan plan_;
  Mapping mapping_;
  Mapping best_;
  BatchNetwork network_;
  Adam adam_;
  std::vector<float> gradient_;
  double best_loss_ = std::numeric_limits<double>::infinity();
  TrainingRecord record_;
  StepSeconds seconds_;
};

Trainer::Trainer(const ExpressionMatrix& profiles, const Split& split, const TrainingOptions& options,
                 const Communicator& communicator)
    : state_(std::make_unique<State>(profiles, split, options, communicator)) {}
Trainer::~Trainer() = default;
Trainer::Trainer(Trainer&&) noexcept = default;
Trainer& Trainer::operator=(Trainer&&) noexcept = default;

const TrainingPlan& Trainer::plan() const {
  return state_->plan_;
}

std::int64_t Trainer::steps_made() const {
  return state_->steps_made();
}

bool Trainer::is_done() const {
  return state_->is_done();
}

void Trainer::step() {
  state_->step();
}

StepSeconds Trainer::seconds() const {
  return state_->seconds_;
}

TrainedMapping Trainer::finish() && {
  return state_->finish();
}

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
  while (!trainer.is_done()) {
    trainer.step();
    // When it is done early, nothing is left to do.
    if (progress) progress(trainer.steps_made(), trainer.is_done() ? trainer.steps_made() : options.steps);
  }
  return std::move(trainer).finish();
}

}  // namespace dko
