#include "dense_pair_tile.hpp"

#include <algorithm>

namespace dko {

namespace {

/// A smaller panel of few rows stays in the first-level cache.
constexpr std::int64_t few_rows = 512;
constexpr std::int64_t small_panel = 36;

constexpr std::int64_t lanes = 8;

constexpr std::int64_t at(std::size_t first, std::int64_t second) {
  return static_cast<std::int64_t>(first) * block_seconds + second;
}

}  // namespace

/// Some firsts by some seconds, and what is known of each second.
struct DensePairTile::Block {
  std::span<const std::int32_t> positions;
  std::span<const RowPart> rows;
  EventRange seconds;  // indices among the positions
  std::array<const float*, block_seconds> columns{};
  std::array<const float*, block_seconds> crossing_columns{};
  std::array<float, block_seconds> profile{};
  std::array<float, block_seconds> share{};
  std::array<float, block_seconds> centre{};
  std::array<float, block_seconds> column_sum{};
  std::array<float, block_seconds> magnitude{};
  std::array<std::int64_t, block_seconds> crossing_seconds{};  // those whose own row is crossing
  std::int64_t crossing_count = 0;

  std::int32_t first_gene(std::size_t f) const { return positions[static_cast<std::size_t>(rows[f].first)]; }
  std::int32_t second_gene(std::int64_t s) const {
    return positions[static_cast<std::size_t>(seconds.first + s)];
  }
  /// The numbers of the seconds among those of all genes.
  void of_seconds(const float* of_genes, std::array<float, block_seconds>& to) const {
    const std::int64_t count = seconds.size();
    const std::int32_t gene = second_gene(0);
    if (second_gene(count - 1) - gene == count - 1) {  // side by side
      std::copy_n(of_genes + gene, count, to.begin());
      return;
    }
    for (std::int64_t s = 0; s < count; ++s) to[static_cast<std::size_t>(s)] = of_genes[second_gene(s)];
  }
  /// Where the score of second 0 of a first goes.
  std::int64_t place(std::size_t f) const { return rows[f].to + seconds.first - rows[f].seconds.first; }
  /// Seconds of a first that are asked for, counted within the block.
  EventRange wanted(std::size_t f) const {
    return {std::max(rows[f].seconds.first, seconds.first) - seconds.first,
            std::min(rows[f].seconds.last, seconds.last) - seconds.first};
  }
  /// The same in whole vectors: what is computed of others means nothing, and loops have no ends of their
  /// own.
  EventRange computed(std::size_t f) const {
    const EventRange range = wanted(f);
    return {range.first / lanes * lanes, round_up(range.last, lanes)};
  }
};

DensePairTile::DensePairTile(InstructionSet instructions) : functions_(&pair_block_functions(instructions)) {
  constexpr std::int64_t pairs = block_firsts * block_seconds;
  for (AlignedArray* array : {&mutual_, &left_, &parameter_, &sums_, &losses_}) array->assign(pairs, 0);
}

void DensePairTile::fill_panel(std::span<const std::int32_t> positions, std::span<const RowPart> rows) {
  const std::int64_t count = std::ssize(rows);
  const std::int64_t firsts = round_up(count, most_tile_firsts);
  panel_.resize(firsts * cell_.stride);
  crossing_panel_.resize(firsts * cell_.crossing_stride);
  crossing_rows_.resize(std::ssize(cell_.crossing) * block_seconds);
  nothing_.assign(cell_.stride, 0);
  // Firsts that pad the panel have no output.
  std::fill_n(panel_.data() + count * cell_.stride, (firsts - count) * cell_.stride, 0.0F);
  std::fill_n(crossing_panel_.data() + count * cell_.crossing_stride,
              (firsts - count) * cell_.crossing_stride, 0.0F);
  for (std::size_t f = 0; f < rows.size(); ++f) {
    const std::int64_t gene = positions[static_cast<std::size_t>(rows[f].first)];
    const auto first = static_cast<std::int64_t>(f);
    const float* const values = cell_.column(gene);
    float* const to = panel_.data() + first * cell_.stride;
    for (std::int64_t i = 0; i < cell_.stride; ++i) to[i] = cell_.rest[i] - values[i];
    const float* const crossing = cell_.crossing_column(gene);
    float* const crossing_to = crossing_panel_.data() + first * cell_.crossing_stride;
    for (std::size_t i = 0; i < cell_.crossing.size(); ++i)
      crossing_to[i] = cell_.crossing_output[static_cast<std::int64_t>(i)] - crossing[i];
    if (cell_.crossing_place[static_cast<std::size_t>(gene)] < 0) to[gene] = -beyond;
    // A crossing row that is lost has beyond in crossing_to already.
  }
}

void DensePairTile::fill_seconds(Block& block) {
  const std::int64_t count = block.seconds.size();
  for (std::int64_t s = 0; s < count; ++s) {
    const std::int64_t gene = block.second_gene(s);
    const auto place = static_cast<std::size_t>(s);
    block.columns[place] = cell_.column(gene);
    block.crossing_columns[place] = cell_.crossing_column(gene);
    block.profile[place] = cell_.profile[gene];
    block.share[place] = cell_.share[gene];
    block.centre[place] = cell_.centre[gene];
    block.column_sum[place] = cell_.column_sum[gene];
    block.magnitude[place] = cell_.magnitude[gene];
    if (cell_.crossing_place[static_cast<std::size_t>(gene)] >= 0)
      block.crossing_seconds[static_cast<std::size_t>(block.crossing_count++)] = s;
  }
  for (std::int64_t s = count; s < round_up(count, lanes); ++s) {
    block.columns[static_cast<std::size_t>(s)] = nothing_.data();
    block.crossing_columns[static_cast<std::size_t>(s)] = nothing_.data();
  }
}

/// The block over the rows that are not crossing.
PairBlock DensePairTile::tiles_of(const Block& block) {
  return {.panel = panel_.data(),
          .panel_stride = cell_.stride,
          .firsts = round_up(std::ssize(block.rows), functions_->tile_firsts),
          .columns = block.columns.data(),
          .seconds = round_up(block.seconds.size(), tile_seconds),
          .share = cell_.share.data(),
          .rows = round_up(cell_.genes, functions_->lanes),
          .parameter = parameter_.data(),
          .sums = sums_.data(),
          .diagonal = block.seconds.first - block.rows.front().first};
}

/// The same over the crossing rows.
RowBlock DensePairTile::crossing_rows_of(const Block& block) {
  return {.panel = crossing_panel_.data(),
          .panel_stride = cell_.crossing_stride,
          .firsts = round_up(std::ssize(block.rows), row_block_firsts),
          .rows = crossing_rows_.data(),
          .seconds = round_up(block.seconds.size(), block_row_lanes),
          .share = cell_.crossing_share.data(),
          .count = std::ssize(cell_.crossing),
          .parameter = parameter_.data(),
          .sums = sums_.data(),
          .diagonal = block.seconds.first - block.rows.front().first};
}

/// The crossing rows with the seconds of the block side by side; those that pad it have no effect.
void DensePairTile::fill_crossing_rows(const Block& block) {
  const std::int64_t count = block.seconds.size();
  for (std::int64_t row = 0; row < std::ssize(cell_.crossing); ++row) {
    float* const to = crossing_rows_.data() + row * block_seconds;
    for (std::int64_t s = 0; s < count; ++s) to[s] = block.crossing_columns[s][row];
    std::fill(to + count, to + block_seconds, 0.0F);
  }
}

/// Â_ab on the first gene of each pair, and Â_ba on the second.
void DensePairTile::fill_effects(const Block& block, std::size_t f, float* on_first, float* on_second) const {
  const std::int64_t gene = block.first_gene(f);
  const std::int32_t place = cell_.crossing_place[static_cast<std::size_t>(gene)];
  const EventRange range = block.computed(f);
  for (std::int64_t s = range.first; s < range.last; ++s)
    on_first[s] = place >= 0 ? block.crossing_columns[s][place]
                             : cell_.profile[gene] * block.centre[s] - block.columns[s][gene];
  std::array<float, block_seconds> of_column{};
  block.of_seconds(cell_.column(gene), of_column);
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
  if (crosses) {
    fill_crossing_rows(block);
    functions_->crossings(crossing_rows_of(block));
  }
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
  functions_->largest_sums(tiles_of(block));
  for (std::size_t f = 0; f < block.rows.size(); ++f) {
    const float* const tau = parameter_.data() + f * block_seconds;
    const float* const sums = sums_.data() + f * block_seconds;
    const float* const panel = panel_.data() + static_cast<std::int64_t>(f) * cell_.stride;
    float* const losses = losses_.data() + f * block_seconds;
    const EventRange range = block.computed(f);
    std::array<float, block_seconds> own_row{};
    block.of_seconds(panel, own_row);
    for (std::int64_t s = range.first; s < range.last; ++s)
      losses[s] =
          ((sums[s] - block.column_sum[s]) - own_row[s]) + tau[s] * (cell_.share_sum - block.share[s]);
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
  functions_->losses(crossing_rows_of(block));
  for (std::size_t f = 0; f < block.rows.size(); ++f) {
    const float* const sums = sums_.data() + f * block_seconds;
    float* const losses = losses_.data() + f * block_seconds;
    const EventRange range = block.computed(f);
    for (std::int64_t s = range.first; s < range.last; ++s) losses[s] -= sums[s];
  }
}

/// shift · S' of all pairs of the block, into losses_.
void DensePairTile::fill_along(const Block& block) {
  if (!cell_.crossing.empty()) {
    RowBlock rows = crossing_rows_of(block);
    rows.share = cell_.crossing_weight.data();
    functions_->weighted_crossings(rows);
  }
  for (std::size_t f = 0; f < block.rows.size(); ++f) fill_along_of(block, f);
}

void DensePairTile::fill_along_of(const Block& block, std::size_t f) {
  const std::int64_t gene = block.first_gene(f);
  const EventRange wanted = block.wanted(f);
  if (wanted.size() <= 0) return;
  std::array<float, block_seconds> on_first;
  std::array<float, block_seconds> on_second;
  std::array<float, block_seconds> weight;
  std::array<float, block_seconds> bend;
  fill_effects(block, f, on_first.data(), on_second.data());
  block.of_seconds(cell_.weight.data(), weight);
  block.of_seconds(cell_.bend.data(), bend);
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
    float* const to = scores.data() + block.place(f) + wanted.first;
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
    std::copy(losses + wanted.first, losses + wanted.last, scores.data() + block.place(f) + wanted.first);
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
    if (cell_.is_usable && all_precise(block, f, wanted)) continue;
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
  const auto panel_rows = static_cast<std::size_t>(cell_.stride <= few_rows ? small_panel : block_firsts);
  for (std::size_t from = 0; from < rows.size(); from += panel_rows) {
    const auto panel = std::span(rows).subspan(from, std::min(panel_rows, rows.size() - from));
    if (cell_.is_usable) fill_panel(positions, panel);
    // With several rows all but the first begin beside the diagonal, all but the last end with the triangle.
    const std::int64_t begin = panel.size() == 1 ? panel.front().seconds.first : panel.front().first + 1;
    const std::int64_t end = panel.size() == 1 ? panel.front().seconds.last : std::ssize(positions);
    for (std::int64_t second = begin; second < end; second += block_seconds) {
      Block block{
          .positions = positions, .rows = panel, .seconds = {second, std::min(second + block_seconds, end)}};
      score_block(block, scores, exact);
    }
  }
}

}  // namespace dko
