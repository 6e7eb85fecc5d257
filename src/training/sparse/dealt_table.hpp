#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "dko/parallel/communicator.hpp"

namespace dko {

/// Results of pieces of work, rows × columns, of which some may not be known yet. Rows are dealt to the
/// ranks in turn; each has its own alone. A result is never −∞, but it may be no number.
class DealtTable {
 public:
  DealtTable(std::size_t rows, std::size_t columns, const Communicator& ranks);

  bool is_own(std::size_t row) const { return row % ranks_ == rank_; }
  bool is_known(std::size_t row, std::size_t column) const;
  void set(std::size_t row, std::size_t column, double value) { values_[row * columns_ + column] = value; }
  std::size_t size() const { return values_.size(); }
  /// Results of the rank's own rows, and those that are known.
  std::int64_t own() const;
  std::int64_t known() const;

  /// What any rank knows, by rows, and −∞ where none does; the same bits for any number of ranks. Collective.
  std::vector<double> all(const Communicator& ranks) const;
  /// Takes the rank's own of what all() was. Local.
  void take(std::span<const double> all);

 private:
  std::size_t columns_;
  std::size_t rank_;
  std::size_t ranks_;
  std::vector<double> values_;
};

}  // namespace dko
