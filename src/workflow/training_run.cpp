#include "dko/workflow/training_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "dko/base/error.hpp"
#include "dko/base/parameter.hpp"
#include "dko/base/stopwatch.hpp"
#include "dko/base/text.hpp"
#include "dko/mapping/share_variances.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/workflow/checkpoints.hpp"
#include "dko/workflow/progress_display.hpp"
#include "dko/workflow/training_advice.hpp"

namespace dko {

double model_bytes(const ExpressionMatrix& matrix, const ModelOptions& options) {
  constexpr double sparse_bytes_per_gene = 4000;
  const double of_member =
      options.kind == MappingKind::dko
          ? model_file_bytes(mapping_shape(matrix, options.training), options.training.steps)
          : sparse_bytes_per_gene * static_cast<double>(matrix.genes()) + 65536;
  return static_cast<double>(options.made()) * of_member;
}

std::int64_t most_steps(const std::vector<MemberRecord>& records) {
  std::int64_t most = 0;
  for (const MemberRecord& record : records) {
    if (const auto* trained = std::get_if<TrainingRecord>(&record)) most = std::max(most, trained->steps);
  }
  return most;
}

void check_training(const Split& split, const ModelOptions& options) {
  if (options.kind == MappingKind::dko)
    require_enough_cells(split, options.training.batch, options.training.validation);
  else if (options.members > 1 && split.validation.empty())
    throw UsageError(
        fmt::format("{}: of {} no cell is left out, and each member of a sparse ensemble must leave some "
                    "out, or all are alike",
                    parameter("validation"), counted(std::ssize(split.training), "cell")));
  else
    require_enough_cells_to_fit(std::ssize(split.training) +
                                (options.members == 1 ? std::ssize(split.validation) : 0));
}

namespace {

void report(const TrainingRecord& record, const TrainingOptions& options, Log& log) {
  if (record.steps < options.steps) {
    log.info("stopped early at step {} of {}: {} without a better validation loss", record.steps - 1,
             counted(options.steps, "step"), counted(options.patience, "step"));
  }
  if (record.validation_losses.empty()) return log.info("kept the last weights");
  log.info("kept the weights of step {}, mean validation Bray-Curtis {:.4f}", record.best_step,
           record.best_validation_loss);
  if (!std::isfinite(record.validation_losses.back()))
    log.warn("training diverged after the weights that are kept; try a smaller {}",
             parameter("learning-rate"));
}

void report(const SparseRecord& record, const TrainingOptions&, Log& log) {
  log.info(
      "{} ({:.1f} a gene), {} of cell state, cross-validated Bray-Curtis about {:.4f} with all effects in "
      "full",
      counted(record.effects, "effect"),
      static_cast<double>(record.effects) /
          static_cast<double>(std::max<std::size_t>(1, record.penalties.size())),
      counted(record.factors, "factor"), record.cross_validated_distance);
  if (record.prior.empty()) return;
  if (record.prior_factor == 1)
    log.info("the prior's {} do not predict cells left out better: their penalties stay as they are",
             counted(record.prior_pairs, "pair"));
  else
    log.info("penalties of the prior's {} are multiplied by {}", counted(record.prior_pairs, "pair"),
             record.prior_factor);
}

void announce(const Split& split, const ModelOptions& options, Log& log) {
  const std::string members = options.member
                                  ? fmt::format("member {} of {} ", *options.member, options.members)
                              : options.members == 1 ? ""
                                                     : fmt::format("{} members, each ", options.members);
  if (options.kind == MappingKind::dko) {
    log.info("training {}on {}, validating on {}, {} of {}", members,
             counted(std::ssize(split.training), "cell"), counted(std::ssize(split.validation), "cell"),
             counted(options.training.steps, "step"), counted(options.training.batch, "cell"));
  } else {
    const auto all = std::ssize(split.training) + std::ssize(split.validation);
    log.info("fitting {}{} to {}", members, options.member ? "(sparse)" : "the sparse mapping",
             counted(options.members == 1 ? all : std::ssize(split.training), "cell"));
  }
}

/// How rank 0's group will go about it, where there is something to say.
void announce_plan(const RelativeProfiles& profiles, const Split& split, const ModelOptions& options,
                   int ranks, Log& log) {
  if (options.kind != MappingKind::dko) return;
  const int of_group = MemberGroups(options.made(), ranks).size(0);
  const TrainingPlan plan =
      plan_training(training_size(profiles, split, options.training), options.training, of_group);
  if (of_group > 1) {
    log.info("{}spread over {} by {}", options.made() == 1 ? "" : "each ", counted(of_group, "rank"),
             plan.parallel == ParallelForm::sharded ? "hidden units (sharded)" : "cells (data)");
  }
  // What is resumed is validated as it was.
  const bool goes_on = options.checkpoint.resume && is_there(options.checkpoint.file);
  if (plan.validate_every > 1 && !split.validation.empty() && !goes_on) {
    log.info("validating every {}{}", counted(plan.validate_every, "step"),
             options.training.validate_every == 0
                 ? ", so that it takes at most a tenth of the time, or 20 times in all"
                 : "");
  }
}

/// Text of the progress; with members trained side by side it is the progress of rank 0's group.
ProgressText progress_text(const RelativeProfiles& profiles, const ModelOptions& options) {
  if (options.kind == MappingKind::dko) return {"training", "steps", 0, options.training.patience > 0};
  return {"fitting", "genes", profiles.genes() * options.made()};
}

void say(const std::optional<TrainingAdvice>& advice, Log& log) {
  if (!advice) return;
  if (advice->determination == Determination::determined)
    log.info("{}", advice_text(*advice));
  else
    log.warn("{}", advice_text(*advice));
}

void say_levels(const ModelOptions& options, const Model& model, Log& log) {
  if (!options.levels) return;
  std::int64_t entered = 0;
  std::int64_t seen = 0;
  for (std::size_t gene = 0; gene < model.visibility.size(); ++gene) {
    const bool has_any = std::any_of(model.members.begin(), model.members.end(), [&](const Member& member) {
      const auto* fitted = std::get_if<FittedMapping>(&member);
      return fitted != nullptr && fitted->mapping.has_levels() && fitted->mapping.level_scale()[gene] > 0;
    });
    entered += has_any ? 1 : 0;
    seen += model.visibility[gene].by_level ? 1 : 0;
  }
  log.info("{} of {} that presence does not show entered by {} level; {} of them have effects",
           with_thousands(entered), counted(std::ssize(options.level_genes), "gene"),
           entered == 1 ? "its" : "their", with_thousands(seen));
}

/// What rank 0 alone, which has the members, says and notes of them.
Model conclude(std::vector<Member> members, const RelativeProfiles& profiles, const Split& split,
               const ModelOptions& options, Job& job) {
  for (std::size_t at = 0; at < members.size(); ++at) {
    const auto cells = cells_to_learn_from(split, options, static_cast<std::int64_t>(at));
    std::vector<double> variances = share_variances(members[at], profiles, cells);
    std::visit(
        [&](auto& made) {
          report(made.record, options.training, job.log);
          made.share_variances = std::move(variances);
        },
        members[at]);
  }
  Model model{std::move(members), profiles.gene_names(), {}, {}, {}, profiles.covariate_kinds()};
  job.provenance.model_checksum = checksum_of(model);
  model.provenance = job.provenance;
  return model;
}

}  // namespace

namespace {

/// Made on all ranks, unless they are stopped. Collective.
AtRoot<std::vector<Member>> make_or_stop(const RelativeProfiles& profiles, const Split& split,
                                         const ModelOptions& options, const StopRequest* stop, Job& job) {
  const ProgressCallback progress = show_progress(job.log, progress_text(profiles, options));
  const bool is_saved = !options.checkpoint.file.empty();
  const char* work = work_of(options);
  if (stop != nullptr && stop->has_time_limit() && !is_saved) {
    job.log.warn("{} does not end this {}: {} is given, so that nothing of it could be saved",
                 parameter("time-limit"), work, parameter("checkpoint", "none"));
  }
  if (stop == nullptr || !is_saved) return make_members(profiles, split, options, job.ranks(), progress);
  StopVote vote = stop->vote(job.ranks());
  try {
    return make_members(profiles, split, options, job.ranks(), progress, &vote);
  } catch (const CollectiveFailure& failure) {
    if (failure.code() != ExitCode::stopped) throw;
    const std::string file = options.checkpoint.file.string();
    const bool is_saved_yet = job.ranks().broadcast(on_root(job.ranks(), [&] { return is_there(file); }));
    stop->stop(job.ranks(), is_saved_yet ? fmt::format("{}: the {} is saved", file, work)
                                         : fmt::format("{}: nothing of the {} is saved yet", file, work));
  }
}

}  // namespace

TrainedModel run_training(const RelativeProfiles& profiles, AtRoot<Split> of_root, AtRoot<NetworkPrior> prior,
                          AtRoot<std::vector<GeneVisibility>> visibility, const ModelOptions& options,
                          const StopRequest* stop, Job& job) {
  Split split = std::move(of_root).or_empty();
  for (auto* cells : {&split.training, &split.validation, &split.held_out}) job.ranks().broadcast(*cells);
  announce(split, options, job.log);
  announce_plan(profiles, split, options, job.ranks().size(), job.log);
  const Stopwatch watch;
  const bool is_dko = options.kind == MappingKind::dko;
  ModelOptions own = options;
  own.prior = std::move(prior).or_empty();
  own.prior.broadcast(job.ranks());
  prepare_for_training(own, job);
  if (options.levels)
    own.level_genes =
        job.ranks().broadcast(on_root(job.ranks(), [&] { return invisible_genes(*visibility); }));
  AtRoot<std::vector<Member>> members = make_or_stop(profiles, split, own, stop, job);
  TrainedModel trained;
  trained.seconds = watch.seconds();
  job.log.info("{} in {}", is_dko ? "trained" : "fitted", human_seconds(*trained.seconds));
  const auto advice = advise(members, profiles, split, options, job.ranks());
  trained.model = on_root(job.ranks(), [&] {
    Model model = conclude(std::move(*members), profiles, split, options, job);
    model.advice = *advice;
    model.visibility = std::move(*visibility);
    note_levels(model);
    say_levels(own, model, job.log);
    say(model.advice, job.log);
    return model;
  });
  return trained;
}

}  // namespace dko
