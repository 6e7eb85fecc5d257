#include "dko/training/two_layer/trainer.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <span>

#include "adam_step.hpp"
#include "batch_loss.hpp"
#include "cell_batch.hpp"
#include "checkpoint.hpp"
#include "collect.hpp"
#include "dko/base/parameter.hpp"
#include "dko/base/random.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/parallel/common_instruction_set.hpp"
#include "dko/training/two_layer/training_settings.hpp"
#include "hidden_units.hpp"
#include "output_bias.hpp"
#include "phase_clock.hpp"
#include "validation_cells.hpp"

namespace dko {

namespace {

/// This rank's contiguous share of a list of cells; empty where there are more ranks than cells.
std::span<const std::int64_t> share_of(const std::vector<std::int64_t>& cells,
                                       const Communicator& communicator) {
  const auto [first, last] = communicator.share_of(std::ssize(cells));
  return std::span(cells).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(last - first));
}

/// Gradients of so many blocks may be on their way between the ranks at once.
constexpr std::size_t most_sums_under_way = 4;

}  // namespace

struct Trainer::State {
  /// What the forward pass leaves of a batch.
  struct Pass {
    HiddenActivations activations;
    std::vector<float> outputs;  ///< by place
  };

  State(const RelativeProfiles& all_profiles, const Split& all_split, const TrainingOptions& all_options,
        const Communicator& ranks)
      : profiles(all_profiles),
        split(all_split),
        options(all_options),
        communicator(ranks),
        plan(plan_training(training_size(profiles, split, options), options, ranks.size())),
        shape(mapping_shape(profiles, options)),
        instructions(common_instruction_set(ranks, options.instructions)),
        units(shape, is_data() ? RankShare{0, shape.hidden} : ranks.share_of(shape.hidden), validates(),
              options.seed, instructions),
        bias(shape, options.seed, instructions),
        no_bias(static_cast<std::size_t>(shape.genes), 0.0F),
        validation(profiles, own(split.validation)) {}

  bool is_data() const { return plan.parallel == ParallelForm::data; }
  bool validates() const { return !split.validation.empty(); }
  std::int64_t steps_made() const { return std::ssize(record.training_losses); }

  /// The cells of a list that this rank takes: all, where every rank has its own hidden units.
  std::span<const std::int64_t> own(const std::vector<std::int64_t>& cells) const {
    return is_data() ? share_of(cells, communicator) : std::span(cells);
  }

  bool is_done() const {
    if (steps_made() == options.steps) return true;
    if (options.patience == 0 || !validates() || steps_made() == 0) return false;
    const std::int64_t last = steps_made() - 1;
    return last % plan.validate_every == 0 && last - record.best_step >= options.patience;
  }

  void step() {
    clock.start();
    const std::int64_t step = steps_made();
    const std::vector<std::int64_t> cells = batch_cells(split.training, options.batch, options.seed, step);
    batch.arrange(profiles, own(cells));
    const bool validates_now = validates() && step % plan.validate_every == 0;
    std::array<double, 2> losses{forward(batch, batch_pass, &StepSeconds::forward), 0};
    if (validates_now) losses[1] = validation_loss();
    if (is_data()) {
      clock.enter(&StepSeconds::communication);
      communicator.sum(std::span<double>(losses));
    }
    record.training_losses.push_back(static_cast<float>(losses[0] / static_cast<double>(options.batch)));
    const bool keep = validates_now && note(step, losses[1] / static_cast<double>(split.validation.size()));
    const double rate = scheduled_rate(options.schedule, options.learning_rate, step, options.steps);
    update(adam_step(step, rate, options.weight_decay), keep);
    clock.stop();
    ++clock.totals().steps;
    if (validates_now) ++clock.totals().validations;
  }

  /// What this rank's outputs begin with: one rank alone adds the biases where outputs are summed.
  std::span<const float> output_bias() const {
    return is_data() || communicator.is_root() ? bias.of(ParameterSet::weights) : no_bias;
  }

  /// Outputs of all hidden units, into the pass, and the loss.
  double forward(const CellBatch& cells, Pass& pass, double StepSeconds::*phase) {
    clock.enter(phase);
    pass.outputs.resize(static_cast<std::size_t>(cells.pairs()));
    units.forward(cells, output_bias(), pass.activations, pass.outputs);
    if (!is_data()) {
      clock.enter(&StepSeconds::communication);
      communicator.sum(std::span<float>(pass.outputs));
      clock.enter(phase);
    }
    return batch_loss(cells, pass.outputs);
  }

