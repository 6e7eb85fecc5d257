#include <algorithm>
#include <array>
#include <span>

#include "dko/base/stopwatch.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/training/trainer.hpp"

namespace dko {

namespace {

/// Tells when a training is to be saved, by rank 0's clock.
class CheckpointClock {
 public:
  CheckpointClock(double every, const Communicator& ranks)
      : every_(every), look_every_(std::min(0.05, every / 10)), ranks_(ranks) {}

  /// Whether to save after this step: the same on every rank. Rank 0 tells the others only now and then, and
  /// then also in how many steps it will again, so that quick steps do not wait for each other. Collective.
  bool is_due() {
    if (--steps_to_look_ > 0) return false;
    std::array<std::int64_t, 2> told{};  // to save; steps until rank 0 looks again
    if (ranks_.is_root()) {
      const double now = watch_.seconds();
      const double step = (now - looked_at_) / static_cast<double>(looked_after_);
      told = {now - saved_at_ >= every_ ? 1 : 0,
              static_cast<std::int64_t>(std::clamp(look_every_ / std::max(step, 1e-9), 1.0, most_steps))};
      looked_at_ = now;
    }
    ranks_.broadcast(std::span<std::int64_t>(told));
    steps_to_look_ = looked_after_ = told[1];
    return told[0] != 0;
  }

  void saved() { saved_at_ = looked_at_ = watch_.seconds(); }

 private:
  static constexpr double most_steps = 1000;

  double every_;
  double look_every_;  // seconds
  Communicator ranks_;
  Stopwatch watch_;
  double saved_at_ = 0;
  double looked_at_ = 0;
  std::int64_t looked_after_ = 1;
  std::int64_t steps_to_look_ = 1;
};

/// Saves one training when it is time to.
class Checkpoints {
 public:
  Checkpoints(Trainer& trainer, const CheckpointOptions& options, const Communicator& ranks)
      : trainer_(trainer), options_(options), ranks_(ranks), clock_(options.every, ranks) {}

  /// Goes on from the file if that is asked for and it is there. Collective.
  void resume() {
    if (options_.file.empty() || !options_.resume) return;
    std::int32_t is_there = 0;
    on_root(ranks_, [&] { is_there = std::filesystem::exists(options_.file) ? 1 : 0; });
    ranks_.broadcast(is_there);
    if (is_there == 0) return;
    trainer_.restore(options_.file);
    saved_steps_ = trainer_.steps_made();
    if (ranks_.is_root() && options_.on_resume)
      options_.on_resume(options_.file, trainer_.steps_made(), trainer_.plan().validate_every);
    clock_.saved();
  }

  /// Collective.
  void after_step() {
    if (!options_.file.empty() && clock_.is_due()) save();
  }

  /// The last state too: what comes after the training may fail. Collective.
  void after_all() {
    if (!options_.file.empty() && saved_steps_ != trainer_.steps_made()) save();
  }

 private:
  void save() {
    const Stopwatch watch;
    trainer_.save(options_.file, options_.provenance);
    saved_steps_ = trainer_.steps_made();
    if (ranks_.is_root() && options_.on_save)
      options_.on_save(options_.file, trainer_.steps_made(), watch.seconds());
    clock_.saved();
  }

  Trainer& trainer_;
  const CheckpointOptions& options_;
  Communicator ranks_;
  CheckpointClock clock_;
  std::int64_t saved_steps_ = -1;
};

}  // namespace

TrainedMapping train(const ExpressionMatrix& profiles, const Split& split, const TrainingOptions& options,
                     const Communicator& communicator, const ProgressCallback& progress,
                     const CheckpointOptions& checkpoint) {
  Trainer trainer(profiles, split, options, communicator);
  Checkpoints checkpoints(trainer, checkpoint, communicator);
  checkpoints.resume();
  const std::int64_t first = trainer.steps_made();
  while (!trainer.is_done()) {
    trainer.step();
    // When it is done early, nothing is left to do.
    const std::int64_t last = trainer.is_done() ? trainer.steps_made() : options.steps;
    if (progress) progress(trainer.steps_made() - first, last - first);
    checkpoints.after_step();
  }
  checkpoints.after_all();
  return std::move(trainer).finish();
}

}  // namespace dko
