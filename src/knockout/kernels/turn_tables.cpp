#include "turn_tables.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "pair_precision.hpp"

namespace dko {

namespace {

constexpr std::int64_t most_counted = 128;  ///< entries; of longer tables bisection is quicker

std::size_t index(std::int64_t position) {
  return static_cast<std::size_t>(position);
}

}  // namespace

double TurnTables::bytes(double genes, double entries) {
  constexpr auto counted = static_cast<double>(most_counted);
  constexpr auto beside = static_cast<double>(second_lanes);
  return sizeof(float) * std::min(counted * genes, beside * entries);
}

void TurnTables::clear() {
  columns_.clear();
  turns_.clear();
  prefixes_.clear();
}

/// Into sorted_, if no two of them are equal: each has as many below it as its place says. Quicker than
/// sorting where there are few, as nothing branches.
bool TurnTables::sort_by_counting(std::span<const Touched> touched) {
  const std::size_t count = touched.size();
  turn_of_.resize(count);
  below_.assign(count, 0);
  for (std::size_t at = 0; at < count; ++at) turn_of_[at] = touched[at].turn;
  for (const double turn : turn_of_) {
    for (std::size_t at = 0; at < count; ++at) below_[at] += turn < turn_of_[at] ? 1 : 0;
  }
  is_taken_.assign(count, 0);
  sorted_.resize(count);
  for (std::size_t at = 0; at < count; ++at) {
    is_taken_[index(below_[at])] = 1;
    sorted_[index(below_[at])] = touched[at];
  }
  return std::ranges::find(is_taken_, 0) == is_taken_.end();
}

/// Into sorted_; equal ones as std::sort leaves them.
void TurnTables::sort(std::span<const Touched> touched) {
  if (std::ssize(touched) <= most_counted && sort_by_counting(touched)) return;
  sorted_.assign(touched.begin(), touched.end());
  std::sort(sorted_.begin(), sorted_.end(),
            [](const Touched& a, const Touched& b) { return a.turn < b.turn; });
}

TurnTables::Sums TurnTables::add(std::span<const Touched> touched) {
  sort(touched);
  columns_.push_back({std::ssize(touched), std::ssize(turns_), std::ssize(prefixes_)});
  Sums sums;
  for (const Touched& one : sorted_) {
    turns_.push_back(static_cast<float>(one.turn));
    prefixes_.push_back({static_cast<float>(sums.loss), static_cast<float>(sums.share)});
    sums.loss += one.share - one.after;
    sums.share += one.share;
    sums.magnitude += std::abs(one.share - one.after);
  }
  prefixes_.push_back({static_cast<float>(sums.loss), static_cast<float>(sums.share)});
  return sums;
}

/// Lays the tables side by side.
void TurnTables::finish() {
  const std::int64_t n = std::ssize(columns_);
  groups_.clear();
  long_groups_.clear();
  std::int64_t size = 0;
  for (std::int64_t gene = 0; gene < n; gene += second_lanes) {
    TurnGroup group{size, 0};
    for (std::int64_t at = gene; at < std::min(gene + second_lanes, n); ++at)
      group.longest = std::max(group.longest, columns_[index(at)].count);
    if (group.longest > most_counted) {
      long_groups_.push_back(std::ssize(groups_));
      group.longest = 0;
    }
    size += group.longest * second_lanes;
    groups_.push_back(group);
  }
  side_by_side_.assign(size, std::numeric_limits<float>::infinity());
  for (std::int64_t gene = 0; gene < n; ++gene) {
    const TurnGroup& group = groups_[index(gene / second_lanes)];
    const Column& column = columns_[index(gene)];
    for (std::int64_t entry = 0; entry < std::min(column.count, group.longest); ++entry)
      side_by_side_[index(group.start + entry * second_lanes + gene % second_lanes)] =
          turns_[index(column.turns + entry)];
  }
  for (auto* counts : {&of_first_, &of_second_}) counts->assign(round_up(n, second_lanes), 0);
}

/// Without branches, which nothing could foretell.
std::int64_t TurnTables::entries_below(const Column& column, float theta) const {
  const float* const turns = turns_.data() + column.turns;
  std::int64_t below = 0;
  std::int64_t count = column.count;
  while (count > 1) {
    const std::int64_t half = count / 2;
    below += turns[below + half - 1] < theta ? half : 0;
    count -= half;
  }
  return below + (count == 1 && turns[below] < theta ? 1 : 0);
}

/// The entries of tables that are too long to be counted.
void TurnTables::find_long(std::int64_t first, std::int64_t begin, std::int64_t end, const float* theta) {
  const Column& of_first = columns_[index(first)];
  for (std::int64_t b = begin; of_first.count > most_counted && b < end; ++b)
    of_first_[b] = static_cast<std::int32_t>(entries_below(of_first, theta[b]));
  for (const std::int64_t group : long_groups_) {
    const std::int64_t last = std::min((group + 1) * second_lanes, end);
    for (std::int64_t b = std::max(group * second_lanes, begin); b < last; ++b)
      of_second_[b] = static_cast<std::int32_t>(entries_below(columns_[index(b)], theta[b]));
  }
}

void TurnTables::add_up(std::int64_t first, std::int64_t begin, std::int64_t end, const float* theta,
                        float* losses) {
  const Column& of_first = columns_[index(first)];
  functions_->count_turns({.first = turns_.data() + of_first.turns,
                           .first_count = of_first.count > most_counted ? 0 : of_first.count,
                           .groups = groups_.data(),
                           .turns = side_by_side_.data(),
                           .theta = theta,
                           .begin = begin,
                           .end = end,
                           .of_first = of_first_.data(),
                           .of_second = of_second_.data()});
  find_long(first, begin, end, theta);
  for (std::int64_t b = begin; b < end; ++b)
    losses[b] = prefix_loss(of_first, of_first_[b], theta[b]) +
                prefix_loss(columns_[index(b)], of_second_[b], theta[b]);
}

}  // namespace dko
