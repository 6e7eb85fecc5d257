#include "sparse_pair_table.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace dko {

namespace {

std::size_t index(std::int64_t position) {
  return static_cast<std::size_t>(position);
}

}  // namespace

SparsePairTable::SparsePairTable(InstructionSet instructions)
    : functions_(&sparse_block_functions(instructions)), tables_(*functions_) {}

void SparsePairTable::load(const SparseCell& cell) {
  cell_ = cell;
  is_prepared_ = false;
}

void SparsePairTable::prepare() {
  if (is_prepared_) return;
  is_prepared_ = true;
  const auto n = static_cast<std::int32_t>(cell_.output.size());
  for (auto* array : {&share_, &gain_, &concerned_, &magnitude_, &bend_}) array->clear();
  tables_.clear();
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
  tables_.finish();
  fill_rows();
  for (auto* array : {&change_, &untouched_, &theta_, &one_more_, &losses_, &along_, &scores_, &numbers_})
    array->assign(round_up(n, second_lanes), 0);
  std::iota(numbers_.data(), numbers_.data() + numbers_.size(), 0.0F);
}

/// What a lone knockout of the gene does to those its column touches.
void SparsePairTable::add_column(std::int32_t gene) {
  touched_.clear();
  for (std::int64_t at = cell_.starts[index(gene)]; at < cell_.starts[index(gene) + 1]; ++at) {
    const std::int32_t row = cell_.rows[index(at)];
    if (row == gene) continue;
    const double before = cell_.output[index(row)];
    const double after = std::max(cell_.raw[index(row)] - cell_.effects[index(at)], cell_.floor[index(row)]);
    touched_.push_back({(after - before) / before, before / cell_.total, after / cell_.total});
  }
  const TurnTables::Sums sums = tables_.add(touched_);
  const double own = cell_.output[index(gene)] / cell_.total;
  share_.push_back(static_cast<float>(own));
  gain_.push_back(static_cast<float>(-sums.loss - own));
  concerned_.push_back(static_cast<float>(sums.share + own));
  magnitude_.push_back(static_cast<float>(sums.magnitude));
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
  const auto n = std::ssize(share_);
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
  const auto n = std::ssize(share_);
  planes_.clear(OverlapPlanes::are_quicker(n, std::ssize(row_entries_)) ? n : 0);
  if (!planes_.are_there()) return;
  for (std::int64_t row = 0; row < n; ++row) {
    for (std::int64_t at = row_starts_[index(row)]; at < row_starts_[index(row) + 1]; ++at) {
      const RowEntry& entry = row_entries_[index(at)];
      planes_.set(row, entry.column, entry.effect, entry.after);
    }
  }
}

/// η and u of an overlap.
void SparsePairTable::add_change(std::int32_t second, const RowGene& gene, float of_first, float of_second,
                                 float of_both) {
  const float single_first = of_first == beyond ? 0.0F : of_first - gene.share;
  const float single_second = of_second == beyond ? 0.0F : of_second - gene.share;
  const float both = of_both == beyond ? 0.0F : of_both - gene.share;
  const float change = both - single_first - single_second;
  change_[second] += change;
  if (largest_weight_ > 0) along_[second] += gene.weight * change;
  untouched_[second] += gene.share;
}

void SparsePairTable::add_overlap(std::int32_t second, const RowGene& gene, float of_first, float of_second,
                                  float of_both) {
  add_change(second, gene, of_first, of_second, of_both);
  overlaps_.push_back({second, gene.share, of_first, of_second, of_both});
}

/// The overlaps that are not listed: of the genes that the first touches, with all seconds.
OverlapBlock SparsePairTable::overlaps_of_planes(std::int32_t first, std::int32_t last) {
  return {.rows = touched_rows_.data(),
          .count = std::ssize(touched_rows_),
          .begin = first + 1,
          .end = last + 1,
          .numbers = numbers_.data(),
          .beyond = beyond,
          .change = change_.data(),
          .untouched = untouched_.data(),
          .along = largest_weight_ > 0 ? along_.data() : nullptr,
          .one_more = one_more_.data(),
          .losses = losses_.data()};
}

