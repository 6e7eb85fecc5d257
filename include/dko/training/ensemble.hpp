#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "dko/base/progress.hpp"
#include "dko/expression/matrix.hpp"
#include "dko/mapping/model.hpp"
#include "dko/parallel/communicator.hpp"
#include "dko/parallel/stop_vote.hpp"
#include "dko/training/sparse/network_prior.hpp"
#include "dko/training/split.hpp"
#include "dko/training/two_layer/trainer.hpp"

namespace dko {

/// What mapping to make, and how many.
struct ModelOptions {
  MappingKind kind = MappingKind::dko;
  std::int64_t members = 1;
  std::optional<std::int64_t> member;  ///< this one of them alone, from 0; none: all
  CheckpointOptions checkpoint;
  double fdr = 1;       ///< of the sparse kind: effects with a greater q-value are left out; 1: none
  bool levels = false;  ///< of the sparse kind: genes that presence does not show enter by their level
  std::vector<std::int32_t> level_genes = {};  ///< these, once they are known
  TrainingOptions training;  ///< of the sparse kind only the seed, and for several members the validation
  NetworkPrior prior;        ///< of the sparse kind only

  /// Number of mappings that the job makes.
  std::int64_t made() const { return member ? 1 : members; }
};

/// The seed of member `member` of an ensemble: the ensemble's own for the first, others from a random stream.
std::uint64_t member_seed(std::uint64_t seed, std::int64_t member);

/// The split of a member: the cells that are not held out divided anew, by the member's seed, into those it
/// is trained on and as many to validate with. The first member's is `split` itself. Local.
Split member_split(const Split& split, std::uint64_t seed, std::int64_t member);

/// The cells that the `at`-th mapping of those that a job makes learns from: its training cells, of a lone
/// sparse one also those that would validate. Local.
std::vector<std::int64_t> cells_to_learn_from(const Split& split, const ModelOptions& options,
                                              std::int64_t at);

/// Which ranks make which members: in as many groups as there are members, if there are as many ranks;
/// contiguous, as even as can be. Group g makes members g, g + count, g + 2·count, … one after the other.
struct MemberGroups {
  MemberGroups(std::int64_t members, int ranks);

  std::int64_t members;
  std::int64_t ranks;
  std::int64_t count;

  int of(std::int64_t rank) const { return static_cast<int>(rank * count / ranks); }
  int leader(std::int64_t group) const { return static_cast<int>((group * ranks + count - 1) / count); }
  /// Ranks of a group: group 0 has most, and none has more than one less.
  int size(std::int64_t group) const { return leader(group + 1) - leader(group); }
  /// Members that a group makes; none makes more than group 0.
  std::int64_t turns(std::int64_t group) const { return (members - group + count - 1) / count; }
};

/// Trains or fits all members, or the one that is asked for on all ranks, to the same bits, each with its own
/// split and seed, by MemberGroups. A lone sparse mapping is fitted to the training and the validation cells;
/// of several each is fitted to its own training cells.
///
/// The members are in order; no rank but the leader of its group had a whole trained one. Sparse members are
/// the same bits for any number of ranks, the original's as with train() on as many ranks as the group has,
/// with checkpoints in a file for each (member_checkpoint). `profiles` and `split` are the same on every
/// rank. With a vote, trainings stop when it says so, their state saved, and that of members that are done;
/// it ends nothing once all are done. Collective.
/// @throws CollectiveFailure, the same on every rank, if any member's training diverged, or with exit code 5
/// if they were stopped.
AtRoot<std::vector<Member>> make_members(const RelativeProfiles& profiles, const Split& split,
                                         const ModelOptions& options, const Communicator& communicator,
                                         const ProgressCallback& progress = {}, StopVote* vote = nullptr);

}  // namespace dko
