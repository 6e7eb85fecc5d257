#include "dko/training/sparse/fit_job.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "dko/base/error.hpp"
#include "dko/base/parameter.hpp"
#include "dko/base/stopwatch.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/parallel/saving_vote.hpp"
#include "fit_checkpoint.hpp"

namespace dko {

namespace {

constexpr double shortest_gap = 0.03;  // seconds between checkpoints

}  // namespace

struct FitJob::Parts {
  FitNotes notes;
  std::function<FitState()> state;
  std::unique_ptr<const FitState> last;  // once it does not change any more
  std::optional<SavingVote> vote;
  Stopwatch watch;
  double saved_at = 0;
  std::int64_t saved_fits = -1;
};

FitJob::FitJob(const Communicator& ranks, const ProgressCallback& progress)
    : ranks_(ranks), progress_(progress), parts_(std::make_unique<Parts>()) {}

FitJob::FitJob(const Communicator& ranks, const ProgressCallback& progress, const CheckpointOptions& options,
               FitNotes notes)
    : FitJob(ranks, progress) {
  options_ = &options;
  parts_->notes = std::move(notes);
}

FitJob::~FitJob() = default;

std::optional<FitState> FitJob::resume(std::span<const std::int32_t> own) {
  if (!is_saved() || !options_->resume) return std::nullopt;
  if (!ranks_.broadcast(on_root(ranks_, [&] { return std::filesystem::exists(options_->file); })))
    return std::nullopt;
  FitState state = read_fit_checkpoint(options_->file, parts_->notes, own, ranks_);
  parts_->saved_fits = state.fits;
  if (ranks_.is_root() && options_->on_resume) options_->on_resume(options_->file, state.fits, 1);
  return state;
}

void FitJob::refuse_incomplete(std::int64_t stage) const {
  throw InputError(
      fmt::format("{}: the checkpoint is incomplete for stage {} of the fit: it is corrupt; give {} without "
                  "{} to start over",
                  options_->file.string(), stage, parameter("force"), parameter("resume")));
}

void FitJob::begin(std::function<FitState()> state) {
  if (state) parts_->state = std::move(state);
  if (is_saved())
    parts_->vote.emplace(
        ranks_, [this] { return wants_to_stop(); }, [this] { return is_due(); }, [this] { save(); });
}

void FitJob::did(std::int64_t work) {
  done_ += work;
  if (progress_) progress_(done_, planned_);
  if (parts_->vote && parts_->vote->ask() == Pause::stop) stop();
}

void FitJob::end() {
  if (parts_->vote && parts_->vote->finish()) stop();
  parts_->vote.reset();
}

void FitJob::conclude(const std::function<FitState()>& last) {
  if (!is_saved()) return;
  parts_->state = nullptr;
  parts_->last = std::make_unique<const FitState>(last());
  if (options_->save_last) save();
}

bool FitJob::wants_to_stop() const {
  return options_->stop && options_->stop();
}

bool FitJob::is_due() const {
  return parts_->watch.seconds() - parts_->saved_at >= std::max(options_->every, shortest_gap);
}

void FitJob::stop() {
  save();
  throw CollectiveFailure(ExitCode::stopped, "the fit was stopped");
}

void FitJob::save() {
  const Stopwatch watch;
  if (parts_->last)
    write(*parts_->last, watch);
  else
    write(parts_->state(), watch);
  parts_->saved_at = parts_->watch.seconds();
}

void FitJob::write(const FitState& state, const Stopwatch& watch) {
  if (state.fits == parts_->saved_fits) return;
  write_fit_checkpoint(options_->file, options_->provenance, parts_->notes, state, ranks_);
  parts_->saved_fits = state.fits;
  if (ranks_.is_root() && options_->on_save) options_->on_save(options_->file, state.fits, watch.seconds());
}

}  // namespace dko
