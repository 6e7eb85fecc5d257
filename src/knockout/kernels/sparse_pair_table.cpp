#include "sparse_pair_table.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace dko {

namespace {

constexpr std::int64_t turn_lanes = 8;        ///< tables come in whole vectors
constexpr std::int64_t counted_entries = 64;  ///< quicker counted than bisected

std::size_t index(std::int64_t position) {
  return static_cast<std::size_t>(position);
}

}  // namespace

void SparsePairTable::load(const SparseCell& cell) {
  cell_ = cell;
  is_prepared_ = false;
}

void SparsePairTable::prepare() {
  if (is_prepared_) return;
  is_prepared_ = true;
  const auto n = static_cast<std::int32_t>(cell_.output.size());
  for (auto* array : {&share_, &gain_, &concerned_, &magnitude_, &bend_, &turns_}) array->clear();
  columns_.clear();
  prefixes_.clear();
  row_genes_.clear();
  largest_weight_ = 0;
  for (std::int32_t gene = 0; gene < n; ++gene) {
    const auto in_units = [&](double output) { return static_cast<float>(output / cell_.total); };
    const float weight = cell_.along.empty() ? 0.0F : static_cast<float>(cell_.along[index(gene)]);
    row_genes_.push_back({in_units(cell_.raw[index(gene)]), in_units(cell_.floor[index(gene)]),
                          in_units(cell_.output[index(gene)]), weight});
    largest_weight_ = std::max(largest_weight_, std::abs(weight));
  }
  for (std::int32_t gene = 0; gene < n; ++gene) add_column(gene);
  fill_rows();
  for (auto* array : {&change_, &untouched_, &theta_, &one_more_, &losses_, &along_, &scores_})
    array->resize(index(n));
}

/// What a lone knockout of the gene does to those its column touches.
void SparsePairTable::add_column(std::int32_t gene) {
  struct Touched {
    double turn;
    double share;
    double after;
  };
  std::vector<Touched> touched;
  for (std::int64_t at = cell_.starts[index(gene)]; at < cell_.starts[index(gene) + 1]; ++at) {
    const std::int32_t row = cell_.rows[index(at)];
    if (row == gene) continue;
    const double before = cell_.output[index(row)];
    const double after = std::max(cell_.raw[index(row)] - cell_.effects[index(at)], cell_.floor[index(row)]);
    touched.push_back({(after - before) / before, before / cell_.total, after / cell_.total});
  }
  std::sort(touched.begin(), touched.end(),
            [](const Touched& a, const Touched& b) { return a.turn < b.turn; });
  Column column;
  column.turns = std::ssize(turns_);
  column.prefixes = std::ssize(prefixes_);
  column.count = round_up(std::ssize(touched), turn_lanes);
  double loss = 0;
  double share = 0;
  double magnitude = 0;
  for (const Touched& one : touched) {
    turns_.push_back(static_cast<float>(one.turn));
    prefixes_.push_back({static_cast<float>(loss), static_cast<float>(share)});
    loss += one.share - one.after;
    share += one.share;
    magnitude += std::abs(one.share - one.after);
  }
  turns_.resize(index(column.turns + column.count), std::numeric_limits<float>::infinity());
  prefixes_.push_back({static_cast<float>(loss), static_cast<float>(share)});
  columns_.push_back(column);
  const double own = cell_.output[index(gene)] / cell_.total;
  share_.push_back(static_cast<float>(own));
  gain_.push_back(static_cast<float>(-loss - own));
  concerned_.push_back(static_cast<float>(share + own));
  magnitude_.push_back(static_cast<float>(magnitude));
  if (cell_.along.empty()) return;
  double bend = 0;
  for (std::int64_t at = cell_.starts[index(gene)]; at < cell_.starts[index(gene) + 1]; ++at) {
    const std::int32_t row = cell_.rows[index(at)];
    if (row == gene) continue;
    const double after = std::max(cell_.raw[index(row)] - cell_.effects[index(at)], cell_.floor[index(row)]);
    bend += cell_.along[index(row)] * ((after - cell_.output[index(row)]) / cell_.total);
  }
  bend_.push_back(static_cast<float>(bend));
}

