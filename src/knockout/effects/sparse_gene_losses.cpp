#include "sparse_gene_losses.hpp"

#include <algorithm>

#include "dko/base/numbers.hpp"

namespace dko {

namespace {

constexpr std::int32_t not_lost = -1;
constexpr double little = 1e-3;  // of a sum: a difference is rounding

std::size_t index(std::int64_t number) {
  return static_cast<std::size_t>(number);
}

}  // namespace

SparseGeneLosses::SparseGeneLosses(const EffectsInput& input, const NodeGroup& nodes)
    : input_(input),
      sums_(input.request, input.members.size()),
      sets_of_gene_(index(input.profiles.genes())),
      loss_of_(index(input.profiles.cells()), not_lost) {
  for (std::size_t set = 0; set < input_.request.sets.size(); ++set) {
    for (const std::int32_t gene : input_.request.sets[set])
      sets_of_gene_[index(gene)].push_back(static_cast<std::int32_t>(set));
  }
  sum_sets(nodes);
}

void SparseGeneLosses::sum_sets(const NodeGroup& nodes) {
  const std::size_t sets = input_.request.sets.size();
  for (const IntactOutputs& intact : input_.intact) {
    NodeBuffer<double> sums(nodes, input_.profiles.cells() * std::ssize(input_.request.sets));
    for (std::int64_t cell = nodes.node.rank(); cell < input_.profiles.cells(); cell += nodes.node.size()) {
      const auto of_cell = sums.values().subspan(index(cell) * sets, sets);
      std::fill(of_cell.begin(), of_cell.end(), 0.0);
      std::int64_t place = input_.places.start(cell);
      for (const std::int32_t gene : input_.profiles.expressed(cell)) {
        const double output = intact.output[place++];
        for (const std::int32_t set : sets_of_gene_[index(gene)]) of_cell[index(set)] += output;
      }
    }
    set_outputs_.push_back(std::move(sums).publish());
  }
}

/// The genes that some member's column touches, or all.
std::vector<std::int32_t> SparseGeneLosses::genes_of_row(std::int32_t lost) const {
  if (input_.request.with_untouched)  // at their numbers, the lost one too
    return numbers_below<std::int32_t>(input_.profiles.genes());
  std::vector<std::int32_t> genes;
  for (const CollapsedMapping& member : input_.members) {
    const SparseColumn column = member.sparse()->loss_column(lost);
    genes.insert(genes.end(), column.genes.begin(), column.genes.end());
  }
  std::sort(genes.begin(), genes.end());
  genes.erase(std::unique(genes.begin(), genes.end()), genes.end());
  std::erase(genes, lost);
  return genes;
}

void SparseGeneLosses::find_cells(std::int32_t lost) {
  for (const Loss& loss : losses_) loss_of_[index(loss.cell)] = not_lost;
  losses_.clear();
  for (const CellOfGene& losing : input_.places.of(lost)) {
    if (input_.profiles.expressed_count(losing.cell) < 2) continue;
    loss_of_[index(losing.cell)] = static_cast<std::int32_t>(losses_.size());
    losses_.push_back({losing.cell, losing.at});
    sums_.add_cell(losing.cell);
  }
}

void SparseGeneLosses::fill_effects(std::size_t member, std::int32_t lost) {
  const std::vector<std::int32_t>& genes = sums_.genes();
  effects_.assign(genes.size(), 0.0);
  const SparseColumn column = input_.members[member].sparse()->loss_column(lost);
  for (std::size_t at = 0; at < column.genes.size(); ++at) {
    const auto found = std::lower_bound(genes.begin(), genes.end(), column.genes[at]);
    if (found != genes.end() && *found == column.genes[at] && *found != lost)
      effects_[index(found - genes.begin())] = column.effects[at];
  }
}

/// o' of gene number `at` of the row, whose place in the cell is `place`.
double SparseGeneLosses::output_after(std::size_t member, std::size_t at, std::int64_t place,
                                      const Loss& loss) const {
  const IntactOutputs& intact = input_.intact[member];
  if (effects_[at] == 0) return intact.output[place];
  const double floor = input_.members[member].sparse()->floor()[index(sums_.genes()[at])];
  return std::max(intact.linear[place] - effects_[at] * intact.input_at(loss.at), floor) *
         intact.ratio[place];
}

/// L; by difference, but where little is left.
double SparseGeneLosses::left_without(std::size_t member, const Loss& loss) const {
  const IntactOutputs& intact = input_.intact[member];
  const double total = intact.total[loss.cell];
  if (total - intact.output[loss.at] > little * total) return total - intact.output[loss.at];
  const std::int64_t first = input_.places.start(loss.cell);
  double left = 0;
  for (std::int64_t place = first; place < first + input_.profiles.expressed_count(loss.cell); ++place)
    left += place == loss.at ? 0 : intact.output[place];
  return left;
}

/// S', gene by gene.
double SparseGeneLosses::left_after(std::size_t member, const Loss& loss) const {
  const std::vector<std::int32_t>& genes = sums_.genes();
  std::int64_t place = input_.places.start(loss.cell);
  double left = 0;
  for (const std::int32_t gene : input_.profiles.expressed(loss.cell)) {
    const auto found = std::lower_bound(genes.begin(), genes.end(), gene);
    const bool is_in_row = found != genes.end() && *found == gene;
    if (place != loss.at)
      left += is_in_row ? output_after(member, index(found - genes.begin()), place, loss)
                        : input_.intact[member].output[place];
    ++place;
  }
  return left;
}

void SparseGeneLosses::fill_totals(std::size_t member) {
  const IntactOutputs& intact = input_.intact[member];
  for (Loss& loss : losses_) loss.after = loss.left = left_without(member, loss);
  for (std::size_t at = 0; at < effects_.size(); ++at) {
    if (effects_[at] == 0) continue;
    for (const CellOfGene& has : input_.places.of(sums_.genes()[at])) {
      const std::int32_t found = loss_of_[index(has.cell)];
      if (found == not_lost) continue;
      Loss& loss = losses_[index(found)];
      loss.after += output_after(member, at, has.at, loss) - intact.output[has.at];
    }
  }
  for (Loss& loss : losses_) {
    if (loss.after <= little * loss.left) loss.after = left_after(member, loss);
  }
}

/// All genes as if none were touched; what the touched ones have more is for add_genes().
void SparseGeneLosses::add_untouched(std::size_t member) {
  for (const Loss& loss : losses_) {
    const auto expressed = input_.profiles.expressed(loss.cell);
    const auto outputs =
        input_.intact[member].output.view().subspan(index(input_.places.start(loss.cell)), expressed.size());
    if (member == 0) sums_.add_both_of_all(loss.cell, expressed);
    sums_.add_cell_of_all(member, loss.cell, expressed, {outputs, 1 / loss.after}, {outputs, 1 / loss.left});
  }
}

void SparseGeneLosses::add_genes(std::size_t member) {
  const IntactOutputs& intact = input_.intact[member];
  const bool has_all = input_.request.with_untouched;
  for (std::size_t at = 0; at < effects_.size(); ++at) {
    if (has_all && effects_[at] == 0) continue;
    const auto& sets = sets_of_gene_[index(sums_.genes()[at])];
    for (const CellOfGene& has : input_.places.of(sums_.genes()[at])) {
      const std::int32_t found = loss_of_[index(has.cell)];
      if (found == not_lost) continue;
      const Loss& loss = losses_[index(found)];
      const double before = intact.output[has.at];
      const double after = output_after(member, at, has.at, loss);
      if (member == 0 && !has_all) sums_.add_both(at, has.cell);
      sums_.add_gene(member, at, has.cell, (has_all ? after - before : after) / loss.after,
                     has_all ? 0 : before / loss.left);
      for (const std::int32_t set : sets)
        sums_.add_set(member, index(set), has.cell, (after - before) / loss.after, 0);
    }
  }
}

/// What the sets have where nothing is touched.
void SparseGeneLosses::add_sets(std::size_t member, std::int32_t lost) {
  const std::size_t sets = input_.request.sets.size();
  const auto& own = sets_of_gene_[index(lost)];
  for (const Loss& loss : losses_) {
    const auto outputs = set_outputs_[member].view().subspan(index(loss.cell) * sets, sets);
    for (std::size_t set = 0; set < sets; ++set)
      sums_.add_set(member, set, loss.cell, outputs[set] / loss.after, outputs[set] / loss.left);
    const double removed = input_.intact[member].output[loss.at];
    for (const std::int32_t set : own)
      sums_.add_set(member, index(set), loss.cell, -removed / loss.after, -removed / loss.left);
  }
}

EffectRow SparseGeneLosses::row(std::int32_t lost) {
  sums_.begin(lost, genes_of_row(lost));
  find_cells(lost);
  for (std::size_t member = 0; member < input_.members.size(); ++member) {
    fill_effects(member, lost);
    fill_totals(member);
    if (input_.request.with_untouched) add_untouched(member);
    add_genes(member);
    add_sets(member, lost);
  }
  return sums_.finish();
}

}  // namespace dko
