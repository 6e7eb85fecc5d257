#include "dense_pair_tile.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace dko {

namespace {

/// Takes a row out of a sum: no output comes near it.
constexpr float beyond = 1e30F;

/// S' may be the difference of sums this many times as large; k no less than its inverse.
constexpr float most_cancelled = 64;

/// A network impact that rounding alone may leave where nothing but renormalisation happens.
constexpr float residue = 1e-12F;

/// Of few rows, a smaller panel stays in the first-level cache.
constexpr std::int64_t few_rows = 512;
constexpr std::int64_t small_panel = 36;

std::int64_t round_up(std::int64_t value, std::int64_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

/// Whole vectors, but no multiple of a page, whose columns would all fall on the same cache sets.
std::int64_t padded_rows(std::int64_t rows) {
  constexpr std::int64_t page = 1024;
  const std::int64_t padded = round_up(rows, block_row_lanes);
  return padded % page == 0 && padded > 0 ? padded + block_row_lanes : padded;
}

constexpr std::int64_t at(std::size_t first, std::int64_t second) {
  return static_cast<std::int64_t>(first) * block_seconds + second;
}

/// Sums in a fixed number of lanes, which the compiler may put into vectors.
template <class Value>
double lane_sum(std::int64_t count, Value value) {
  constexpr std::int64_t lanes = 16;
  std::array<float, lanes> sums{};
  std::int64_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    for (std::int64_t lane = 0; lane < lanes; ++lane) sums[static_cast<std::size_t>(lane)] += value(i + lane);
  }
  double sum = 0;
  for (const float lane : sums) sum += static_cast<double>(lane);
  for (; i < count; ++i) sum += static_cast<double>(value(i));
  return sum;
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
};

DensePairTile::DensePairTile(InstructionSet instructions) : functions_(&pair_block_functions(instructions)) {
  constexpr std::int64_t pairs = block_firsts * block_seconds;
  for (AlignedArray* array : {&mutual_, &left_, &parameter_, &sums_, &losses_}) array->assign(pairs, 0);
}

void DensePairTile::load(const CollapsedMapping& mapping, std::span<const std::int32_t> expressed,
                         std::span<double> total) {
  genes_ = std::ssize(expressed);
  stride_ = padded_rows(genes_);
  is_prepared_ = false;
  tile_.resize(stride_ * genes_);
  gathered_.resize(expressed.size());
  for (auto* extremes : {&largest_, &smallest_}) {
    for (AlignedArray& extreme : *extremes) extreme.assign(stride_, std::numeric_limits<float>::lowest());
  }
  for (std::int64_t position = 0; position < genes_; ++position) {
    const double* const from = mapping.column(expressed[static_cast<std::size_t>(position)]).data();
    float* const to = column(position);
    const std::int64_t following = std::min(position + 1, genes_ - 1);
    const double* const next = mapping.column(expressed[static_cast<std::size_t>(following)]).data();
    for (std::size_t i = 0; i < expressed.size(); ++i) {
      gathered_[i] = from[expressed[i]];
      __builtin_prefetch(next + expressed[i]);  // A is far larger than the caches
    }
    for (std::size_t i = 0; i < expressed.size(); ++i) {
      total[i] += gathered_[i];
      to[i] = static_cast<float>(gathered_[i]);
    }
    std::fill(to + genes_, to + stride_, 0.0F);
    note_extremes(position, to);
  }
}

void DensePairTile::note_extremes(std::int64_t position, const float* values) {
  const auto note = [&](std::array<AlignedArray, 2>& extremes, float sign) {
    float* const most = extremes[0].data();
    float* const second = extremes[1].data();
    const std::array own{most[position], second[position]};
    for (std::int64_t i = 0; i < stride_; ++i) {
      const float value = sign * values[i];
      const float lesser = value < most[i] ? value : most[i];
      second[i] = lesser > second[i] ? lesser : second[i];
      most[i] = value > most[i] ? value : most[i];
    }
    most[position] = own[0];
    second[position] = own[1];
  };
  note(largest_, 1);
  note(smallest_, -1);
}

void DensePairTile::prepare(std::span<const double> outputs, std::span<const double> profile, double scale) {
  if (is_prepared_) return;
  is_prepared_ = true;
  double total = 0;
  for (const double output : outputs) total += std::abs(output);
  is_usable_ = total > 0 && std::isfinite(total) && std::accumulate(profile.begin(), profile.end(), 0.0) > 0;
  if (!is_usable_) return;
  for (AlignedArray* array : {&output_, &profile_, &signed_scale_, &safe_scale_, &share_, &rest_, &nothing_})
    array->assign(stride_, 0);
  for (AlignedArray* array : {&centre_, &column_sum_, &magnitude_}) array->resize(genes_);
  for (std::int64_t i = 0; i < genes_; ++i) {
    const auto row = static_cast<std::size_t>(i);
    output_[i] = static_cast<float>(std::abs(outputs[row]) / total);
    profile_[i] = static_cast<float>(profile[row]);
    signed_scale_[i] = static_cast<float>((outputs[row] < 0 ? -scale : scale) / total);
  }
  find_crossing(outputs, total, scale);
  double safe = 0;
  for (std::int64_t i = 0; i < genes_; ++i) {
    if (crossing_place_[static_cast<std::size_t>(i)] >= 0) continue;
    const auto row = static_cast<std::size_t>(i);
    safe_scale_[i] = signed_scale_[i];
    share_[i] = profile_[i];
    rest_[i] = static_cast<float>(profile[row] - std::abs(outputs[row]) / total);
    safe += profile[row];
  }
  share_sum_ = static_cast<float>(safe);
  crossing_tile_.assign(crossing_stride_ * genes_, 0);
  crossing_rows_.resize(std::ssize(crossing_) * block_seconds);
  for (std::int64_t position = 0; position < genes_; ++position) {
    take_crossing(position);
    centre_column(position);
  }
}

/// The rows whose output the two largest effects against it could bring past zero.
void DensePairTile::find_crossing(std::span<const double> outputs, double total, double scale) {
  constexpr double rounding = 1 + 1e-5;
  crossing_.clear();
  crossing_place_.assign(static_cast<std::size_t>(genes_), -1);
  for (std::int64_t i = 0; i < genes_; ++i) {
    const double output = outputs[static_cast<std::size_t>(i)];
    const auto& against = output < 0 ? smallest_ : largest_;
    const double most = scale * (static_cast<double>(against[0][i]) + static_cast<double>(against[1][i]));
    if (std::abs(output) > most * rounding) continue;
    crossing_place_[static_cast<std::size_t>(i)] = static_cast<std::int32_t>(crossing_.size());
    crossing_.push_back(static_cast<std::int32_t>(i));
  }
  const auto rows = std::ssize(crossing_);
  crossing_stride_ = rows == 0 ? 0 : padded_rows(rows);
  crossing_share_.assign(crossing_stride_, 0);
  crossing_output_.assign(crossing_stride_, 0);
  for (std::int64_t row = 0; row < rows; ++row) {
    const double output = outputs[static_cast<std::size_t>(crossing_[static_cast<std::size_t>(row)])];
    crossing_share_[row] = profile_[crossing_[static_cast<std::size_t>(row)]];
    crossing_output_[row] = static_cast<float>(std::abs(output) / total);
  }
}

void DensePairTile::take_crossing(std::int64_t position) {
  const float* const from = column(position);
  float* const to = crossing_column(position);
  for (std::size_t row = 0; row < crossing_.size(); ++row)
    to[row] = signed_scale_[crossing_[row]] * from[crossing_[row]];
}

/// A column of A becomes one of Q, its sums are noted, its own row is taken out.
void DensePairTile::centre_column(std::int64_t position) {
  float* const values = column(position);
  const float* const scale = signed_scale_.data();
  const double sum = lane_sum(genes_, [=](std::int64_t i) { return scale[i] * values[i]; });
  magnitude_[position] =
      static_cast<float>(lane_sum(genes_, [=](std::int64_t i) { return std::abs(scale[i] * values[i]); }));
  const double own = static_cast<double>(scale[position] * values[position]);
  const auto centre = static_cast<float>(sum - own + static_cast<double>(output_[position]) -
                                         static_cast<double>(profile_[position]));
  centre_[position] = centre;
  const float* const safe = safe_scale_.data();
  const float* const share = share_.data();
  for (std::int64_t i = 0; i < stride_; ++i) values[i] = share[i] * centre - safe[i] * values[i];
  values[position] = 0;
  column_sum_[position] = static_cast<float>(lane_sum(genes_, [=](std::int64_t i) { return values[i]; }));
  const std::int32_t place = crossing_place_[static_cast<std::size_t>(position)];
  if (place < 0)
    values[position] = -beyond;
  else
    crossing_column(position)[place] = -beyond;
}

void DensePairTile::fill_panel(std::span<const std::int32_t> positions, std::span<const RowPart> rows) {
  const std::int64_t firsts = round_up(std::ssize(rows), tile_firsts);
  panel_.resize(firsts * stride_);
  crossing_panel_.resize(block_firsts * crossing_stride_);
  std::fill_n(panel_.data(), firsts * stride_, 0.0F);
  std::fill_n(crossing_panel_.data(), block_firsts * crossing_stride_, 0.0F);
  for (std::size_t f = 0; f < rows.size(); ++f) {
    const std::int64_t gene = positions[static_cast<std::size_t>(rows[f].first)];
    const auto first = static_cast<std::int64_t>(f);
    const float* const values = column(gene);
    float* const to = panel_.data() + first * stride_;
    for (std::int64_t i = 0; i < stride_; ++i) to[i] = rest_[i] - values[i];
    const float* const crossing = crossing_column(gene);
    float* const crossing_to = crossing_panel_.data() + first * crossing_stride_;
    for (std::size_t i = 0; i < crossing_.size(); ++i)
      crossing_to[i] = crossing_output_[static_cast<std::int64_t>(i)] - crossing[i];
    if (crossing_place_[static_cast<std::size_t>(gene)] < 0) to[gene] = -beyond;
    // A crossing row that is lost has beyond in crossing_to already.
  }
}

void DensePairTile::fill_seconds(Block& block) {
  const std::int64_t count = block.seconds.size();
  for (std::int64_t s = 0; s < count; ++s) {
    const std::int64_t gene = block.second_gene(s);
    const auto place = static_cast<std::size_t>(s);
    block.columns[place] = column(gene);
    block.crossing_columns[place] = crossing_column(gene);
    block.profile[place] = profile_[gene];
    block.share[place] = share_[gene];
    block.centre[place] = centre_[gene];
    block.column_sum[place] = column_sum_[gene];
    block.magnitude[place] = magnitude_[gene];
    if (crossing_place_[static_cast<std::size_t>(gene)] >= 0)
      block.crossing_seconds[static_cast<std::size_t>(block.crossing_count++)] = s;
  }
  for (std::int64_t s = count; s < round_up(count, tile_seconds); ++s)
    block.columns[static_cast<std::size_t>(s)] = nothing_.data();
}

/// The block over the rows that are not crossing.
PairBlock DensePairTile::tiles_of(const Block& block) {
  return {.panel = panel_.data(),
          .panel_stride = stride_,
          .firsts = round_up(std::ssize(block.rows), tile_firsts),
          .columns = block.columns.data(),
          .seconds = round_up(block.seconds.size(), tile_seconds),
          .share = share_.data(),
          .rows = stride_,
          .parameter = parameter_.data(),
          .sums = sums_.data(),
          .diagonal = block.seconds.first - block.rows.front().first};
}

/// The same over the crossing rows.
RowBlock DensePairTile::crossing_rows_of(const Block& block) {
  return {.panel = crossing_panel_.data(),
          .panel_stride = crossing_stride_,
          .firsts = round_up(std::ssize(block.rows), row_block_firsts),
          .rows = crossing_rows_.data(),
          .seconds = round_up(block.seconds.size(), block_row_lanes),
          .share = crossing_share_.data(),
          .count = std::ssize(crossing_),
          .parameter = parameter_.data(),
          .sums = sums_.data(),
          .diagonal = block.seconds.first - block.rows.front().first};
}

/// The crossing rows with the seconds of the block side by side; those that pad it have no effect.
void DensePairTile::fill_crossing_rows(const Block& block) {
  const std::int64_t count = block.seconds.size();
  for (std::int64_t row = 0; row < std::ssize(crossing_); ++row) {
    float* const to = crossing_rows_.data() + row * block_seconds;
    for (std::int64_t s = 0; s < count; ++s) to[s] = block.crossing_columns[s][row];
    std::fill(to + count, to + block_seconds, 0.0F);
  }
}

/// Â_ab + Â_ba.
void DensePairTile::fill_mutual(const Block& block, std::size_t f, float* mutual) const {
  const std::int64_t gene = block.first_gene(f);
  const std::int32_t place = crossing_place_[static_cast<std::size_t>(gene)];
  const EventRange wanted = block.wanted(f);
  for (std::int64_t s = wanted.first; s < wanted.last; ++s)
    mutual[s] = place >= 0 ? block.crossing_columns[s][place]
                           : profile_[gene] * block.centre[s] - block.columns[s][gene];
  std::array<float, block_seconds> on_second;
  block.of_seconds(column(gene), on_second);
  const float centre = centre_[gene];
  // Crossing rows are 0 in `share` and in the column.
  for (std::int64_t s = wanted.first; s < wanted.last; ++s)
    mutual[s] += block.share[s] * centre - on_second[s];
  for (std::int64_t at = 0; at < block.crossing_count; ++at) {
    const std::int64_t s = block.crossing_seconds[at];
    if (s < wanted.first || s >= wanted.last) continue;
    mutual[s] += crossing_column(gene)[crossing_place_[static_cast<std::size_t>(block.second_gene(s))]];
  }
}

/// S' = k − κ_a − κ_b + Â_ab + Â_ba + Σ_crossing (|y| − y); the last three into mutual_.
void DensePairTile::fill_left(const Block& block) {
  const bool crosses = !crossing_.empty();
  if (crosses) {
    fill_crossing_rows(block);
    functions_->crossings(crossing_rows_of(block));
  }
  for (std::size_t f = 0; f < block.rows.size(); ++f) {
    const std::int64_t gene = block.first_gene(f);
    float* const mutual = mutual_.data() + f * block_seconds;
    float* const left = left_.data() + f * block_seconds;
    const float* const crossed = sums_.data() + f * block_seconds;
    const EventRange wanted = block.wanted(f);
    fill_mutual(block, f, mutual);
    if (crosses) {
      for (std::int64_t s = wanted.first; s < wanted.last; ++s) mutual[s] += 2 * crossed[s];
    }
    const float kept = 1 - profile_[gene];
    const float centre = centre_[gene];
    for (std::int64_t s = wanted.first; s < wanted.last; ++s)
      left[s] = (kept - block.profile[s]) - (centre + block.centre[s]) + mutual[s];
  }
}

/// G of one score.
void DensePairTile::fill_losses(const Block& block, Score score) {
  for (std::size_t f = 0; f < block.rows.size(); ++f) {
    const std::int64_t gene = block.first_gene(f);
    const float profile = profile_[gene];
    const float centre = centre_[gene];
    const float* const mutual = mutual_.data() + f * block_seconds;
    float* const tau = parameter_.data() + f * block_seconds;
    const EventRange wanted = block.wanted(f);
    if (score == Score::impact) {
      for (std::int64_t s = wanted.first; s < wanted.last; ++s)
        tau[s] = mutual[s] - (profile + block.profile[s]);
    } else {
      for (std::int64_t s = wanted.first; s < wanted.last; ++s) {
        const float lost = profile + block.profile[s];
        tau[s] = (mutual[s] - lost * (centre + block.centre[s])) / (1 - lost);
      }
    }
  }
  functions_->largest_sums(tiles_of(block));
  for (std::size_t f = 0; f < block.rows.size(); ++f) {
    const float* const tau = parameter_.data() + f * block_seconds;
    const float* const sums = sums_.data() + f * block_seconds;
    const float* const panel = panel_.data() + static_cast<std::int64_t>(f) * stride_;
    float* const losses = losses_.data() + f * block_seconds;
    const EventRange wanted = block.wanted(f);
    std::array<float, block_seconds> own_row;
    block.of_seconds(panel, own_row);
    for (std::int64_t s = wanted.first; s < wanted.last; ++s)
      losses[s] = ((sums[s] - block.column_sum[s]) - own_row[s]) + tau[s] * (share_sum_ - block.share[s]);
  }
  if (!crossing_.empty()) add_crossing_losses(block, score);
}

void DensePairTile::add_crossing_losses(const Block& block, Score score) {
  for (std::size_t f = 0; f < block.rows.size(); ++f) {
    const float kept = 1 - profile_[block.first_gene(f)];
    const float* const left = left_.data() + f * block_seconds;
    float* const target = parameter_.data() + f * block_seconds;
    const EventRange wanted = block.wanted(f);
    for (std::int64_t s = wanted.first; s < wanted.last; ++s)
      target[s] = score == Score::impact ? left[s] : left[s] / (kept - block.profile[s]);
  }
  functions_->losses(crossing_rows_of(block));
  for (std::size_t f = 0; f < block.rows.size(); ++f) {
    const float* const sums = sums_.data() + f * block_seconds;
    float* const losses = losses_.data() + f * block_seconds;
    const EventRange wanted = block.wanted(f);
    for (std::int64_t s = wanted.first; s < wanted.last; ++s) losses[s] -= sums[s];
  }
}

void DensePairTile::store(const Block& block, Score score, std::span<float> scores) const {
  for (std::size_t f = 0; f < block.rows.size(); ++f) {
    const float profile = profile_[block.first_gene(f)];
    const float* const left = left_.data() + f * block_seconds;
    const float* const losses = losses_.data() + f * block_seconds;
    const EventRange wanted = block.wanted(f);
    float* const to = scores.data() + block.place(f);
    for (std::int64_t s = wanted.first; s < wanted.last; ++s) {
      const float lost = profile + block.profile[s];
      const float moved = std::max(losses[s], 0.0F) / left[s];
      if (score == Score::impact)
        to[s] = std::min(lost + moved, 1.0F);
      else
        to[s] = moved * (1 - lost) < residue ? 0.0F : std::min(moved, 1.0F);
    }
  }
}

/// Whether single precision has cost pair (f, s) next to nothing. Not so of what is no number.
bool DensePairTile::is_precise(const Block& block, std::size_t f, std::int64_t s) const {
  const std::int64_t gene = block.first_gene(f);
  const float kept = 1 - (profile_[gene] + block.profile[s]);
  const float terms = 1 + magnitude_[gene] + block.magnitude[s];
  // Both are worked out: without branches many pairs are tested at once.
  return (static_cast<int>(most_cancelled * left_[at(f, s)] >= terms) &
          static_cast<int>(most_cancelled * kept >= 1)) != 0;
}

bool DensePairTile::all_precise(const Block& block, std::size_t f, EventRange wanted) const {
  int precise = 1;
  for (std::int64_t s = wanted.first; s < wanted.last; ++s)
    precise &= static_cast<int>(is_precise(block, f, s));
  return precise != 0;
}

void DensePairTile::store_exact(const Block& block, const ScoreSpans& scores,
                                const ExactScores& exact) const {
  for (std::size_t f = 0; f < block.rows.size(); ++f) {
    const EventRange wanted = block.wanted(f);
    if (is_usable_ && all_precise(block, f, wanted)) continue;
    for (std::int64_t s = wanted.first; s < wanted.last; ++s) {
      if (is_usable_ && is_precise(block, f, s)) continue;
      const KnockoutScores pair = exact(block.first_gene(f), block.second_gene(s));
      const auto to = static_cast<std::size_t>(block.place(f) + s);
      for (const Score score : mean_scores) {
        if (!scores[score].empty()) scores[score][to] = static_cast<float>(pair[score]);
      }
    }
  }
}

void DensePairTile::score_block(Block& block, const ScoreSpans& scores, const ExactScores& exact) {
  if (is_usable_) {
    fill_seconds(block);
    fill_left(block);
    for (const Score score : mean_scores) {
      if (scores[score].empty()) continue;
      fill_losses(block, score);
      store(block, score, scores[score]);
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
  const auto panel_rows = static_cast<std::size_t>(stride_ <= few_rows ? small_panel : block_firsts);
  for (std::size_t from = 0; from < rows.size(); from += panel_rows) {
    const auto panel = std::span(rows).subspan(from, std::min(panel_rows, rows.size() - from));
    if (is_usable_) fill_panel(positions, panel);
    // Of several rows all but the first begin beside the diagonal, all but the last end with the triangle.
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