/// A by rows, the columns of each ascending; without the diagonal.
void SparsePairTable::fill_rows() {
  const auto n = std::ssize(columns_);
  row_starts_.assign(index(n) + 1, 0);
  const auto for_each_entry = [&](auto visit) {
    for (std::int32_t gene = 0; gene < n; ++gene) {
      for (std::int64_t at = cell_.starts[index(gene)]; at < cell_.starts[index(gene) + 1]; ++at) {
        if (cell_.rows[index(at)] != gene) visit(gene, cell_.rows[index(at)], cell_.effects[index(at)]);
      }
    }
  };
  for_each_entry([&](std::int32_t, std::int32_t row, double) { ++row_starts_[index(row) + 1]; });
  for (std::size_t row = 1; row < row_starts_.size(); ++row) row_starts_[row] += row_starts_[row - 1];
  row_entries_.resize(index(row_starts_.back()));
  std::vector<std::int64_t> next(row_starts_.begin(), row_starts_.end() - 1);
  for_each_entry([&](std::int32_t gene, std::int32_t row, double effect) {
    const RowGene& of = row_genes_[index(row)];
    const auto in_units = static_cast<float>(effect / cell_.total);
    row_entries_[index(next[index(row)]++)] = {gene, in_units, std::max(of.raw - in_units, of.floor)};
  });
  fill_planes();
}

void SparsePairTable::fill_planes() {
  const auto n = std::ssize(columns_);
  planes_.clear(OverlapPlanes::are_quicker(n, std::ssize(row_entries_)) ? n : 0);
  if (!planes_.are_there()) return;
  for (std::int64_t row = 0; row < n; ++row) {
    for (std::int64_t at = row_starts_[index(row)]; at < row_starts_[index(row) + 1]; ++at) {
      const RowEntry& entry = row_entries_[index(at)];
      planes_.set(row, entry.column, entry.effect, entry.after);
    }
  }
}

/// Σ max(0, (1 + θ) q_t − p_t) over the genes of a column.
float SparsePairTable::prefix_loss(const Column& column, float theta) const {
  const float* const turns = turns_.data() + column.turns;
  std::int64_t before = 0;
  std::int64_t count = column.count;
  while (count > counted_entries) {  // bisected, the rest is counted
    const std::int64_t half = count / 2 / turn_lanes * turn_lanes;
    before += turns[before + half - 1] < theta ? half : 0;
    count -= half;
  }
  std::array<std::int32_t, turn_lanes> lanes{};
  for (std::int64_t at = before; at < before + count; at += turn_lanes) {
    for (std::int64_t lane = 0; lane < turn_lanes; ++lane)
      lanes[index(lane)] += turns[at + lane] < theta ? 1 : 0;
  }
  for (const std::int32_t lane : lanes) before += lane;
  const Prefix& prefix = prefixes_[index(column.prefixes + before)];
  return prefix.loss + theta * prefix.share;
}

/// η and u of an overlap.
void SparsePairTable::add_change(std::int32_t second, const RowGene& gene, float of_first, float of_second,
                                 float of_both) {
  const float single_first = of_first == beyond ? 0.0F : of_first - gene.share;
  const float single_second = of_second == beyond ? 0.0F : of_second - gene.share;
  const float both = of_both == beyond ? 0.0F : of_both - gene.share;
  const float change = both - single_first - single_second;
  change_[index(second)] += change;
  if (largest_weight_ > 0) along_[index(second)] += gene.weight * change;
  untouched_[index(second)] += gene.share;
}

void SparsePairTable::add_overlap(std::int32_t second, const RowGene& gene, float of_first, float of_second,
                                  float of_both) {
  add_change(second, gene, of_first, of_second, of_both);
  overlaps_.push_back({second, gene.share, of_first, of_second, of_both});
}

