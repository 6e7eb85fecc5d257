#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dko/base/aligned_array.hpp"
#include "sparse_block.hpp"

namespace dko {

/// For each gene a table of what its loss does to the genes t that its column touches: (p_t − q_t)/q_t,
/// ascending, and the sums Σ (q_t − p_t) and Σ q_t over those before each place. What they lose beyond a
/// bound, Σ max(0, (1 + θ) q_t − p_t), is that of a prefix: Σ (q_t − p_t) + θ Σ q_t.
///
/// The entries below θ are counted, in tables of many genes side by side, or in long ones found by bisection.
class TurnTables {
 public:
  explicit TurnTables(const SparseBlockFunctions& functions) : functions_(&functions) {}

  /// A gene that a column touches.
  struct Touched {
    double turn;   ///< (p_t − q_t)/q_t
    double share;  ///< q_t
    double after;  ///< p_t
  };
  /// Over a column.
  struct Sums {
    double loss = 0;       ///< Σ (q_t − p_t)
    double share = 0;      ///< Σ q_t
    double magnitude = 0;  ///< Σ |p_t − q_t|
  };

  void clear();
  /// Makes the table of the next gene, from what its column touches in any order.
  Sums add(std::span<const Touched> touched);
  /// To be called after the last gene, and before losses are asked for.
  void finish();

  /// Σ max(0, (1 + θ_b) q_t − p_t) over the columns of `first` and of each gene b in [begin, end), added up.
  /// Arrays are by gene, aligned to 64 bytes, and whole multiples of second_lanes long.
  void add_up(std::int64_t first, std::int64_t begin, std::int64_t end, const float* theta, float* losses);

  /// Bytes of the tables side by side, of so many genes and entries, at most; those by themselves take 12 an
  /// entry. Local.
  static double bytes(double genes, double entries);

 private:
  struct Column {
    std::int64_t count = 0;     // of its entries
    std::int64_t turns = 0;     // place of the first
    std::int64_t prefixes = 0;  // likewise; one more than there are entries
  };
  struct Prefix {
    float loss = 0;
    float share = 0;
  };

  void sort(std::span<const Touched> touched);
  bool sort_by_counting(std::span<const Touched> touched);
  std::int64_t entries_below(const Column& column, float theta) const;
  float prefix_loss(const Column& column, std::int64_t entries, float theta) const {
    const Prefix& prefix = prefixes_[static_cast<std::size_t>(column.prefixes + entries)];
    return prefix.loss + theta * prefix.share;
  }
  void find_long(std::int64_t first, std::int64_t begin, std::int64_t end, const float* theta);

  const SparseBlockFunctions* functions_;
  std::vector<Column> columns_;
  std::vector<float> turns_;
  std::vector<Prefix> prefixes_;
  std::vector<TurnGroup> groups_;  // longest is 0 where a table is too long to be counted
  AlignedArray side_by_side_;
  std::vector<std::int64_t> long_groups_;
  // Work space for the column at hand:
  std::vector<Touched> sorted_;
  std::vector<double> turn_of_;
  std::vector<std::int64_t> below_;
  std::vector<char> is_taken_;
  // Entries below θ_b, by gene b:
  AlignedValues<std::int32_t> of_first_;
  AlignedValues<std::int32_t> of_second_;
};

}  // namespace dko
