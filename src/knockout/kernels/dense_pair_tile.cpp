#include "dense_pair_tile.hpp"

#include <algorithm>

#include "dense_pair_block.hpp"

namespace dko {

namespace {

constexpr std::int64_t at(std::size_t first, std::int64_t second) {
  return static_cast<std::int64_t>(first) * block_seconds + second;
}

}  // namespace

DensePairTile::DensePairTile(InstructionSet instructions, std::int64_t most_kept)
    : functions_(&pair_block_functions(instructions)), most_kept_(most_kept) {
  constexpr std::int64_t pairs = block_firsts * block_seconds;
  for (AlignedArray* array : {&mutual_, &left_, &parameter_, &sums_, &losses_}) array->assign(pairs, 0);
}

void DensePairTile::fill_firsts(std::span<const std::int32_t> positions, std::span<const RowPart> rows) {
  std::array<const float*, block_firsts> columns;
  std::array<const float*, block_firsts> crossing_columns;
  for (std::size_t f = 0; f < rows.size(); ++f) {
    const std::int64_t gene = positions[static_cast<std::size_t>(rows[f].first)];
    columns[f] = cell_.column(gene);
    crossing_columns[f] = cell_.crossing_column(gene);
  }
  layout_.fill_firsts(cell_.rest.data(), std::span(columns).first(rows.size()));
  crossing_layout_.fill_firsts(cell_.crossing_output.data(), std::span(crossing_columns).first(rows.size()));
  for (std::size_t f = 0; f < rows.size(); ++f) {
    const std::int64_t gene = positions[static_cast<std::size_t>(rows[f].first)];
    // A crossing row that is lost leaves `beyond` already.
    if (cell_.crossing_place[static_cast<std::size_t>(gene)] < 0) layout_.set_first(f, gene, -beyond);
  }
}

void DensePairTile::fill_strips(std::span<const std::int32_t> genes) {
  std::vector<const float*> columns;
  std::vector<const float*> crossing_columns;
  for (const std::int32_t gene : genes) {
    columns.push_back(cell_.column(gene));
    crossing_columns.push_back(cell_.crossing_column(gene));
  }
  layout_.fill_seconds(columns);
  crossing_layout_.fill_seconds(crossing_columns);
}

/// Makes the strips of all seconds, if they are to be kept and are not there.
void DensePairTile::keep_strips(std::span<const std::int32_t> positions) {
  layout_.set_rows(cell_.stride);
  crossing_layout_.set_rows(cell_.crossing_stride);
  const bool is_kept = std::ssize(positions) * cell_.stride <= most_kept_;
  if (is_kept && std::ranges::equal(kept_, positions)) return;
  kept_.clear();
  if (!is_kept) return;
  fill_strips(positions);
  kept_.assign(positions.begin(), positions.end());
}

void DensePairTile::fill_seconds(Block& block) {
  const auto genes = block.positions.subspan(static_cast<std::size_t>(block.seconds.first),
                                             static_cast<std::size_t>(block.seconds.size()));
  if (kept_.empty()) {
    fill_strips(genes);
  } else {
    layout_.begin_with(block.seconds.first);
    crossing_layout_.begin_with(block.seconds.first);
  }
  block.is_side_by_side = genes.back() - genes.front() == std::ssize(genes) - 1;
  for (std::size_t s = 0; s < genes.size(); ++s) {
    const std::int64_t gene = genes[s];
    block.rest[s] = cell_.rest[gene];
    block.profile[s] = cell_.profile[gene];
    block.share[s] = cell_.share[gene];
    block.centre[s] = cell_.centre[gene];
    block.column_sum[s] = cell_.column_sum[gene];
    block.magnitude[s] = cell_.magnitude[gene];
    if (cell_.crossing_place[static_cast<std::size_t>(gene)] >= 0)
      block.crossing_seconds[static_cast<std::size_t>(block.crossing_count++)] = static_cast<std::int64_t>(s);
  }
}

/// The block, over the rows that are not crossing or over those that are.
PairBlock DensePairTile::block_of(const Block& block, const BlockRows& rows, std::int64_t count,
                                  const AlignedArray& share) {
  PairBlock all = rows.block(std::ssize(block.rows), block.seconds.size(), count, share.data());
  all.parameter = parameter_.data();
  all.sums = sums_.data();
  all.diagonal = block.seconds.first - block.rows.front().first;
  return all;
}
PairBlock DensePairTile::safe_block(const Block& block) {
  return block_of(block, layout_, cell_.genes, cell_.share);
}
PairBlock DensePairTile::crossing_block(const Block& block, const AlignedArray& share) {
  return block_of(block, crossing_layout_, std::ssize(cell_.crossing), share);
}

/// Â_ab on the first gene of each pair, and Â_ba on the second.
void DensePairTile::fill_effects(const Block& block, std::size_t f, float* on_first, float* on_second) const {
  const std::int64_t gene = block.first_gene(f);
  const std::int32_t place = cell_.crossing_place[static_cast<std::size_t>(gene)];
  const EventRange range = block.computed(f);
  std::array<float, block_seconds> of_own_row;
  if (place >= 0) {
    crossing_layout_.of_seconds(place, block.seconds.size(), of_own_row);
    for (std::int64_t s = range.first; s < range.last; ++s) on_first[s] = of_own_row[s];
  } else {
    layout_.of_seconds(gene, block.seconds.size(), of_own_row);
    const float profile = cell_.profile[gene];
    for (std::int64_t s = range.first; s < range.last; ++s)
      on_first[s] = profile * block.centre[s] - of_own_row[s];
  }
  std::array<float, block_seconds> gathered;
  const float* const of_column = block.of_seconds(cell_.column(gene), gathered);
  const float centre = cell_.centre[gene];
  // Crossing rows are 0 in `share` and in the column.
  for (std::int64_t s = range.first; s < range.last; ++s)
    on_second[s] = block.share[s] * centre - of_column[s];
  for (std::int64_t at = 0; at < block.crossing_count; ++at) {
    const std::int64_t s = block.crossing_seconds[at];
    if (s < range.first || s >= range.last) continue;
    on_second[s] +=
        cell_.crossing_column(gene)[cell_.crossing_place[static_cast<std::size_t>(block.second_gene(s))]];
  }
}

/// Â_ab + Â_ba.
void DensePairTile::fill_mutual(const Block& block, std::size_t f, float* mutual) const {
  std::array<float, block_seconds> on_second;
  fill_effects(block, f, mutual, on_second.data());
  const EventRange range = block.computed(f);
  for (std::int64_t s = range.first; s < range.last; ++s) mutual[s] += on_second[s];
}

/// S' = k − κ_a − κ_b + Â_ab + Â_ba + Σ_crossing (|y| − y); the last three into mutual_.
void DensePairTile::fill_left(const Block& block) {
  const bool crosses = !cell_.crossing.empty();
  if (crosses) functions_->crossings(crossing_block(block, cell_.crossing_share));
  for (std::size_t f = 0; f < block.rows.size(); ++f) {
    const std::int64_t gene = block.first_gene(f);
    float* const mutual = mutual_.data() + f * block_seconds;
    float* const left = left_.data() + f * block_seconds;
    const float* const crossed = sums_.data() + f * block_seconds;
    const EventRange range = block.computed(f);
    fill_mutual(block, f, mutual);
    if (crosses) {
      for (std::int64_t s = range.first; s < range.last; ++s) mutual[s] += 2 * crossed[s];
    }
    const float kept = 1 - cell_.profile[gene];
    const float centre = cell_.centre[gene];
    for (std::int64_t s = range.first; s < range.last; ++s)
      left[s] = (kept - block.profile[s]) - (centre + block.centre[s]) + mutual[s];
    precise_[f] = all_precise(block, f, block.wanted(f));
  }
}

/// τ of one score.
void DensePairTile::fill_tau(const Block& block, Score score) {
  for (std::size_t f = 0; f < block.rows.size(); ++f) {
    const std::int64_t gene = block.first_gene(f);
    const float profile = cell_.profile[gene];
    const float centre = cell_.centre[gene];
    const float* const mutual = mutual_.data() + f * block_seconds;
    float* const tau = parameter_.data() + f * block_seconds;
    const EventRange range = block.computed(f);
    if (score == Score::impact && presence_ == 0) {
      for (std::int64_t s = range.first; s < range.last; ++s)
        tau[s] = mutual[s] - (profile + block.profile[s]);
    } else if (score == Score::impact) {
      for (std::int64_t s = range.first; s < range.last; ++s) {
        const float lost = profile + block.profile[s];
        const float mass = presence_ * lost;
        tau[s] = (mutual[s] - (lost - mass) - mass * (centre + block.centre[s])) / (1 - mass);
      }
    } else {
      for (std::int64_t s = range.first; s < range.last; ++s) {
        const float lost = profile + block.profile[s];
        tau[s] = (mutual[s] - lost * (centre + block.centre[s])) / (1 - lost);
      }
    }
  }
}

/// G of one score.
void DensePairTile::fill_losses(const Block& block, Score score) {
  fill_tau(block, score);
  functions_->largest_sums(safe_block(block));
  for (std::size_t f = 0; f < block.rows.size(); ++f) {
    const float* const tau = parameter_.data() + f * block_seconds;
    const float* const sums = sums_.data() + f * block_seconds;
    float* const losses = losses_.data() + f * block_seconds;
    const EventRange range = block.computed(f);
    std::array<float, block_seconds> gathered;
    const float* const of_column = block.of_seconds(cell_.column(block.first_gene(f)), gathered);
    for (std::int64_t s = range.first; s < range.last; ++s)
      losses[s] = ((sums[s] - block.column_sum[s]) - (block.rest[s] - of_column[s])) +
                  tau[s] * (cell_.share_sum - block.share[s]);
  }
  if (!cell_.crossing.empty()) add_crossing_losses(block, score);
}

void DensePairTile::add_crossing_losses(const Block& block, Score score) {
  for (std::size_t f = 0; f < block.rows.size(); ++f) {
    const float kept = 1 - cell_.profile[block.first_gene(f)];
    const float* const left = left_.data() + f * block_seconds;
    float* const target = parameter_.data() + f * block_seconds;
    const EventRange range = block.computed(f);
    for (std::int64_t s = range.first; s < range.last; ++s)
      target[s] = score != Score::impact ? left[s] / (kept - block.profile[s])
                  : presence_ == 0       ? left[s]
                                         : left[s] / (1 - presence_ * (1 - (kept - block.profile[s])));
  }
  functions_->losses(crossing_block(block, cell_.crossing_share));
  for (std::size_t f = 0; f < block.rows.size(); ++f) {
    const float* const sums = sums_.data() + f * block_seconds;
    float* const losses = losses_.data() + f * block_seconds;
    const EventRange range = block.computed(f);
    for (std::int64_t s = range.first; s < range.last; ++s) losses[s] -= sums[s];
  }
}

/// shift · S' of all pairs of the block, into losses_.
void DensePairTile::fill_along(const Block& block) {
  if (!cell_.crossing.empty()) functions_->weighted_crossings(crossing_block(block, cell_.crossing_weight));
  for (std::size_t f = 0; f < block.rows.size(); ++f) fill_along_of(block, f);
}

void DensePairTile::fill_along_of(const Block& block, std::size_t f) {
  const std::int64_t gene = block.first_gene(f);
  const EventRange wanted = block.wanted(f);
  if (wanted.size() <= 0) return;
  std::array<float, block_seconds> on_first;
  std::array<float, block_seconds> on_second;
  std::array<float, block_seconds> weight_place;
  std::array<float, block_seconds> bend_place;
  fill_effects(block, f, on_first.data(), on_second.data());
  const float* const weight = block.of_seconds(cell_.weight.data(), weight_place);
  const float* const bend = block.of_seconds(cell_.bend.data(), bend_place);
  const float first_weight = cell_.weight[gene];
  const float first_share = cell_.profile[gene];
  const float first_own = first_weight * first_share;
  const float start = cell_.weight_sum - cell_.bend[gene];
  const float centre = cell_.centre[gene];
  const float* const mutual = mutual_.data() + f * block_seconds;
  const float* const crossed = sums_.data() + f * block_seconds;
  float* const along = losses_.data() + f * block_seconds;
  for (std::int64_t s = wanted.first; s < wanted.last; ++s) {
    const float own = first_own + weight[s] * block.profile[s];
    const float kept = 1 - (first_share + block.profile[s]);
    const float excess = (mutual[s] - (centre + block.centre[s])) / kept;  // S'/k − 1
    along[s] = (start - bend[s]) + (first_weight * on_first[s] + weight[s] * on_second[s]) + own * excess;
  }
  if (cell_.crossing.empty()) return;
  for (std::int64_t s = wanted.first; s < wanted.last; ++s) along[s] += 2 * crossed[s];
}

void DensePairTile::store_shifts(const Block& block, std::span<float> scores) const {
  for (std::size_t f = 0; f < block.rows.size(); ++f) {
    const float* const along = losses_.data() + f * block_seconds;
    const EventRange wanted = block.wanted(f);
    if (wanted.size() <= 0) continue;
    float* const to = scores.data() + (block.place(f) + wanted.first);
    for (std::int64_t s = wanted.first; s < wanted.last; ++s)
      to[s - wanted.first] = pair_shift(terms(block, f, s), along[s], cell_.largest_weight);
  }
}

PairTerms DensePairTile::terms(const Block& block, std::size_t f, std::int64_t s) const {
  const std::int64_t gene = block.first_gene(f);
  return {cell_.profile[gene] + block.profile[s], cell_.magnitude[gene] + block.magnitude[s], left_[at(f, s)],
          presence_};
}

void DensePairTile::store(const Block& block, Score score, std::span<float> scores) {
  for (std::size_t f = 0; f < block.rows.size(); ++f) {
    float* const losses = losses_.data() + f * block_seconds;
    const EventRange wanted = block.wanted(f);
    if (wanted.size() <= 0) continue;
    const EventRange range = block.computed(f);
    for (std::int64_t s = range.first; s < range.last; ++s) {
      const PairTerms pair = terms(block, f, s);
      losses[s] = score == Score::impact ? pair_impact(pair, losses[s]) : pair_network(pair, losses[s]);
    }
    std::copy(losses + wanted.first, losses + wanted.last, scores.data() + (block.place(f) + wanted.first));
  }
}

bool DensePairTile::all_precise(const Block& block, std::size_t f, EventRange wanted) const {
  int precise = 1;
  for (std::int64_t s = wanted.first; s < wanted.last; ++s)
    precise &= static_cast<int>(is_precise(terms(block, f, s)));
  return precise != 0;
}

void DensePairTile::store_exact(const Block& block, const ScoreSpans& scores,
                                const ExactScores& exact) const {
  for (std::size_t f = 0; f < block.rows.size(); ++f) {
    const EventRange wanted = block.wanted(f);
    if (cell_.is_usable && precise_[f]) continue;
    for (std::int64_t s = wanted.first; s < wanted.last; ++s) {
      if (cell_.is_usable && is_precise(terms(block, f, s))) continue;
      store_pair(exact(block.first_gene(f), block.second_gene(s)), scores, block.place(f) + s);
    }
  }
}

void DensePairTile::score_block(Block& block, const ScoreSpans& scores, const ExactScores& exact) {
  if (cell_.is_usable) {
    fill_seconds(block);
    fill_left(block);
    for (const Score score : {Score::impact, Score::network}) {
      if (scores[score].empty()) continue;
      fill_losses(block, score);
      store(block, score, scores[score]);
    }
    if (!scores.shift.empty()) {
      if (cell_.weight.size() > 0)
        fill_along(block);
      else
        losses_.assign(losses_.size(), 0);  // no way to go
      store_shifts(block, scores.shift);
    }
  }
  store_exact(block, scores, exact);
}

void DensePairTile::pair_scores(std::span<const std::int32_t> positions, EventRange pairs,
                                const ScoreSpans& scores, const ExactScores& exact) {
  std::vector<RowPart> rows;
  PairIndex::for_each_row(std::ssize(positions), pairs,
                          [&](std::int64_t a, EventRange seconds, std::int64_t to) {
                            rows.push_back({a, seconds, to});
                          });
  if (cell_.is_usable) keep_strips(positions);
  constexpr auto panel_rows = static_cast<std::size_t>(block_firsts);
  for (std::size_t from = 0; from < rows.size(); from += panel_rows) {
    const auto panel = std::span(rows).subspan(from, std::min(panel_rows, rows.size() - from));
    if (cell_.is_usable) fill_firsts(positions, panel);
    // With several rows all but the first begin beside the diagonal, all but the last end with the triangle.
    const std::int64_t begin = panel.size() == 1 ? panel.front().seconds.first : panel.front().first + 1;
    const std::int64_t end = panel.size() == 1 ? panel.front().seconds.last : std::ssize(positions);
    const std::int64_t whole_strips = begin / strip_seconds * strip_seconds;
    for (std::int64_t second = whole_strips; second < end; second += block_seconds) {
      const EventRange seconds{second, std::min(second + block_seconds, end)};
      // Firsts at or beyond the last second have none of them.
      const auto firsts =
          static_cast<std::size_t>(std::min(std::ssize(panel), seconds.last - 1 - panel.front().first));
      Block block{.positions = positions, .rows = panel.first(firsts), .seconds = seconds};
      score_block(block, scores, exact);
    }
  }
}

}  // namespace dko
