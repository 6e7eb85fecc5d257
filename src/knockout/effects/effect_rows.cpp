#include "dko/knockout/effects/effect_rows.hpp"

#include <algorithm>

#include "dense_gene_losses.hpp"
#include "dko/parallel/collective.hpp"
#include "gene_losses.hpp"
#include "sparse_gene_losses.hpp"

namespace dko {

namespace {

template <class Row, class Visit>
void for_each_array(Row& row, Visit visit) {
  for (auto* array : {&row.change, &row.relative, &row.change_sd, &row.set_change, &row.set_relative})
    visit(*array);
}

/// Appends the row as numbers, which all are whole below 2^53 or double.
void append(const EffectRow& row, std::vector<double>& flat) {
  flat.push_back(row.lost);
  const auto add = [&](const auto& array) {
    flat.push_back(static_cast<double>(array.size()));
    for (const auto value : array) flat.push_back(static_cast<double>(value));
  };
  add(row.cells);
  add(row.genes);
  add(row.both);
  for_each_array(row, add);
}

EffectRow row_from(std::vector<double>::const_iterator& next) {
  EffectRow row;
  row.lost = static_cast<std::int32_t>(*next++);
  const auto take = [&](auto& array) {
    array.resize(static_cast<std::size_t>(*next++));
    for (auto& value : array) value = static_cast<std::remove_reference_t<decltype(value)>>(*next++);
  };
  take(row.cells);
  take(row.genes);
  take(row.both);
  for_each_array(row, take);
  return row;
}

/// Rank r has computed rows r, r + ranks, … of the round, one rank's after the other's: in their order.
std::vector<EffectRow> in_order(const std::vector<double>& flat, std::int64_t rows, std::int64_t ranks) {
  std::vector<EffectRow> ordered(static_cast<std::size_t>(rows));
  auto next = flat.begin();
  for (std::int64_t rank = 0; rank < ranks; ++rank) {
    for (std::int64_t row = rank; row < rows; row += ranks)
      ordered[static_cast<std::size_t>(row)] = row_from(next);
  }
  return ordered;
}

}  // namespace

std::unique_ptr<GeneLosses> make_gene_losses(const EffectsInput& input, const NodeGroup& nodes) {
  if (input.members.front().sparse() != nullptr) return std::make_unique<SparseGeneLosses>(input, nodes);
  return std::make_unique<DenseGeneLosses>(input);
}

void for_each_effect_row(const RelativeProfiles& profiles, std::span<const CollapsedMapping> members,
                         Base base, const EffectsRequest& request, const NodeGroup& nodes,
                         const std::function<void(const EffectRow&)>& use, const ProgressCallback& progress) {
  const CellsOfGenes places(profiles, nodes);
  std::vector<IntactOutputs> intact;
  for (const CollapsedMapping& member : members)
    intact.push_back(intact_outputs(profiles, places, member, base, nodes));
  const auto losses = make_gene_losses({profiles, members, request, places, intact}, nodes);
  const Communicator& ranks = nodes.all;
  const std::int64_t total = std::ssize(request.lost);
  for (std::int64_t first = 0; first < total; first += effect_rows_in_round) {
    const std::int64_t rows = std::min(effect_rows_in_round, total - first);
    std::vector<double> own;
    for (std::int64_t row = ranks.rank(); row < rows; row += ranks.size())
      append(losses->row(request.lost[static_cast<std::size_t>(first + row)]), own);
    const AtRoot<std::vector<double>> all = ranks.gather(std::span<const double>(own));
    run_on_root(ranks, [&] {
      for (const EffectRow& row : in_order(*all, rows, ranks.size())) use(row);
    });
    if (progress) progress(first + rows, total);
  }
}

double effect_rows_bytes(const ExpressionMatrix& matrix, bool is_sparse, std::int64_t members,
                         const EffectsRequest& request, int ranks) {
  const auto groups = static_cast<double>(request.groups());
  const auto genes = static_cast<double>(matrix.genes());
  const auto cells = static_cast<double>(matrix.cells());
  const auto sets = static_cast<double>(request.sets.size());
  const auto count = static_cast<double>(members);
  const double of_node = static_cast<double>(matrix.nonzeros()) *
                             (CellsOfGenes::bytes_of_entry + count * IntactOutputs::bytes_of_entry) +
                         8 * cells * count * (1 + (is_sparse ? sets : 0));
  const double of_rank = groups * (8 * (1 + 2 * count) * genes + 16 * count * sets) + 40 * cells + 32 * genes;
  // Rows on their way have five numbers an entry: computed, gathered, and taken apart.
  const double of_round = 3 * 8 * static_cast<double>(effect_rows_in_round) * groups * (5 * genes + 2 * sets);
  return of_node + of_rank * ranks + of_round;
}

}  // namespace dko
