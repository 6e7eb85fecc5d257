#include "dko/training/ensemble.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "dko/base/random.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/training/sparse/effect_q_values.hpp"
#include "dko/training/sparse/effect_weights.hpp"
#include "dko/training/sparse/fit_job.hpp"
#include "dko/training/sparse/sparse_fit.hpp"
#include "dko/training/two_layer/train.hpp"
#include "sparse/fit_checkpoint.hpp"
#include "sparse/passed_effects.hpp"

namespace dko {

namespace {

constexpr std::int64_t parts_of_fit = 10'000;  // for its progress

std::vector<std::int64_t> all_but_held_out(const Split& split) {
  std::vector<std::int64_t> cells = split.training;
  cells.insert(cells.end(), split.validation.begin(), split.validation.end());
  std::sort(cells.begin(), cells.end());
  return cells;
}

/// The cells that one mapping learns from, by a split of its own.
std::vector<std::int64_t> cells_of_fit(const Split& own, const ModelOptions& options) {
  const bool takes_all = options.kind == MappingKind::sparse && options.members == 1;
  return takes_all ? all_but_held_out(own) : own.training;
}

/// What the checkpoints of a fit state of it. Checksums take time, and are made where there is a file.
FitNotes fit_notes(const RelativeProfiles& profiles, const std::vector<std::int64_t>& cells,
                   const ModelOptions& options, const Communicator& communicator) {
  FitNotes notes{.seed = options.training.seed,
                 .genes = profiles.genes(),
                 .covariates = profiles.covariate_width(),
                 .levels = options.levels,
                 .prior = options.prior.checksum,
                 .prior_signs = options.prior.holds_signs};
  if (communicator.is_root() && !options.checkpoint.file.empty())
    notes.data = fit_checksums(profiles, cells, options.level_genes);
  return notes;
}

FittedMapping fit_with_q_values(const RelativeProfiles& profiles, const std::vector<std::int64_t>& cells,
                                const ModelOptions& options, const Communicator& communicator,
                                const ProgressCallback& progress) {
  const std::uint64_t seed = options.training.seed;
  FitJob job(communicator, progress, options.checkpoint, fit_notes(profiles, cells, options, communicator));
  plan_q_values(profiles, cells, communicator, job);
  FittedMapping fitted =
      fit_sparse(profiles, cells, seed, communicator, job, options.prior, options.level_genes);
  fitted.record.levels = options.levels;
  EffectQuality quality = find_q_values(profiles, cells, fitted.mapping,
                                        fitted.record.cross_validated_distance, seed, communicator, job);
  fitted.q_values = std::move(quality.q_values);
  fitted.record.fdr = options.fdr;
  const EffectSupport support{.prior = options.prior, .prior_factor = fitted.record.prior_factor};
  const std::vector<double> weights =
      effect_weights(fitted.mapping, fitted.q_values.effects, options.fdr, support);
  fitted.mapping = weigh_effects(fitted.mapping, fitted.q_values, quality.inputs, weights);
  if (options.fdr < 1)
    fitted.q_values.decoys.clear();  // of all effects: shifts by the kept ones cannot be compared with them
  for (std::size_t draw = 0; draw < fitted.q_values.decoys.size(); ++draw)
    fitted.q_values.decoys[draw] = weigh_decoys(fitted.q_values.decoys[draw], quality.decoy_q[draw], support);
  if (fitted.mapping.has_levels()) {
    SparseMappingParts parts = fitted.mapping.parts();
    pass_on(parts);
    fitted.mapping = SparseMapping(std::move(parts));
  }
  fitted.record.effects = fitted.mapping.effects_count();
  return fitted;
}

Member make_member(const RelativeProfiles& profiles, const Split& split, const ModelOptions& options,
                   const Communicator& communicator, const ProgressCallback& progress) {
  if (options.kind == MappingKind::dko)
    return train(profiles, split, options.training, communicator, progress, options.checkpoint);
  return fit_with_q_values(profiles, cells_of_fit(split, options), options, communicator, progress);
}

/// Number of the `at`-th mapping that the job makes.
std::int64_t number_of(std::int64_t at, const ModelOptions& options) {
  return options.member.value_or(at);
}

/// Turns progress of one member into that of all members of its group, this one after `turn` others. A
/// training that stops early or was resumed says so by a smaller total; a fit's units are its own.
ProgressCallback progress_of_member(const ProgressCallback& progress, const ModelOptions& options,
                                    std::int64_t turn, std::int64_t turns) {
  if (!progress || turns == 1) return progress;
  const bool is_dko = options.kind == MappingKind::dko;
  const std::int64_t whole = is_dko ? options.training.steps : parts_of_fit;
  return [=, &progress](std::int64_t done, std::int64_t total) {
    // A fit counts nanoseconds: the product of two of them could exceed the integers.
    const double part = static_cast<double>(whole) * static_cast<double>(done) / static_cast<double>(total);
    progress(turn * whole + static_cast<std::int64_t>(part), turns * whole);
  };
}

/// The members that this rank's group makes, on its leader; empty ones elsewhere. Collective over the group.
/// @throws CollectiveFailure on all ranks of the group
std::vector<Member> make_members_of_group(const RelativeProfiles& profiles, const Split& split,
                                          const ModelOptions& options, const MemberGroups& groups,
                                          int own_group, const Communicator& group,
                                          const ProgressCallback& progress) {
  std::vector<Member> members;
  const std::int64_t turns = groups.turns(own_group);
  for (std::int64_t turn = 0; turn < turns; ++turn) {
    const std::int64_t at = own_group + turn * groups.count;
    const std::int64_t number = number_of(at, options);
    ModelOptions own = options;
    own.training.seed = member_seed(options.training.seed, number);
    own.checkpoint.file = member_checkpoint(options.checkpoint.file, at);
    Member member = make_member(profiles, member_split(split, options.training.seed, number), own, group,
                                progress_of_member(progress, options, turn, turns));
    members.push_back(group.is_root() ? std::move(member) : Member());
  }
  return members;
}

}  // namespace

std::uint64_t member_seed(std::uint64_t seed, std::int64_t member) {
  if (member == 0) return seed;
  return RandomStream(seed, "ensemble member", static_cast<std::uint64_t>(member))();
}

Split member_split(const Split& split, std::uint64_t seed, std::int64_t member) {
  if (member == 0) return split;
  const std::vector<std::int64_t> cells = all_but_held_out(split);
  RandomStream stream(member_seed(seed, member), "validation cells");
  const std::vector<std::int64_t> places = stream.distinct(std::ssize(split.validation), std::ssize(cells));
  Split own;
  own.held_out = split.held_out;
  auto next = places.begin();
  for (std::int64_t at = 0; at < std::ssize(cells); ++at) {
    const bool validates = next != places.end() && *next == at;
    (validates ? own.validation : own.training).push_back(cells[static_cast<std::size_t>(at)]);
    if (validates) ++next;
  }
  return own;
}

std::vector<std::int64_t> cells_to_learn_from(const Split& split, const ModelOptions& options,
                                              std::int64_t at) {
  return cells_of_fit(member_split(split, options.training.seed, number_of(at, options)), options);
}

MemberGroups::MemberGroups(std::int64_t of_members, int of_ranks)
    : members(of_members), ranks(of_ranks), count(std::min<std::int64_t>(of_members, of_ranks)) {}

AtRoot<std::vector<Member>> make_members(const RelativeProfiles& profiles, const Split& split,
                                         const ModelOptions& options, const Communicator& communicator,
                                         const ProgressCallback& progress, StopVote* vote) {
  const MemberGroups groups(options.made(), communicator.size());
  const int own_group = groups.of(communicator.rank());
  const Communicator group = communicator.split(own_group);
  std::vector<Member> of_group;
  std::optional<CollectiveFailure> failure;
  ModelOptions own = options;
  if (vote != nullptr) {
    own.checkpoint.stop = [vote] { return vote->asks_to_stop(); };
    // A member may be done when another is stopped.
    own.checkpoint.save_last = own.checkpoint.save_last || options.made() > 1;
  }
  try {
    of_group = make_members_of_group(profiles, split, own, groups, own_group, group, progress);
  } catch (const CollectiveFailure& stopped_or_diverged) {
    failure = stopped_or_diverged;
  }
  // Where all groups are done a wish to stop is too late: nothing is left to be stopped.
  if (vote != nullptr) vote->finish();
  agree(communicator, failure);
  auto members = at_root(communicator, std::vector<Member>());
  for (std::int64_t member = 0; member < options.made(); ++member) {
    const bool is_own = member % groups.count == own_group;
    Member made = is_own ? std::move(of_group[static_cast<std::size_t>(member / groups.count)]) : Member();
    AtRoot<Member> moved = to_root(communicator, std::move(made), groups.leader(member % groups.count));
    if (moved.is_here()) members->push_back(std::move(*moved));
  }
  return members;
}

}  // namespace dko
