#include "row_checksums.hpp"

#include <algorithm>
#include <numeric>

#include "dko/knockout/events/event_index.hpp"
#include "dko/parallel/exchange.hpp"

namespace dko {

RowChecksums::RowChecksums(const PairDivision& division, std::int64_t k, std::size_t arrays,
                           const Communicator& ranks)
    : division_(division),
      k_(k),
      ranks_(ranks),
      own_(division.of(ranks.rank())),
      begun_elsewhere_(arrays),
      running_(arrays),
      rows_(arrays) {
  if (own_.size() == 0) return;
  first_row_ = row_of(own_.first);
  if (start_of(first_row_) < own_.first) ++first_row_;
  last_row_ = row_of(own_.last - 1);
}

std::int64_t RowChecksums::row_of(std::int64_t pair) const {
  return PairIndex::pair_of(k_, pair).first;
}

std::int64_t RowChecksums::start_of(std::int64_t row) const {
  return PairIndex::row_start(k_, row);
}

void RowChecksums::add_bytes(std::size_t array, std::int64_t first, std::span<const std::byte> bytes) {
  for (std::int64_t row = bytes.empty() ? 0 : row_of(first); !bytes.empty(); ++row) {
    const std::int64_t end = start_of(row + 1);
    const std::size_t count = std::min(bytes.size(), static_cast<std::size_t>(end - first) * bytes_of_number);
    const std::span<const std::byte> of_row = bytes.first(count);
    if (row < first_row_)
      begun_elsewhere_[array].insert(begun_elsewhere_[array].end(), of_row.begin(), of_row.end());
    else
      running_[array].add_bytes(of_row);
    bytes = bytes.subspan(count);
    first += static_cast<std::int64_t>(count / bytes_of_number);
    if (first == end && row >= first_row_) end_row(array);
  }
}

void RowChecksums::end_row(std::size_t array) {
  rows_[array].push_back(running_[array].value());
  running_[array] = RunningChecksum();
}

/// Pairs of the last row that begins here which another rank has.
std::int64_t RowChecksums::pairs_of_last_row(std::int64_t rank) const {
  if (last_row_ < first_row_ || rank <= ranks_.rank()) return 0;
  const EventRange of_rank = division_.of(rank);
  return std::max<std::int64_t>(0, std::min(of_rank.last, start_of(last_row_ + 1)) - of_rank.first);
}

void RowChecksums::join() {
  const auto size = static_cast<std::size_t>(ranks_.size());
  std::vector<std::int64_t> counts(size, 0);
  std::vector<std::int64_t> from(size, 0);
  std::vector<std::byte> sent;
  for (const std::vector<std::byte>& part : begun_elsewhere_)
    sent.insert(sent.end(), part.begin(), part.end());
  if (!sent.empty())
    counts[static_cast<std::size_t>(division_.rank_of(start_of(first_row_ - 1)))] = std::ssize(sent);
  for (std::size_t rank = 0; rank < size; ++rank)
    from[rank] = pairs_of_last_row(static_cast<std::int64_t>(rank)) *
                 static_cast<std::int64_t>(bytes_of_number * rows_.size());
  std::vector<std::byte> received(
      static_cast<std::size_t>(std::accumulate(from.begin(), from.end(), std::int64_t{0})));
  exchange(std::span<const std::byte>(sent), counts, std::span(received), from, ranks_);
  std::span<const std::byte> left(received);
  for (const std::int64_t bytes : from) {
    const std::size_t of_array = static_cast<std::size_t>(bytes) / rows_.size();
    for (std::size_t array = 0; array < rows_.size(); ++array) {
      running_[array].add_bytes(left.first(of_array));
      left = left.subspan(of_array);
    }
  }
  const bool has_last = last_row_ >= first_row_;
  if (has_last && start_of(last_row_ + 1) > own_.last)
    for (std::size_t array = 0; array < rows_.size(); ++array) end_row(array);
  if (division_.firsts().last < k_) return;
  // The row of the last gene has no pairs. It goes with the one before, or is all there is.
  if (has_last && last_row_ == k_ - 2) {
    for (std::size_t array = 0; array < rows_.size(); ++array) end_row(array);
  } else if (division_.pairs().size() == 0 && ranks_.is_root()) {
    first_row_ = k_ - 1;
    for (std::size_t array = 0; array < rows_.size(); ++array) end_row(array);
  }
}

}  // namespace dko
