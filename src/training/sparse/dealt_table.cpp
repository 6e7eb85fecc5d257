#include "dealt_table.hpp"

#include <algorithm>
#include <limits>

namespace dko {

namespace {

constexpr double unknown = -std::numeric_limits<double>::infinity();

bool is_result(double value) {
  return value != unknown;  // one that is not a number, too
}

}  // namespace

DealtTable::DealtTable(std::size_t rows, std::size_t columns, const Communicator& ranks)
    : columns_(columns),
      rank_(static_cast<std::size_t>(ranks.rank())),
      ranks_(static_cast<std::size_t>(ranks.size())),
      values_(rows * columns, unknown) {}

bool DealtTable::is_known(std::size_t row, std::size_t column) const {
  return is_result(values_[row * columns_ + column]);
}

std::int64_t DealtTable::own() const {
  std::size_t own = 0;
  for (std::size_t at = 0; at < values_.size(); ++at) own += is_own(at / columns_) ? 1 : 0;
  return static_cast<std::int64_t>(own);
}

std::int64_t DealtTable::known() const {
  return std::count_if(values_.begin(), values_.end(), is_result);
}

std::vector<double> DealtTable::all(const Communicator& ranks) const {
  // Each entry is one rank's: their sum with zeros has its bits.
  std::vector<double> sums(values_.size(), 0.0);
  std::vector<float> known(values_.size(), 0.0F);
  for (std::size_t at = 0; at < values_.size(); ++at) {
    if (!is_result(values_[at])) continue;
    sums[at] = values_[at];
    known[at] = 1;
  }
  ranks.sum(std::span<double>(sums));
  ranks.sum(std::span<float>(known));
  for (std::size_t at = 0; at < sums.size(); ++at) {
    if (known[at] == 0) sums[at] = unknown;
  }
  return sums;
}

void DealtTable::take(std::span<const double> all) {
  for (std::size_t at = 0; at < values_.size(); ++at) values_[at] = is_own(at / columns_) ? all[at] : unknown;
}

}  // namespace dko
