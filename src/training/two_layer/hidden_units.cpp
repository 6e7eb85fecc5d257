#include "hidden_units.hpp"

#include <algorithm>
#include <cmath>

namespace dko {

namespace {

static_assert(CellBatch::panel_genes == panel_rows);

PanelOfCells panel_of_cells(const CellBatch& batch, std::int64_t panel) {
  return {batch.cells(), std::min((panel + 1) * CellBatch::panel_genes, batch.genes()), batch.gene().data(),
          batch.panel_starts(panel), batch.panel_starts(panel + 1)};
}

PresenceOfCells presence_of_cells(const CellBatch& batch, std::int64_t panel) {
  const std::int64_t first = panel * CellBatch::panel_genes;
  const CellBatch::PanelPresence presence = batch.panel_presence(panel);
  return {batch.cells(),
          first,
          std::min(first + CellBatch::panel_genes, batch.genes()),
          batch.presence_lists().data(),
          presence.starts,
          presence.is_without};
}

PanelOfGenes panel_of_genes(const CellBatch& batch, std::int64_t first, std::int64_t last) {
  return {first, last, batch.gene_starts().data(), batch.cell().data()};
}

PanelOfGenes panel_of_genes(const CellBatch& batch, std::int64_t panel) {
  constexpr std::int64_t genes = CellBatch::panel_genes;
  return panel_of_genes(batch, panel * genes, std::min((panel + 1) * genes, batch.genes()));
}

/// sums += Σ over the rows, one after the other.
void add_up_rows(const float* rows, std::int64_t count, std::int64_t width, float* sums) {
  for (std::int64_t row = 0; row < count; ++row) {
    for (std::int64_t lane = 0; lane < width; ++lane) sums[lane] += rows[row * width + lane];
  }
}

}  // namespace

HiddenUnits::HiddenUnits(MappingShape shape, RankShare units, bool keeps, std::uint64_t seed,
                         InstructionSet instructions)
    : shape_(shape), units_(units), vectors_(&vector_functions(instructions)) {
  make_blocks();
  std::int64_t number = 0;
  for (const Set set : {Set::weights, Set::kept, Set::first_moment, Set::second_moment}) {
    if (set == Set::kept && !keeps) continue;
    for (const Part part : {Part::w1, Part::w2, Part::b1})
      arrays(set).of(part).assign(rows(part) * lanes_, 0, number++);
  }
  initialise(seed);
}

/// As few blocks as there can be, of sizes as even as can be.
void HiddenUnits::make_blocks() {
  const std::int64_t count = units_.last - units_.first;
  const std::int64_t vectors = (count + vectors_->lanes - 1) / vectors_->lanes;
  const std::int64_t blocks = (vectors + most_block_vectors - 1) / most_block_vectors;
  for (std::int64_t block = 0; block < blocks; ++block) {
    const std::int64_t first = vectors * block / blocks;
    const std::int64_t last = vectors * (block + 1) / blocks;
    blocks_.push_back({first * vectors_->lanes, last - first});
  }
  lanes_ = vectors * vectors_->lanes;
}

void HiddenUnits::initialise(std::uint64_t seed) {
  const auto first = static_cast<std::size_t>(units_.first);
  const auto count = static_cast<std::size_t>(units_.last - units_.first);
  std::vector<float> row(static_cast<std::size_t>(shape_.hidden));
  const auto place_row = [&](Part part, std::int64_t at) {
    const std::span<const float> own = std::span(row).subspan(first, count);
    for (std::int64_t block = 0; block < blocks(); ++block) {
      const RankShare units = units_of(block);
      std::copy(own.begin() + units.first, own.begin() + units.last,
                arrays(Set::weights).of(part).data() + offset(block, part) + at * width(block));
    }
  };
  for (std::int64_t gene = 0; gene < shape_.genes; ++gene) {
    initial_w1(shape_, seed, gene, row);
    place_row(Part::w1, gene);
    initial_w2(shape_, seed, gene, row);
    place_row(Part::w2, gene);
  }
  initial_b1(shape_, seed, row);
  place_row(Part::b1, 0);
}

std::int64_t HiddenUnits::width(std::int64_t block) const {
  return blocks_[static_cast<std::size_t>(block)].vectors * vectors_->lanes;
}

const UnitBlockFunctions& HiddenUnits::functions(std::int64_t block) const {
  return vectors_->of_vectors[blocks_[static_cast<std::size_t>(block)].vectors - 1];
}

std::int64_t HiddenUnits::offset(std::int64_t block, Part part) const {
  return rows(part) * blocks_[static_cast<std::size_t>(block)].first;
}

const float* HiddenUnits::weights(std::int64_t block, Part part) const {
  return arrays(Set::weights).of(part).data() + offset(block, part);
}

AdamArrays HiddenUnits::adam_arrays(std::int64_t block, Part part, bool keep) {
  const std::int64_t first = offset(block, part);
  return {arrays(Set::weights).of(part).data() + first,
          arrays(keep ? Set::kept : Set::weights).of(part).data() + first,
          arrays(Set::first_moment).of(part).data() + first,
          arrays(Set::second_moment).of(part).data() + first};
}

RankShare HiddenUnits::units_of(std::int64_t block) const {
  const std::int64_t first = blocks_[static_cast<std::size_t>(block)].first;
  return {first, std::min(first + width(block), units_.last - units_.first)};
}

void HiddenUnits::hidden_of(std::int64_t block, const CellBatch& batch, float* hidden) const {
  const std::int64_t of_cell = width(block);
  std::fill_n(hidden, batch.cells() * of_cell, 0.0F);
  for (std::int64_t panel = 0; panel < batch.panels(); ++panel)
    functions(block).add_rows(presence_of_cells(batch, panel), weights(block, Part::w1), hidden);
  const float* const b1 = weights(block, Part::b1);
  for (std::int64_t cell = 0; cell < batch.cells(); ++cell) {
    const float share = batch.cell_share()[static_cast<std::size_t>(cell)];
    float* const row = hidden + cell * of_cell;
    for (std::int64_t lane = 0; lane < of_cell; ++lane) row[lane] = row[lane] * share + b1[lane];
  }
}

namespace {

/// Outputs of a rank that has no hidden unit: the biases alone.
void outputs_without_units(const CellBatch& batch, std::span<const float> bias, std::span<float> outputs) {
  for (std::size_t place = 0; place < outputs.size(); ++place)
    outputs[place] = bias[static_cast<std::size_t>(batch.gene()[place])];
}

}  // namespace

void HiddenUnits::forward(const CellBatch& batch, std::span<const float> bias, HiddenActivations& activations,
                          std::span<float> outputs) const {
  if (blocks() == 0) return outputs_without_units(batch, bias, outputs);
  activations.hidden.resize(batch.cells() * lanes_);
  const auto hidden = [&](std::int64_t block) {
    return activations.hidden.data() + activations_offset(block, batch);
  };
  for (std::int64_t block = 0; block < blocks(); ++block) hidden_of(block, batch, hidden(block));

  activations.partial.resize(batch.most_pairs_of_range() * vectors_->lanes);
  OutputRows of;
  of.partial = activations.partial.data();
  of.bias = bias.data();
  of.place = batch.place().data();
  of.outputs = outputs.data();
  const auto firsts = batch.gene_ranges();
  for (std::size_t range = 0; range + 1 < firsts.size(); ++range) {
    of.panel = panel_of_genes(batch, firsts[range], firsts[range + 1]);
    for (std::int64_t block = 0; block < blocks(); ++block) {
      const bool is_last = block + 1 == blocks();
      of.rows = weights(block, Part::w2);
      of.next_rows = is_last ? nullptr : weights(block + 1, Part::w2);
      of.next_width = is_last ? 0 : width(block + 1);
      of.activations = hidden(block);
      functions(block).products[block == 0][is_last](of);
    }
  }
}

void HiddenUnits::add_slopes(std::int64_t block, std::int64_t panel, const CellBatch& batch,
                             std::span<const float> slopes_by_place, float* slopes) const {
  functions(block).add_scaled_rows(panel_of_cells(batch, panel), slopes_by_place.data(),
                                   weights(block, Part::w2), slopes);
}

void HiddenUnits::update(const CellBatch& batch, std::span<const float> slopes_by_place,
                         std::span<const float> slopes, const AdamStep& step, bool keep,
                         HiddenActivations& activations, PhaseClock& clock) {
  for (std::int64_t block = 0; block < blocks(); ++block) {
    const float* const hidden = activations.hidden.data() + activations_offset(block, batch);
    activations.slopes.assign(batch.cells() * width(block), 0);
    float* const hidden_slopes = activations.slopes.data();
    // A panel of W2 is read once, for both.
    for (std::int64_t panel = 0; panel < batch.panels(); ++panel) {
      clock.enter(&StepSeconds::backward);
      add_slopes(block, panel, batch, slopes_by_place, hidden_slopes);
      clock.enter(&StepSeconds::update);
      functions(block).update(panel_of_genes(batch, panel), slopes.data(), hidden, step,
                              adam_arrays(block, Part::w2, keep));
    }
    functions(block).update(panel_of_genes(batch, 0, batch.genes()), batch.share().data(), hidden_slopes,
                            step, adam_arrays(block, Part::w1, keep));
    alignas(64) std::array<float, most_block_units> b1_gradient{};
    add_up_rows(hidden_slopes, batch.cells(), width(block), b1_gradient.data());
    vectors_->adam(width(block), b1_gradient.data(), step.without_decay(),
                   adam_arrays(block, Part::b1, keep));
  }
}

void HiddenUnits::gradient(std::int64_t block, const CellBatch& batch, std::span<const float> slopes_by_place,
                           std::span<const float> slopes, HiddenActivations& activations,
                           float* gradient) const {
  activations.slopes.assign(batch.cells() * width(block), 0);
  float* const hidden_slopes = activations.slopes.data();
  for (std::int64_t panel = 0; panel < batch.panels(); ++panel)
    add_slopes(block, panel, batch, slopes_by_place, hidden_slopes);
  const PanelOfGenes all = panel_of_genes(batch, 0, batch.genes());
  const std::int64_t weights = shape_.genes * width(block);
  functions(block).gradients(all, batch.share().data(), hidden_slopes, gradient);
  std::fill_n(gradient + weights, width(block), 0.0F);
  add_up_rows(hidden_slopes, batch.cells(), width(block), gradient + weights);
  functions(block).gradients(all, slopes.data(), activations.hidden.data() + activations_offset(block, batch),
                             gradient + weights + width(block));
}

void HiddenUnits::update(std::int64_t block, const float* gradient, const AdamStep& step, bool keep) {
  const std::int64_t weights = shape_.genes * width(block);
  vectors_->adam(weights, gradient, step, adam_arrays(block, Part::w1, keep));
  vectors_->adam(width(block), gradient + weights, step.without_decay(), adam_arrays(block, Part::b1, keep));
  vectors_->adam(weights, gradient + weights + width(block), step, adam_arrays(block, Part::w2, keep));
}

void HiddenUnits::finish_update(bool keep) {
  if (keep) std::swap(arrays(Set::weights), arrays(Set::kept));
}

void HiddenUnits::read(std::int64_t block, Set set, Part part, std::span<float> values) const {
  const RankShare units = units_of(block);
  const std::int64_t count = units.last - units.first;
  const float* const from = arrays(set).of(part).data() + offset(block, part);
  for (std::int64_t row = 0; row < rows(part); ++row)
    std::copy_n(from + row * width(block), count, values.data() + row * count);
}

void HiddenUnits::write(std::int64_t block, Set set, Part part, std::span<const float> values) {
  const RankShare units = units_of(block);
  const std::int64_t count = units.last - units.first;
  float* const to = arrays(set).of(part).data() + offset(block, part);
  for (std::int64_t row = 0; row < rows(part); ++row)
    std::copy_n(values.data() + row * count, count, to + row * width(block));
}

bool HiddenUnits::is_finite(Set set) const {
  for (const Part part : {Part::w1, Part::w2, Part::b1}) {
    const StaggeredArray& array = arrays(set).of(part);
    const auto finite = [](float value) { return std::isfinite(value); };
    if (!std::all_of(array.data(), array.data() + array.size(), finite)) return false;
  }
  return true;
}

void HiddenUnits::keep_only(Set set) {
  for (const Set other : {Set::weights, Set::kept, Set::first_moment, Set::second_moment}) {
    if (other != set) arrays(other) = Arrays();
  }
}

}  // namespace dko