  double validation_loss() {
    double sum = 0;
    validation.for_each_batch(
        [&](const CellBatch& cells) { sum += forward(cells, validation_pass, &StepSeconds::validation); });
    return sum;
  }

  /// Writes down the loss of the weights as they are before the update; whether they are the best so far.
  bool note(std::int64_t step, double validation_loss) {
    record.validation_losses.push_back(static_cast<float>(validation_loss));
    if (!(validation_loss <= best_loss)) return false;
    best_loss = validation_loss;
    record.best_step = step;
    return true;
  }

  void update(const AdamStep& step, bool keep) {
    clock.enter(&StepSeconds::backward);
    find_slopes();
    const std::span<float> bias_gradient = bias.gradient(batch, slopes);
    if (is_data()) {
      update_by_summed_gradients(step, keep);
      clock.enter(&StepSeconds::communication);
      communicator.sum(bias_gradient);
      clock.enter(&StepSeconds::update);
    } else {
      units.update(batch, slopes_by_place, slopes, step, keep, batch_pass.activations, clock);
    }
    units.finish_update(keep);
    bias.update(step, keep);
  }

  void find_slopes() {
    slopes_by_place.resize(batch_pass.outputs.size());
    batch_slopes(batch, batch_pass.outputs, slopes_by_place);
    slopes.resize(slopes_by_place.size());
    for (std::size_t pair = 0; pair < slopes.size(); ++pair)
      slopes[pair] = slopes_by_place[static_cast<std::size_t>(batch.place()[pair])];
  }

  /// All that is needed while sums are under way: nothing may fail then.
  void make_room_for_gradients(std::int64_t under_way) {
    std::int64_t widest = 0;
    for (std::int64_t block = 0; block < units.blocks(); ++block)
      widest = std::max(widest, units.gradient_size(block));
    gradients.resize(static_cast<std::size_t>(under_way));
    for (AlignedArray& gradient : gradients) gradient.resize(widest);
    batch_pass.activations.slopes.resize(units.most_slopes(batch));
  }

  /// The gradients of a block travel while those of the next are computed.
  void update_by_summed_gradients(const AdamStep& step, bool keep) {
    const std::int64_t under_way = std::min<std::int64_t>(most_sums_under_way, units.blocks());
    make_room_for_gradients(under_way);
    std::vector<PendingSum> sums(gradients.size());
    const auto slot = [&](std::int64_t block) { return static_cast<std::size_t>(block % under_way); };
    const auto finish = [&](std::int64_t block) {
      clock.enter(&StepSeconds::communication);
      sums[slot(block)].wait();
      clock.enter(&StepSeconds::update);
      units.update(block, gradients[slot(block)].data(), step, keep);
    };
    for (std::int64_t block = 0; block < units.blocks(); ++block) {
      if (block >= under_way) finish(block - under_way);
      clock.enter(&StepSeconds::backward);
      AlignedArray& gradient = gradients[slot(block)];
      units.gradient(block, batch, slopes_by_place, slopes, batch_pass.activations, gradient.data());
      sums[slot(block)] =
          communicator.start_sum({gradient.data(), static_cast<std::size_t>(units.gradient_size(block))});
      for (PendingSum& sum : sums) sum.is_done();  // MPI goes on with them
    }
    for (std::int64_t block = units.blocks() - under_way; block < units.blocks(); ++block) finish(block);
  }

  TrainedMapping finish() {
    const ParameterSet set = validates() ? ParameterSet::kept : ParameterSet::weights;
    units.keep_only(set);
    // Without validation nothing stops a training from keeping what it diverged to.
    const std::span<const float> outputs = bias.of(set);
    const bool is_finite =
        units.is_finite(set) && std::isfinite(last_kept_loss()) &&
        std::all_of(outputs.begin(), outputs.end(), [](float value) { return std::isfinite(value); });
    if (communicator.max(is_finite ? 0 : 1) != 0) {
      throw CollectiveFailure(ExitCode::failure,
                              "training diverged: its losses or weights are not finite; try a smaller " +
                                  parameter("learning-rate"));
    }
    TrainedMapping trained;
    trained.record = completed_record();
    if (!is_data())
      trained.mapping = collect(shape, units, set, bias.of(set), communicator);
    else if (communicator.is_root())
      trained.mapping = collect(shape, units, set, bias.of(set), Communicator::one_rank());
    return trained;
  }

  /// The last loss known of the kept weights, or of those a step before.
  double last_kept_loss() const {
    if (validates()) return best_loss;
    return record.training_losses.empty() ? 0 : static_cast<double>(record.training_losses.back());
  }

