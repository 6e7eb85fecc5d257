#include "dko/planning/training_memory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "dko/base/parameter.hpp"
#include "dko/planning/screen_memory.hpp"
#include "dko/training/sparse/effect_q_values.hpp"
#include "dko/training/sparse/fit_checkpoint_file.hpp"
#include "dko/training/sparse/sparse_fit.hpp"
#include "dko/training/two_layer/trainer.hpp"

namespace dko {

namespace {

/// Bytes of one mapping, at most.
double bytes_of_member(const ExpressionMatrix& matrix, const ModelOptions& options) {
  return options.kind == MappingKind::dko ? bytes_of_parameters(mapping_shape(matrix, options.training))
                                          : bytes_of_largest_sparse(matrix, options.levels);
}

TrainingBytes bytes_of_rank(const ExpressionMatrix& matrix, const Split& split,
                            const TrainingOptions& options, int ranks_of_group) {
  const TrainingSize size = training_size(matrix, split, options);
  return Trainer::bytes(size, plan_training(size, options, ranks_of_group).parallel, ranks_of_group);
}

/// Groups differ by one rank, and their forms with them: that which takes more.
TrainingBytes largest_of_ranks(const ExpressionMatrix& matrix, const Split& split,
                               const TrainingOptions& options, const MemberGroups& groups) {
  const TrainingBytes of_first = bytes_of_rank(matrix, split, options, groups.size(0));
  const TrainingBytes of_last = bytes_of_rank(matrix, split, options, groups.size(groups.count - 1));
  return of_first.total() >= of_last.total() ? of_first : of_last;
}

/// What finished mappings take on one rank beyond what each has for its training. While the last is put
/// together its moments are given up; one that comes from another group is for a moment there twice, and
/// nothing of a training is left.
double finished_bytes(const TrainingBytes& rank, const MemberGroups& groups, double whole) {
  const auto members = static_cast<double>(groups.members);
  const double at_last = (members - 1) * whole + std::max(0.0, (1 + rank.share) * whole - rank.total());
  const double together = (members + (groups.count > 1 ? 1 : 0)) * whole - rank.total();
  return std::max(at_last, together);
}

std::string advice_on(const TrainingBytes& rank, const MemberGroups& groups) {
  const bool has_all = rank.gradients > 0 && groups.size(0) > 1;
  const std::string sharded = parameter("parallel", "sharded");
  return fmt::format("{}, choose fewer genes ({}), hidden units ({}){}, or {}",
                     has_all ? fmt::format("take {} or fewer ranks per node", sharded)
                             : fmt::format("spread it over more nodes ({})", sharded),
                     parameter("top-genes"), parameter("hidden"),
                     groups.members > 1 ? fmt::format(" or mappings ({})", parameter("ensemble")) : "",
                     parameter("mapping", "sparse"));
}

void add_dense(MemoryNeed& need, const ExpressionMatrix& matrix, const Split& split,
               const ModelOptions& options, int ranks) {
  const MemberGroups groups(options.made(), ranks);
  const TrainingBytes rank = largest_of_ranks(matrix, split, options.training, groups);
  need.per_rank.push_back({"weights and moments", rank.weights});
  if (rank.kept > 0) need.per_rank.push_back({"kept weights", rank.kept});
  need.per_rank.push_back({"a batch", rank.batch});
  if (rank.validation > 0) need.per_rank.push_back({"validation cells", rank.validation});
  if (rank.gradients > 0) need.per_rank.push_back({"gradients under way", rank.gradients});
  const double finished = finished_bytes(rank, groups, bytes_of_member(matrix, options));
  if (finished > 0) need.on_one_rank.push_back({"finished mappings", finished});
  need.advice = advice_on(rank, groups);
}

/// Groups of ranks, each of so many, that have a part on one node at most: groups are contiguous.
double groups_on_node(double groups, double of_group, int ranks_of_node) {
  if (ranks_of_node < 2) return 1;
  return std::min(groups, 2 + std::floor((ranks_of_node - 2) / std::floor(of_group)));
}

void add_sparse(MemoryNeed& need, const ExpressionMatrix& matrix, const ModelOptions& options, int ranks,
                int ranks_of_node) {
  const MemberGroups members(options.made(), ranks);
  const auto of_group = static_cast<double>(members.size(members.count - 1));  // as few as any
  // With levels there are none if a gene enters by its level, which is not known yet.
  const DecoyBytes decoys = decoy_bytes(matrix.genes(), most_effects(matrix), of_group);
  const auto groups = static_cast<double>(std::min<std::int64_t>(ranks, options.made()));
  // Ranks of one node may be of several groups, each of which has its own; one rank alone shares nothing.
  const double presence = sparse_node_bytes(matrix, options.levels);
  if (of_group < 2)
    need.per_rank.push_back({"presence", presence});
  else
    need.per_node.push_back({"presence", groups_on_node(groups, of_group, ranks_of_node) * presence});
  need.per_rank.push_back({"fitting", std::max(sparse_fit_bytes(matrix, of_group, options.levels),
                                               q_values_bytes(matrix, of_group) + decoys.on_rank)});
  if (!options.checkpoint.file.empty())
    need.per_rank.push_back({"saving", fit_saving_bytes(matrix, of_group)});
  need.on_one_rank.push_back({"finished mappings", bytes_of_members(matrix, options)});
  // Each group gathers its own; with a limit on q-values they go once the mapping is fitted.
  const double at_once = options.fdr < 1 ? groups : static_cast<double>(options.made());
  need.on_one_rank.push_back({"decoys", at_once * decoys.kept + groups * decoys.gathering});
}

}  // namespace

MemoryNeed training_memory(const ExpressionMatrix& matrix, const Split& split, const ModelOptions& options,
                           int ranks, int ranks_of_node) {
  MemoryNeed need = data_memory("training", matrix);
  if (options.kind == MappingKind::dko)
    add_dense(need, matrix, split, options, ranks);
  else
    add_sparse(need, matrix, options, ranks, ranks_of_node);
  return need;
}

double bytes_of_members(const ExpressionMatrix& matrix, const ModelOptions& options) {
  return static_cast<double>(options.made()) * bytes_of_member(matrix, options);
}

MemoryNeed prediction_memory(const ExpressionMatrix& matrix, const ModelOptions& options,
                             double profile_bytes) {
  MemoryNeed need = data_memory("predicting", matrix);
  need.on_one_rank.push_back({"mappings", bytes_of_members(matrix, options)});
  // Sums of several members, in double precision, and one's values while they are added.
  need.on_one_rank.push_back({"profiles of held-out cells", (options.members > 1 ? 5 : 4) * profile_bytes});
  // Values, their order, and ranks of expressed genes, as spearman_of_profiles has them.
  constexpr double of_expressed = 56;
  const double of_all = static_cast<double>(matrix.cells()) * static_cast<double>(matrix.genes());
  need.on_one_rank.push_back({"ranks of their genes", of_expressed * static_cast<double>(matrix.nonzeros()) *
                                                          (profile_bytes / sizeof(float)) /
                                                          std::max(1.0, of_all)});
  return need;
}

}  // namespace dko