/// Those of a gene that the first touches, with all seconds that touch it, and with itself as the second.
void SparsePairTable::add_overlaps_of(const OverlapPlanes::TouchedRow& touched, std::int32_t first,
                                      std::int32_t last) {
  touched_.push_back(touched);
  if (touched.row > first && touched.row <= last)
    add_change(touched.row, row_genes_[index(touched.row)], touched.of_first, beyond, beyond);
  planes_.add_changes(touched, first + 1, last + 1, change_.data(), untouched_.data(),
                      largest_weight_ > 0 ? along_.data() : nullptr);
}

/// Finds the overlaps of all pairs of `first` with seconds up to `last`.
void SparsePairTable::find_overlaps(std::int32_t first, std::int32_t last) {
  overlaps_.clear();
  touched_.clear();
  const auto later_entries = [&](std::int32_t row) {
    const auto begin = row_entries_.begin() + row_starts_[index(row)];
    const auto end = row_entries_.begin() + row_starts_[index(row) + 1];
    return std::span(
        std::upper_bound(begin, end, first,
                         [](std::int32_t gene, const RowEntry& entry) { return gene < entry.column; }),
        end);
  };
  for (const RowEntry& entry : later_entries(first)) {  // the second touches the first
    if (entry.column > last) break;
    add_overlap(entry.column, row_genes_[index(first)], beyond, entry.after, beyond);
  }
  for (std::int64_t at = cell_.starts[index(first)]; at < cell_.starts[index(first) + 1]; ++at) {
    const std::int32_t row = cell_.rows[index(at)];
    if (row == first) continue;
    const RowGene& gene = row_genes_[index(row)];
    const float effect = static_cast<float>(cell_.effects[index(at)] / cell_.total);
    const float of_first = std::max(gene.raw - effect, gene.floor);
    if (planes_.are_there()) {
      add_overlaps_of({row, gene.raw, gene.floor, gene.share, gene.weight, effect, of_first}, first, last);
      continue;
    }
    if (row > first && row <= last) add_overlap(row, gene, of_first, beyond, beyond);
    for (const RowEntry& entry : later_entries(row)) {
      if (entry.column > last) break;
      add_overlap(entry.column, gene, of_first, entry.after,
                  std::max(gene.raw - effect - entry.effect, gene.floor));
    }
  }
}

/// η and u of all pairs of `first` with seconds up to `last`.
void SparsePairTable::fill_left(std::int32_t first, std::int32_t last) {
  const bool has_direction = !cell_.along.empty();
  const auto a = index(first);
  for (std::size_t b = a + 1; b <= index(last); ++b) {
    change_[b] = gain_[a] + gain_[b];
    untouched_[b] = 1 - concerned_[a] - concerned_[b];
  }
  for (std::size_t b = a + 1; has_direction && b <= index(last); ++b) along_[b] = bend_[a] + bend_[b];
  find_overlaps(first, last);
}

/// L of one score.
void SparsePairTable::fill_losses(std::int32_t first, std::int32_t last, Score score) {
  const auto a = index(first);
  const auto end = index(last) + 1;
  const auto presence = static_cast<float>(cell_.presence);
  if (score == Score::impact && presence > 0) {
    for (std::size_t b = a + 1; b < end; ++b) {
      const float mass = presence * (share_[a] + share_[b]);
      theta_[b] = (change_[b] + mass) / (1 - mass);
    }
  } else if (score == Score::impact) {
    std::copy(change_.begin() + first + 1, change_.begin() + last + 1, theta_.begin() + first + 1);
  } else {
    for (std::size_t b = a + 1; b < end; ++b) {
      const float lost = share_[a] + share_[b];
      theta_[b] = (change_[b] + lost) / (1 - lost);
    }
  }
  for (std::size_t b = a + 1; b < end; ++b)
    losses_[b] = prefix_loss(columns_[a], theta_[b]) + prefix_loss(columns_[b], theta_[b]);
  for (std::size_t b = a + 1; b < end; ++b) losses_[b] += positive(untouched_[b]) * positive(theta_[b]);
  for (const Overlap& overlap : overlaps_) {
    const float after = (1 + theta_[index(overlap.second)]) * overlap.share;
    losses_[index(overlap.second)] += positive(after - overlap.of_both) - positive(after - overlap.of_first) -
                                      positive(after - overlap.of_second);
  }
  if (!touched_.empty()) add_losses_of_planes(first, last);
}

