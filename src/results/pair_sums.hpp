#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dko/results/summary.hpp"

namespace dko {

/// Sums over cells of the pairs whose first gene is one of a range of k genes, numbered from 0: what
/// KnockoutSummary is made of. Of each pair the number of its cells, and for every measure the mean and the
/// sum of squared deviations so far (Welford), all side by side: a pair of a cell touches one place of
/// memory. Numbers of cells are held as doubles, which are exact.
class PairSums {
 public:
  explicit PairSums(const std::vector<Measure>& measures);

  /// Of one pair.
  std::int64_t bytes() const { return stride_ * static_cast<std::int64_t>(sizeof(double)); }

  /// Forgets all; first genes [first, last) of k from now on.
  void reset(std::int64_t first, std::int64_t last, std::int64_t k);

  /// Another cell of the pairs of `first` with each of `seconds`; to be called before its values are added.
  void add_cell(std::int64_t first, std::span<const std::int64_t> seconds);
  /// Its values of measure number `measure`, value(j) being that of seconds[j].
  template <class Value>
  void add(std::size_t measure, Value value);

  /// Calls visit(first, second, summary) for every pair that has a cell, genes numbered from 0 to k.
  template <class Visit>
  void for_each(Visit visit) const;

 private:
  // Where the numbers of a measure are within those of a pair; 0: it has none.
  struct Slot {
    std::int64_t mean = 0;
    std::int64_t squares = 0;
    std::int64_t above = 0;  // cells with a value above 0
    std::int64_t below = 0;
  };
  KnockoutSummary summary(const double* at) const;
  std::int64_t start_of(std::int64_t first) const;

  std::vector<Slot> slots_;
  std::int64_t stride_ = 1;
  std::int64_t genes_ = 0;  // k
  std::int64_t first_ = 0;
  std::int64_t last_ = 0;
  std::vector<double> sums_;
  std::vector<double*> cell_;  // the pairs of the cell that is being added
};

template <class Value>
void PairSums::add(std::size_t measure, Value value) {
  const Slot slot = slots_[measure];
  for (std::size_t at = 0; at < cell_.size(); ++at) {
    double* const pair = cell_[at];
    const auto x = static_cast<double>(value(at));
    const double difference = x - pair[slot.mean];
    pair[slot.mean] += difference / pair[0];
    if (slot.squares > 0) pair[slot.squares] += difference * (x - pair[slot.mean]);
    if (slot.above == 0) continue;
    pair[slot.above] += x > 0 ? 1 : 0;
    pair[slot.below] += x < 0 ? 1 : 0;
  }
}

template <class Visit>
void PairSums::for_each(Visit visit) const {
  const double* at = sums_.data();
  for (std::int64_t first = first_; first < last_; ++first) {
    for (std::int64_t second = first + 1; second < genes_; ++second, at += stride_) {
      if (at[0] > 0) visit(first, second, summary(at));
    }
  }
}

}  // namespace dko
