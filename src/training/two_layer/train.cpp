#include "dko/training/two_layer/train.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "dko/base/pause.hpp"
#include "dko/base/stopwatch.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/training/two_layer/trainer.hpp"

namespace dko {

namespace {

/// Tells when a training is to be saved, by rank 0's clock, and when to stop, by any rank's wish.
class CheckpointClock {
 public:
  CheckpointClock(const CheckpointOptions& options, const Communicator& ranks)
      : options_(options), look_every_(std::min(0.05, options.every / 10)), ranks_(ranks) {}

  /// What to do after this step: the same on every rank. They tell each other only now and then, and then
  /// also, by rank 0, in how many steps they will again, so that quick steps do not wait for each other.
  /// Collective.
  Pause ask() {
    if (--steps_to_look_ > 0) return Pause::go_on;
    // Ranks that want to stop; and of rank 0: whether to save, and steps until it looks again.
    std::array<std::int64_t, 3> told{options_.stop && options_.stop() ? 1 : 0, 0, 0};
    if (ranks_.is_root()) {
      const double now = watch_.seconds();
      const double step = (now - looked_at_) / static_cast<double>(looked_after_);
      told[1] = !options_.file.empty() && now - saved_at_ >= options_.every ? 1 : 0;
      told[2] = static_cast<std::int64_t>(std::clamp(look_every_ / std::max(step, 1e-9), 1.0, most_steps));
      looked_at_ = now;
    }
    ranks_.sum(std::span<std::int64_t>(told));
    steps_to_look_ = looked_after_ = told[2];
    return told[0] > 0 ? Pause::stop : told[1] > 0 ? Pause::save : Pause::go_on;
  }

  void saved() { saved_at_ = looked_at_ = watch_.seconds(); }

 private:
  static constexpr double most_steps = 1000;

  const CheckpointOptions& options_;
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
      : trainer_(trainer), options_(options), ranks_(ranks), clock_(options, ranks) {}

  /// Goes on from the file if that is asked for and it is there. Collective.
  void resume() {
    if (options_.file.empty() || !options_.resume) return;
    const auto is_there = on_root(ranks_, [&] { return std::filesystem::exists(options_.file); });
    if (!ranks_.broadcast(is_there)) return;
    trainer_.restore(options_.file);
    saved_steps_ = trainer_.steps_made();
    if (ranks_.is_root() && options_.on_resume)
      options_.on_resume(options_.file, trainer_.steps_made(), trainer_.plan().validate_every);
    clock_.saved();
  }

  /// Collective. @throws CollectiveFailure with exit code 5 where it is to stop
  void after_step() {
    if (options_.file.empty() && !options_.stop) return;
    const Pause pause = clock_.ask();
    if (pause == Pause::go_on) return;
    if (!options_.file.empty()) save();
    if (pause == Pause::stop) throw CollectiveFailure(ExitCode::stopped, "the training was stopped");
  }

  /// Collective.
  void after_all() {
    if (!options_.file.empty() && options_.save_last && saved_steps_ != trainer_.steps_made()) save();
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

TrainedMapping train(const RelativeProfiles& profiles, const Split& split, const TrainingOptions& options,
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