/// What is left of L after the overlaps that are listed.
void SparsePairTable::add_losses_of_planes(std::int32_t first, std::int32_t last) {
  for (std::size_t b = index(first) + 1; b <= index(last); ++b) one_more_[b] = 1 + theta_[b];
  for (const OverlapPlanes::TouchedRow& touched : touched_) {
    if (touched.row > first && touched.row <= last) {
      const float after = one_more_[index(touched.row)] * touched.share;
      losses_[index(touched.row)] +=
          positive(after - beyond) - positive(after - touched.of_first) - positive(after - beyond);
    }
    planes_.add_losses(touched, first + 1, last + 1, one_more_.data(), losses_.data());
  }
}

PairTerms SparsePairTable::terms(std::int32_t first, std::int32_t second) const {
  const auto a = index(first);
  const auto b = index(second);
  return {share_[a] + share_[b], magnitude_[a] + magnitude_[b], 1 + change_[b],
          static_cast<float>(cell_.presence)};
}

void SparsePairTable::fill_scores(std::int32_t first, std::int32_t last, Score score) {
  for (std::int32_t second = first + 1; second <= last; ++second) {
    const PairTerms pair = terms(first, second);
    const float loss = losses_[index(second)];
    scores_[index(second)] = score == Score::impact ? pair_impact(pair, loss) : pair_network(pair, loss);
  }
}

void SparsePairTable::fill_shifts(std::int32_t first, std::int32_t last) {
  const auto own = [this](std::size_t gene) { return row_genes_[gene].weight * share_[gene]; };
  const float own_of_first = own(index(first));
  for (std::int32_t second = first + 1; second <= last; ++second) {
    const auto b = index(second);
    const PairTerms pair = terms(first, second);
    const float mean = -(own_of_first + own(b)) / (1 - pair.lost);
    scores_[b] = pair_shift(pair, along_[b] - mean * (change_[b] + pair.lost), largest_weight_);
  }
}

bool SparsePairTable::all_precise(std::int32_t first, std::int32_t last) const {
  int precise = 1;
  for (std::int32_t second = first + 1; second <= last; ++second)
    precise &= static_cast<int>(is_precise(terms(first, second)));
  return precise != 0;
}

void SparsePairTable::pair_scores(std::span<const std::int32_t> positions, EventRange pairs,
                                  const ScoreSpans& scores, const ExactScores& exact) {
  prepare();
  PairIndex::for_each_row(
      std::ssize(positions), pairs, [&](std::int64_t row, EventRange seconds, std::int64_t to) {
        const std::int32_t first = positions[index(row)];
        const std::int32_t last = positions[index(seconds.last - 1)];
        const auto of_row = positions.subspan(index(seconds.first), index(seconds.size()));
        fill_left(first, last);
        for (const Score score : {Score::impact, Score::network, Score::shift}) {
          if (scores[score].empty()) continue;
          if (score == Score::shift) {
            fill_shifts(first, last);
          } else {
            fill_losses(first, last, score);
            fill_scores(first, last, score);
          }
          float* const out = scores[score].data() + to;
          for (std::size_t at = 0; at < of_row.size(); ++at) out[at] = scores_[index(of_row[at])];
        }
        if (all_precise(first, last)) return;
        for (std::size_t at = 0; at < of_row.size(); ++at) {
          if (is_precise(terms(first, of_row[at]))) continue;
          store_pair(exact(first, of_row[at]), scores, to + static_cast<std::int64_t>(at));
        }
      });
}

}  // namespace dko
