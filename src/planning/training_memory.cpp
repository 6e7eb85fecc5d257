#include "dko/planning/training_memory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "dko/planning/screen_memory.hpp"

namespace dko {

namespace {

/// Of one mapping, as large as they come.
double bytes_of_member(const ExpressionMatrix& matrix, const ModelOptions& options) {
  return options.kind == MappingKind::dko ? bytes_of_parameters(mapping_shape(matrix, options.training))
                                          : bytes_of_largest_sparse(matrix);
}

/// Of each rank of a group that trains one of the original's mappings.
struct RankTraining {
  ParallelForm form = ParallelForm::data;
  double share = 1;  ///< of the parameters
  double weights = 0;
  double kept = 0;
  double batch = 0;
  double validation = 0;  ///< cells that stay arranged
  double gradients = 0;   ///< on their way between the ranks

  double total() const { return weights + kept + batch + validation + gradients; }
};

RankTraining training_of_rank(const ExpressionMatrix& matrix, const Split& split,
                              const TrainingOptions& options, int ranks_of_group) {
  const TrainingSize size = training_size(matrix, split, options);
  RankTraining rank;
  rank.form = plan_training(size, options, ranks_of_group).parallel;
  rank.share = rank.form == ParallelForm::sharded ? largest_share(size.hidden, ranks_of_group) : 1;
  const double units = rank.share * static_cast<double>(size.hidden);
  const double own = rank.share * bytes_of_parameters(mapping_shape(matrix, options));
  rank.weights = 3 * own;
  rank.kept = split.validation.empty() ? 0 : own;
  rank.batch = sizeof(float) * static_cast<double>(size.batch) * (3 * units + 4 * size.expressed);
  // Both as src/training keeps them: a pair of a cell and a gene takes 28 bytes, arranged twice, and of no
  // more than four million; gradients of four blocks of at most 128 units, W1's and W2's.
  const double own_cells =
      static_cast<double>(size.validation_cells) / (rank.form == ParallelForm::data ? ranks_of_group : 1);
  rank.validation = 28 * std::min(own_cells * size.expressed, 4.2e6);
  if (rank.form == ParallelForm::data)
    rank.gradients = sizeof(float) * 4 * std::min(units, 128.0) * 2 * static_cast<double>(size.genes);
  return rank;
}

/// Groups differ by one rank, and their forms with them: that which takes more.
RankTraining largest_of_ranks(const ExpressionMatrix& matrix, const Split& split,
                              const TrainingOptions& options, const MemberGroups& groups) {
  const RankTraining of_first = training_of_rank(matrix, split, options, groups.size(0));
  const RankTraining of_last = training_of_rank(matrix, split, options, groups.size(groups.count - 1));
  return of_first.total() >= of_last.total() ? of_first : of_last;
}

/// What finished mappings take on one rank beyond what each has for its training. While the last is put
/// together its moments are given up; one that comes from another group is for a moment there twice, and
/// nothing of a training is left.
double finished_bytes(const RankTraining& rank, const MemberGroups& groups, double whole) {
  const auto members = static_cast<double>(groups.members);
  const double at_last = (members - 1) * whole + std::max(0.0, (1 + rank.share) * whole - rank.total());
  const double together = (members + (groups.count > 1 ? 1 : 0)) * whole - rank.total();
  return std::max(at_last, together);
}

std::string advice_on(const RankTraining& rank, const MemberGroups& groups) {
  const bool has_all = rank.form == ParallelForm::data && groups.size(0) > 1;
  return fmt::format("{}, choose fewer genes (--top-genes), hidden units (--hidden){}, or --mapping sparse",
                     has_all ? "take --parallel sharded or fewer ranks per node"
                             : "spread it over more nodes (--parallel sharded)",
                     groups.members > 1 ? " or mappings (--ensemble)" : "");
}

void add_dense(MemoryNeed& need, const ExpressionMatrix& matrix, const Split& split,
               const ModelOptions& options, int ranks) {
  const MemberGroups groups(options.made(), ranks);
  const RankTraining rank = largest_of_ranks(matrix, split, options.training, groups);
  need.per_rank.push_back({"weights and moments", rank.weights});
  if (rank.kept > 0) need.per_rank.push_back({"kept weights", rank.kept});
  need.per_rank.push_back({"a batch", rank.batch});
  if (rank.validation > 0) need.per_rank.push_back({"validation cells", rank.validation});
  if (rank.gradients > 0) need.per_rank.push_back({"gradients under way", rank.gradients});
  const double finished = finished_bytes(rank, groups, bytes_of_member(matrix, options));
  if (finished > 0) need.on_one_rank.push_back({"finished mappings", finished});
  need.advice = advice_on(rank, groups);
}

/// Presence as bits; the rank's part of the cells by gene, in vectors that may have grown to twice their
/// content; columns and products of the candidates of one gene at a time.
void add_sparse(MemoryNeed& need, const ExpressionMatrix& matrix, const ModelOptions& options, int ranks) {
  const auto cells = static_cast<double>(matrix.cells());
  const auto genes = static_cast<double>(matrix.genes());
  const double of_group = std::max(1.0, static_cast<double>(ranks) / static_cast<double>(options.made()));
  const double candidates = std::min(genes, 2000.0);
  constexpr double products = 6 * 4;  // of five folds and of all rows, at twice the room
  need.per_rank.push_back({"fitting", cells * genes / 8 +
                                          32.0 * static_cast<double>(matrix.nonzeros()) / of_group +
                                          4 * candidates * (3 * cells + products * candidates)});
  need.on_one_rank.push_back({"finished mappings", bytes_of_members(matrix, options)});
}

}  // namespace

MemoryNeed training_memory(const ExpressionMatrix& matrix, const Split& split, const ModelOptions& options,
                           int ranks) {
  MemoryNeed need = data_memory("training", matrix);
  if (options.kind == MappingKind::dko)
    add_dense(need, matrix, split, options, ranks);
  else
    add_sparse(need, matrix, options, ranks);
  return need;
}

double bytes_of_members(const ExpressionMatrix& matrix, const ModelOptions& options) {
  return static_cast<double>(options.made()) * bytes_of_member(matrix, options);
}

}  // namespace dko
