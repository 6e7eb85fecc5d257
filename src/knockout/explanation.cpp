#include "dko/knockout/explanation.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <memory>

#include "dko/knockout/kernels/cell_kernel.hpp"
#include "dko/knockout/score/cell_scores.hpp"
#include "knockout/score/member_spread.hpp"

namespace dko {

namespace {

// The cells are summed in as many blocks whatever the number of ranks, and these in their order.
constexpr std::int64_t most_blocks = 64;

/// Sums over cells of what one member predicts.
struct MemberSums {
  explicit MemberSums(std::size_t genes) : before(genes), after(genes), renormalised(genes) {}

  std::vector<double> before;
  std::vector<double> after;
  std::vector<double> renormalised;
  std::array<double, 8> scores{};  // impact, network, and their interactions; shift, approach, and theirs
};

using Sums = std::vector<MemberSums>;

/// Calls visit(numbers) for all numbers of a member.
template <class Member, class Visit>
void for_each_array(Member& member, Visit visit) {
  visit(member.before);
  visit(member.after);
  visit(member.renormalised);
  visit(member.scores);
}

std::vector<double> flattened(const Sums& sums) {
  std::vector<double> flat;
  for (const MemberSums& member : sums)
    for_each_array(member,
                   [&](const auto& numbers) { flat.insert(flat.end(), numbers.begin(), numbers.end()); });
  return flat;
}

void add_flattened(Sums& sums, const std::vector<double>& flat) {
  auto next = flat.begin();
  for (MemberSums& member : sums) {
    for_each_array(member, [&](auto& numbers) {
      for (double& number : numbers) number += *next++;
    });
  }
}

void add_profiles(CellKernel& kernel, const KernelCell& cell, std::span<const std::int32_t> positions,
                  MemberSums& sums) {
  const std::vector<double> before = kernel.intact_profile();
  const std::vector<double> after = kernel.profile_after(positions);
  std::vector<double> rest = before;
  double mass = 0;  // of K afterwards
  for (const std::int32_t position : positions) {
    const auto at = static_cast<std::size_t>(position);
    if (at < rest.size()) rest[at] = 0;
    mass += after[at];
  }
  double kept = 0;
  for (const double share : rest) kept += share;
  for (std::size_t at = 0; at < before.size(); ++at) {
    const auto gene = static_cast<std::size_t>(cell.expressed[at]);
    sums.before[gene] += before[at];
    sums.after[gene] += after[at];
    if (kept > 0) sums.renormalised[gene] += rest[at] / kept * (1 - mass);
  }
  for (std::size_t at = before.size(); at < after.size(); ++at)
    sums.after[static_cast<std::size_t>(cell.absent[at - before.size()])] += after[at];
  for (const std::int32_t position : positions) {
    const auto at = static_cast<std::size_t>(position);
    const std::int32_t gene = at < before.size() ? cell.expressed[at] : cell.absent[at - before.size()];
    sums.renormalised[static_cast<std::size_t>(gene)] += after[at];
  }
}

/// a − b, 0 where they differ by rounding.
double difference(double a, double b) {
  constexpr double rounding = 1e-12;
  return std::abs(a - b) <= rounding * (a + b) ? 0 : a - b;
}

void add_scores(CellKernel& kernel, std::span<const std::int32_t> positions, MemberSums& sums) {
  const KnockoutScores both = kernel.scores(positions);
  sums.scores[0] += both.impact;
  sums.scores[1] += both.network;
  sums.scores[4] += both.shift;
  sums.scores[5] += both.approach;
  if (positions.size() != 2) return;
  const KnockoutScores a = kernel.scores(positions.first(1));
  const KnockoutScores b = kernel.scores(positions.last(1));
  sums.scores[2] += difference(both.impact, a.impact + b.impact);
  sums.scores[3] += difference(both.network, a.network + b.network);
  sums.scores[6] += both.shift - a.shift - b.shift;
  sums.scores[7] += both.approach - a.approach - b.approach;
}

/// The knockout in cell after cell by every member.
class Explainer {
 public:
  Explainer(const RelativeProfiles& matrix, std::span<const CollapsedMapping> members,
            std::span<const std::int32_t> removed, Base base, const Direction* direction,
            const OtherChanges& others)
      : matrix_(matrix), changed_(removed.begin(), removed.end()), added_(others.added) {
    changed_.insert(changed_.end(), added_.begin(), added_.end());
    std::sort(changed_.begin(), changed_.end());
    for (const CollapsedMapping& member : members) {
      kernels_.push_back(make_cell_kernel(member, best_instruction_set(), base));
      kernels_.back()->set_direction(direction);
      kernels_.back()->set_presence(others.presence);
    }
  }

