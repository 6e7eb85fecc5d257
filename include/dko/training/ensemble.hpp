#pragma once

#include <cstdint>
#include <vector>

#include "dko/base/progress.hpp"
#include "dko/expression/matrix.hpp"
#include "dko/mapping/model.hpp"
#include "dko/parallel/communicator.hpp"
#include "dko/training/split.hpp"
#include "dko/training/trainer.hpp"

namespace dko {

/// What mapping to make, and how many.
struct ModelOptions {
  MappingKind kind = MappingKind::dko;
  std::int64_t members = 1;
  TrainingOptions training;  ///< of the sparse kind only the seed, and for several members the validation
};

/// The seed of member `member` of an ensemble: the ensemble's own for the first, others from a random stream.
std::uint64_t member_seed(std::uint64_t seed, std::int64_t member);

/// The split of a member: the cells that are not held out divided anew, by the member's seed, into those it
/// is trained on and as many to validate with. The first member's is `split` itself. Local.
Split member_split(const Split& split, std::uint64_t seed, std::int64_t member);

/// Trains or fits all members, each with its own split and seed. Ranks work in as many groups as there are
/// members, if there are as many ranks, and each group makes one member after the other. A lone sparse
/// mapping is fitted to the training and the validation cells; of several each is fitted to its own training
/// cells.
///
/// The members are on every rank, in order. Sparse members are the same bits for any number of ranks, the
/// original's as with train() on as many ranks as the group has. `profiles` and `split` are the same on every
/// rank. Collective. @throws CollectiveFailure if any member's training diverged.
std::vector<Member> make_members(const ExpressionMatrix& profiles, const Split& split,
                                 const ModelOptions& options, const Communicator& communicator,
                                 const ProgressCallback& progress = {});

}  // namespace dko