  /// With all that is known from elsewhere.
  TrainingRecord completed_record() const {
    TrainingRecord completed = settings_record(options, split);
    completed.training_losses = record.training_losses;
    completed.validation_losses = record.validation_losses;
    completed.best_step = record.best_step;
    if (!validates()) completed.best_step = steps_made();
    completed.best_validation_loss = validates() ? best_loss : std::numeric_limits<double>::quiet_NaN();
    completed.steps = steps_made();
    completed.steps_asked = options.steps;
    completed.validate_every = plan.validate_every;
    completed.parallel = name_of(plan.parallel);
    return completed;
  }

  CheckpointNotes notes() {
    if (communicator.is_root() && !checksums) checksums = data_checksums(profiles, split);
    return {shape,         completed_record(),
            options.steps, options.validate_every == 0,
            instructions,  checksums.value_or(DataChecksums())};
  }

  void save(const std::filesystem::path& path, const Provenance& provenance) {
    // Where all ranks have all, each writes some.
    const RankShare own = is_data() ? communicator.share_of(units.blocks()) : RankShare{0, units.blocks()};
    write_checkpoint(path, provenance, notes(), units, own, bias, communicator);
  }

  void restore(const std::filesystem::path& path) {
    record = read_checkpoint(path, notes(), units, bias, communicator);
    plan.validate_every = record.validate_every;
    if (validates()) best_loss = record.best_validation_loss;
  }

  const RelativeProfiles& profiles;
  const Split& split;
  const TrainingOptions& options;
  Communicator communicator;
  TrainingPlan plan;
  MappingShape shape;
  InstructionSet instructions;
  HiddenUnits units;
  OutputBias bias;
  std::vector<float> no_bias;  ///< zeros
  ValidationCells validation;
  CellBatch batch;
  Pass batch_pass;
  Pass validation_pass;
  std::vector<float> slopes_by_place;
  std::vector<float> slopes;  ///< in the order of pairs by gene
  std::vector<AlignedArray> gradients;
  double best_loss = std::numeric_limits<double>::infinity();
  TrainingRecord record;
  std::optional<DataChecksums> checksums;  ///< on rank 0, once they were needed
  PhaseClock clock;
};

Trainer::Trainer(const RelativeProfiles& profiles, const Split& split, const TrainingOptions& options,
                 const Communicator& communicator)
    : state_(std::make_unique<State>(profiles, split, options, communicator)) {}
Trainer::~Trainer() = default;
Trainer::Trainer(Trainer&&) noexcept = default;
Trainer& Trainer::operator=(Trainer&&) noexcept = default;

TrainingBytes Trainer::bytes(const TrainingSize& size, ParallelForm form, int ranks) {
  const bool is_sharded = form == ParallelForm::sharded;
  TrainingBytes bytes;
  bytes.share = is_sharded ? largest_share(size.hidden, ranks) : 1;
  const double units = bytes.share * static_cast<double>(size.hidden);
  const double own = bytes.share * sizeof(float) * static_cast<double>(size.shape().parameters());
  bytes.weights = 3 * own;
  bytes.kept = size.validation_cells == 0 ? 0 : own;
  constexpr double of_pair = CellBatch::bytes_of_pair + 3 * sizeof(float);  // outputs, slopes in both orders
  const auto validated = static_cast<double>(std::min(size.validation_cells, ValidationCells::batch_cells));
  bytes.batch = static_cast<double>(size.batch) * (3 * sizeof(float) * units + of_pair * size.expressed) +
                sizeof(float) * validated * (units + size.expressed);
  const double validating = static_cast<double>(size.validation_cells) / (is_sharded ? 1 : ranks);
  bytes.validation = CellBatch::bytes_of_pair *
                     std::min(validating * size.expressed, static_cast<double>(ValidationCells::most_pairs));
  if (!is_sharded) {
    bytes.gradients = sizeof(float) * static_cast<double>(most_sums_under_way) *
                      std::min(units, static_cast<double>(HiddenUnits::most_block_units)) * 2 *
                      static_cast<double>(size.genes);
  }
  return bytes;
}

const TrainingPlan& Trainer::plan() const {
  return state_->plan;
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
  return state_->clock.totals();
}

void Trainer::save(const std::filesystem::path& path, const Provenance& provenance) {
  state_->save(path, provenance);
}

void Trainer::restore(const std::filesystem::path& path) {
  state_->restore(path);
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

}  // namespace dko