  Sums none() const { return {kernels_.size(), MemberSums(static_cast<std::size_t>(matrix_.genes()))}; }

  Sums sums_over(std::span<const std::int64_t> cells) {
    Sums sums = none();
    std::vector<std::int32_t> positions;
    for (const std::int64_t cell : cells) {
      const KernelCell intact(intact_cell(matrix_, cell), added_);
      positions_of(changed_, intact, positions);
      for (std::size_t member = 0; member < kernels_.size(); ++member) {
        kernels_[member]->load(intact);
        add_profiles(*kernels_[member], intact, positions, sums[member]);
        add_scores(*kernels_[member], positions, sums[member]);
      }
    }
    return sums;
  }

 private:
  const RelativeProfiles& matrix_;
  std::vector<std::int32_t> changed_;  // K
  std::vector<std::int32_t> added_;
  std::vector<std::unique_ptr<CellKernel>> kernels_;
};

/// Sums over all cells: every rank takes a block in turn, and rank 0 adds block after block.
AtRoot<Sums> sums_over_ranks(Explainer& explainer, std::span<const std::int64_t> cells,
                             const Communicator& ranks) {
  const std::int64_t blocks = std::min(most_blocks, std::ssize(cells));
  Sums all = explainer.none();
  for (std::int64_t first = 0; first < blocks; first += ranks.size()) {
    std::vector<double> own;
    if (const std::int64_t block = first + ranks.rank(); block < blocks) {
      const std::int64_t from = std::ssize(cells) * block / blocks;
      const std::int64_t to = std::ssize(cells) * (block + 1) / blocks;
      own = flattened(explainer.sums_over(
          cells.subspan(static_cast<std::size_t>(from), static_cast<std::size_t>(to - from))));
    }
    for (int rank = 0; rank < ranks.size() && first + rank < blocks; ++rank) {
      const bool is_mine = ranks.rank() == rank;
      const AtRoot<std::vector<double>> sums =
          ranks.gather(is_mine ? std::span<const double>(own) : std::span<const double>());
      if (sums.is_here()) add_flattened(all, *sums);
    }
  }
  return at_root(ranks, std::move(all));
}

/// Over the members of `value(member)`.
template <class Value>
MemberSpread over_members(const Sums& sums, Value value) {
  return spread_of(sums.size(), [&](std::size_t member) { return value(sums[member]); });
}

GeneChange change_of(const Sums& sums, std::int32_t number, double cells) {
  const auto gene = static_cast<std::size_t>(number);
  const auto mean = [&](auto array) {
    return over_members(sums, [&](const MemberSums& member) { return (member.*array)[gene] / cells; }).mean;
  };
  GeneChange change;
  change.gene = number;
  change.before = mean(&MemberSums::before);
  change.after = mean(&MemberSums::after);
  change.renormalised = mean(&MemberSums::renormalised);
  const MemberSpread all = over_members(
      sums, [&](const MemberSums& member) { return (member.after[gene] - member.before[gene]) / cells; });
  const MemberSpread network = over_members(sums, [&](const MemberSums& member) {
    return change_beyond_rescaling(member.after[gene], member.renormalised[gene]) / cells;
  });
  change.change = all.mean;
  change.change_sd = all.sd;
  change.network_change = network.mean;
  change.network_change_sd = network.sd;
  if (change.after > 0 && change.renormalised > 0) {
    const bool differ = difference(change.after, change.renormalised) != 0;
    change.log2_ratio = differ ? std::log2(change.after / change.renormalised) : 0;
  }
  return change;
}

KnockoutScores scores_of(const Sums& sums, std::size_t first, double cells) {
  const auto spread = [&](std::size_t at) {
    return over_members(sums, [&](const MemberSums& member) { return member.scores[at] / cells; });
  };
  const MemberSpread impact = spread(first);
  const MemberSpread network = spread(first + 1);
  const MemberSpread shift = spread(first + 4);
  const MemberSpread approach = spread(first + 5);
  KnockoutScores scores;
  scores.impact = impact.mean;
  scores.impact_sd = impact.sd;
  scores.network = network.mean;
  scores.network_sd = network.sd;
  scores.shift = shift.mean;
  scores.shift_sd = shift.sd;
  scores.approach = approach.mean;
  scores.approach_sd = approach.sd;
  return scores;
}

}  // namespace

double change_beyond_rescaling(double after, double renormalised) {
  return difference(after, renormalised);
}

std::vector<std::int64_t> cells_to_knock_out(const ExpressionMatrix& matrix,
                                             std::span<const std::int32_t> genes,
                                             std::span<const std::int32_t> added) {
  std::vector<std::int64_t> cells;
  for (std::int64_t cell = 0; cell < matrix.cells(); ++cell) {
    const bool has_all = std::all_of(genes.begin(), genes.end(),
                                     [&](std::int32_t gene) { return matrix.expresses(cell, gene); });
    const bool has_any = std::any_of(added.begin(), added.end(),
                                     [&](std::int32_t gene) { return matrix.expresses(cell, gene); });
    if (has_all && !has_any && matrix.expressed_count(cell) > std::ssize(genes)) cells.push_back(cell);
  }
  return cells;
}

AtRoot<Explanation> explain_knockout(const RelativeProfiles& profiles,
                                     std::span<const CollapsedMapping> members,
                                     std::span<const std::int32_t> removed,
                                     std::span<const std::int64_t> cells, const Communicator& ranks,
                                     Base base, const Direction* direction, const OtherChanges& others) {
  Explainer explainer(profiles, members, removed, base, direction, others);
  return sums_over_ranks(explainer, cells, ranks).transform([&](const Sums& sums) {
    Explanation explanation;
    explanation.cells = std::ssize(cells);
    const auto count = static_cast<double>(cells.size());
    const std::vector<std::int64_t> expressing = profiles.cells_per_gene(cells);
    for (std::int32_t gene = 0; gene < profiles.genes(); ++gene) {
      const std::int64_t with_it = expressing[static_cast<std::size_t>(gene)];
      const bool is_added = std::binary_search(others.added.begin(), others.added.end(), gene);
      if (with_it == 0 && !is_added) continue;
      GeneChange change = change_of(sums, gene, count);
      change.cells = with_it;
      change.is_removed = std::binary_search(removed.begin(), removed.end(), gene);
      change.is_added = is_added;
      if (change.is_of_k()) change.log2_ratio.reset();
      explanation.genes.push_back(change);
    }
    explanation.scores = scores_of(sums, 0, count);
    if (removed.size() + others.added.size() == 2) explanation.interactions = scores_of(sums, 2, count);
    return explanation;
  });
}

std::vector<double> relative_changes(const Explanation& explanation,
                                     std::span<const CollapsedMapping> members) {
  const auto genes = static_cast<std::size_t>(members.front().genes());
  std::vector<char> is_touched(genes, members.front().sparse() == nullptr ? 1 : 0);
  for (const GeneChange& gene : explanation.genes) {
    for (const CollapsedMapping& member : members) {
      if (!gene.is_of_k() || member.sparse() == nullptr) continue;
      for (const std::int32_t touched : member.sparse()->loss_column(gene.gene).genes)
        is_touched[static_cast<std::size_t>(touched)] = 1;
    }
  }
  std::vector<double> changes(genes, std::numeric_limits<double>::quiet_NaN());
  for (const GeneChange& gene : explanation.genes) {
    if (gene.is_of_k()) continue;
    const auto at = static_cast<std::size_t>(gene.gene);
    changes[at] = is_touched[at] != 0 && gene.renormalised > 0 ? gene.network_change / gene.renormalised : 0;
  }
  return changes;
}

double explanation_bytes(const ExpressionMatrix& matrix, std::span<const std::int64_t> cells,
                         MappingKind kind, std::int64_t members, int ranks) {
  const auto genes = static_cast<double>(matrix.genes());
  std::int64_t most = 0;
  for (const std::int64_t cell : cells) most = std::max(most, matrix.expressed_count(cell));
  double numbers = 9 * genes * ranks;
  if (kind == MappingKind::dko)
    numbers += 2 * genes * genes + static_cast<double>(most) * static_cast<double>(most) * ranks;
  return 8 * static_cast<double>(members) * numbers;
}

void sort_changes(std::vector<GeneChange>& genes, ChangeOrder order) {
  const auto size = [&](const GeneChange& gene) {
    return std::abs(order == ChangeOrder::change ? gene.change : gene.network_change);
  };
  std::sort(genes.begin(), genes.end(), [&](const GeneChange& a, const GeneChange& b) {
    if (a.is_of_k() != b.is_of_k()) return a.is_of_k();
    return size(a) != size(b) ? size(a) > size(b) : a.gene < b.gene;
  });
}

}  // namespace dko
