#include "best_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <type_traits>

#include "dko/base/error.hpp"
#include "dko/base/parameter.hpp"
#include "dko/base/text.hpp"
#include "dko/base/units.hpp"

namespace dko {

double RowOrder::key(const KnockoutSummary& row) const {
  const double mean = row.of[by_].mean;
  if (std::isnan(mean)) return -std::numeric_limits<double>::infinity();
  return by_size_ ? std::abs(mean) : lowest_ ? -mean : mean;
}

bool RowOrder::operator()(const KnockoutSummary& a, const KnockoutSummary& b) const {
  const double of_a = key(a);
  const double of_b = key(b);
  return of_a != of_b ? of_a > of_b : a.genes < b.genes;
}

BestRows::BestRows(RowOrder order, std::int64_t count, std::int64_t total)
    : order_(order), count_(count), most_(most_held(count, total)) {
  rows_.reserve(static_cast<std::size_t>(most_));  // growing would hold them twice for a while
}

void BestRows::offer(const KnockoutSummary& row) {
  if (trimmed_ && !order_(row, last_)) return;
  if (std::ssize(rows_) == most_ && most_ > count_) trim();
  rows_.push_back(row);
}

void BestRows::trim() {
  const auto end = rows_.begin() + count_;
  std::nth_element(rows_.begin(), end - 1, rows_.end(), order_);
  rows_.erase(end, rows_.end());
  last_ = rows_.back();
  trimmed_ = true;
}

AtRoot<std::vector<KnockoutSummary>> BestRows::collect(const Communicator& ranks) && {
  static_assert(std::is_trivially_copyable_v<KnockoutSummary>);
  if (std::ssize(rows_) > count_) trim();
  // One rank after the other, a message at a time: rank 0 need not hold what it will not keep.
  for (int rank = 1; rank < ranks.size(); ++rank) {
    auto rows = std::ssize(rows_);
    ranks.broadcast(rows, rank);
    for (std::int64_t first = 0; first < rows; first += rows_per_message) {
      std::span<const KnockoutSummary> message;
      if (ranks.rank() == rank) {
        message = std::span<const KnockoutSummary>(rows_).subspan(static_cast<std::size_t>(first));
        message = message.first(std::min(message.size(), static_cast<std::size_t>(rows_per_message)));
      }
      const auto bytes = ranks.gather(std::as_bytes(message)).or_empty();
      for (std::size_t at = 0; at < bytes.size(); at += sizeof(KnockoutSummary)) {
        KnockoutSummary row;
        std::memcpy(&row, bytes.data() + at, sizeof row);
        offer(row);
      }
    }
  }
  if (!ranks.is_root()) return {};
  if (std::ssize(rows_) > count_) trim();
  std::sort(rows_.begin(), rows_.end(), order_);
  return AtRoot(std::move(rows_));
}

void count_row(const KnockoutSummary& row, const RankBy& by, SummaryTable& table, BestRows& best) {
  ++table.total;
  if (by.leaves_out(row))
    ++table.left_out;
  else
    best.offer(row);
}

void collect_rows(SummaryTable& table, BestRows best, const Communicator& ranks) {
  table.total = ranks.sum(table.total);
  table.left_out = ranks.sum(table.left_out);
  table.rows = std::move(best).collect(ranks).or_empty();
}

void rank_rows(SummaryTable& table, const RankBy& by) {
  table.left_out = static_cast<std::int64_t>(
      std::erase_if(table.rows, [&](const KnockoutSummary& row) { return by.leaves_out(row); }));
  std::sort(table.rows.begin(), table.rows.end(), RowOrder(table.measures, table.by, table.lowest));
}

namespace {

/// Three digits, rounded up: what is said to be needed must do.
std::string gibibytes(double bytes) {
  const double step = std::pow(10, std::floor(std::log10(bytes / gibibyte)) - 2);
  return fmt::format("{:.3g}", std::ceil(bytes / gibibyte / step) * step);
}

}  // namespace

double memory_beside_rows(std::int64_t count, std::int64_t pairs, double fixed, double least, double memory) {
  constexpr double row_bytes = sizeof(KnockoutSummary);
  fixed += 2 * row_bytes * static_cast<double>(std::min(pairs, rows_per_message));
  const double kept = row_bytes * static_cast<double>(BestRows::most_held(count, pairs));
  if (memory - fixed - kept >= least) return memory - fixed - kept;
  const auto fit = static_cast<std::int64_t>((memory - fixed - least) / row_bytes / 2);
  throw UsageError(
      fmt::format("{}: the summary of {} needs {} GiB on each rank and {} are allowed; give it more{}",
                  parameter("memory"),
                  count >= pairs ? fmt::format("up to {} pairs", with_thousands(pairs))
                                 : fmt::format("the top {} pairs", with_thousands(count)),
                  gibibytes(fixed + kept + least), gibibytes(memory),
                  fit > 0 ? fmt::format(", or keep fewer: -n {} fits", fit) : ""));
}

}  // namespace dko