/// Finds the overlaps of all pairs of `first` with seconds up to `last`.
void SparsePairTable::find_overlaps(std::int32_t first, std::int32_t last) {
  overlaps_.clear();
  touched_rows_.clear();
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
      touched_rows_.push_back({planes_.effects(row), planes_.after(row), row, static_cast<float>(row),
                               gene.raw - effect, gene.floor, gene.share, of_first, gene.weight});
      continue;
    }
    if (row > first && row <= last) add_overlap(row, gene, of_first, beyond, beyond);
    for (const RowEntry& entry : later_entries(row)) {
      if (entry.column > last) break;
      add_overlap(entry.column, gene, of_first, entry.after,
                  std::max(gene.raw - effect - entry.effect, gene.floor));
    }
  }
  if (!touched_rows_.empty()) functions_->add_changes(overlaps_of_planes(first, last));
}

/// η and u of all pairs of `first` with seconds up to `last`.
void SparsePairTable::fill_left(std::int32_t first, std::int32_t last) {
  const auto a = index(first);
  for (std::int32_t b = first + 1; b <= last; ++b) {
    change_[b] = gain_[a] + gain_[index(b)];
    untouched_[b] = 1 - concerned_[a] - concerned_[index(b)];
  }
  for (std::int32_t b = first + 1; !cell_.along.empty() && b <= last; ++b)
    along_[b] = bend_[a] + bend_[index(b)];
  find_overlaps(first, last);
}

/// L of one score.
void SparsePairTable::fill_losses(std::int32_t first, std::int32_t last, Score score) {
  const float share = share_[index(first)];
  const auto presence = static_cast<float>(cell_.presence);
  if (score == Score::impact && presence > 0) {
    for (std::int32_t b = first + 1; b <= last; ++b) {
      const float mass = presence * (share + share_[index(b)]);
      theta_[b] = (change_[b] + mass) / (1 - mass);
    }
  } else if (score == Score::impact) {
    std::copy(change_.data() + first + 1, change_.data() + last + 1, theta_.data() + first + 1);
  } else {
    for (std::int32_t b = first + 1; b <= last; ++b) {
      const float lost = share + share_[index(b)];
      theta_[b] = (change_[b] + lost) / (1 - lost);
    }
  }
  tables_.add_up(first, first + 1, last + 1, theta_.data(), losses_.data());
  for (std::int32_t b = first + 1; b <= last; ++b)
    losses_[b] += positive(untouched_[b]) * positive(theta_[b]);
  add_losses_of_overlaps(first, last);
}

void SparsePairTable::add_losses_of_overlaps(std::int32_t first, std::int32_t last) {
  for (const Overlap& overlap : overlaps_) {
    const float after = (1 + theta_[overlap.second]) * overlap.share;
    losses_[overlap.second] += positive(after - overlap.of_both) - positive(after - overlap.of_first) -
                               positive(after - overlap.of_second);
  }
  if (touched_rows_.empty()) return;
  for (std::int32_t b = first + 1; b <= last; ++b) one_more_[b] = 1 + theta_[b];
  functions_->add_losses(overlaps_of_planes(first, last));
}

PairTerms SparsePairTable::terms(std::int32_t first, std::int32_t second) const {
  const auto a = index(first);
  const auto b = index(second);
  return {share_[a] + share_[b], magnitude_[a] + magnitude_[b], 1 + change_[second],
          static_cast<float>(cell_.presence)};
}

void SparsePairTable::fill_scores(std::int32_t first, std::int32_t last, Score score) {
  for (std::int32_t second = first + 1; second <= last; ++second) {
    const PairTerms pair = terms(first, second);
    const float loss = losses_[second];
    scores_[second] = score == Score::impact ? pair_impact(pair, loss) : pair_network(pair, loss);
  }
}

void SparsePairTable::fill_shifts(std::int32_t first, std::int32_t last) {
  const auto own = [this](std::size_t gene) { return row_genes_[gene].weight * share_[gene]; };
  const float own_of_first = own(index(first));
  for (std::int32_t second = first + 1; second <= last; ++second) {
    const PairTerms pair = terms(first, second);
    const float mean = -(own_of_first + own(index(second))) / (1 - pair.lost);
    scores_[second] =
        pair_shift(pair, along_[second] - mean * (change_[second] + pair.lost), largest_weight_);
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
          for (std::size_t at = 0; at < of_row.size(); ++at) out[at] = scores_[of_row[at]];
        }
        if (all_precise(first, last)) return;
        for (std::size_t at = 0; at < of_row.size(); ++at) {
          if (is_precise(terms(first, of_row[at]))) continue;
          store_pair(exact(first, of_row[at]), scores, to + static_cast<std::int64_t>(at));
        }
      });
}

}  // namespace dko
