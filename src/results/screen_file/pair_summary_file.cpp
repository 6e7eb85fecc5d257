#include "dko/results/screen_file/pair_summary_file.hpp"

#include <algorithm>
#include <limits>
#include <span>
#include <utility>

#include "dko/base/block_checksum.hpp"
#include "dko/base/output_path.hpp"
#include "dko/parallel/parallel_file.hpp"
#include "results/aggregate/summary_layout.hpp"
#include "screen_layout.hpp"

namespace dko {

namespace {

namespace layout = summary_layout;

constexpr std::int64_t numbers_per_write = std::int64_t{1} << 20;
constexpr float none = std::numeric_limits<float>::quiet_NaN();

std::string path_of(const Measure& measure, const std::string& array) {
  return column_name(measure) + "/" + array;
}

/// value(i) to place first + i, i < count, in pieces that end at whole multiples of their size.
template <class Value>
void write_array(hdf5::Dataset& dataset, std::int64_t first, std::int64_t count, Value value) {
  using Number = decltype(value(0));
  std::vector<Number> piece;
  for (std::int64_t done = 0; done < count;) {
    const std::int64_t left = numbers_per_write - (first + done) % numbers_per_write;
    const std::int64_t end = std::min(count, done + left);
    piece.clear();
    for (std::int64_t at = done; at < end; ++at) piece.push_back(value(at));
    dataset.write(first + done, std::span<const Number>(piece));
    done = end;
  }
}

/// Checksum of each row of an array.
template <class Value>
std::vector<std::uint64_t> row_checksums(const PairSums& sums, Value value) {
  std::vector<std::uint64_t> checksums;
  std::vector<decltype(value(0))> values;
  for (std::int64_t row = sums.firsts().first; row < sums.firsts().last; ++row) {
    const EventRange pairs = sums.row(row);
    values.clear();
    for (std::int64_t pair = pairs.first; pair < pairs.last; ++pair) values.push_back(value(pair));
    checksums.push_back(block_checksum(std::span(std::as_const(values))));
  }
  return checksums;
}

}  // namespace

PairSummaryWriter::PairSummaryWriter(const std::filesystem::path& path, const Communicator& ranks,
                                     const ScreenPlan& plan)
    : path_(path), ranks_(ranks), file_(open_on_all_ranks(path, ranks)), measures_(summed_measures(plan)) {
  const hdf5::Location progress = file_.group(screen_layout::progress).group(layout::group);
  for (const std::string& name : layout::all_arrays(measures_)) {
    datasets_.emplace(name, file_.group(layout::group).dataset(name));
    records_.emplace(name, progress.dataset(name));
  }
}

/// Calls visit(array, value), value(pair) being its number of each pair, as it is stored.
template <class Visit>
void PairSummaryWriter::visit_arrays(const PairSums& sums, Visit visit) const {
  visit(std::string(layout::cells),
        [&](std::int64_t pair) { return static_cast<std::int32_t>(sums.cells(pair)); });
  for (std::size_t measure = 0; measure < measures_.size(); ++measure) {
    const auto numbers = [&](const char* array, auto number) {
      if (const std::string name = path_of(measures_[measure], array); datasets_.contains(name))
        visit(name, [&](std::int64_t pair) { return sums.cells(pair) > 0 ? number(pair) : none; });
    };
    const auto over_cells = [&](std::int64_t pair) { return sums.over_cells(measure, pair); };
    numbers(layout::mean, [&](std::int64_t pair) { return static_cast<float>(over_cells(pair).mean); });
    numbers(layout::sd, [&](std::int64_t pair) { return over_cells(pair).sd; });
    numbers(layout::min, [&](std::int64_t pair) { return sums.lowest(measure, pair); });
    numbers(layout::max, [&](std::int64_t pair) { return sums.highest(measure, pair); });
    numbers(layout::same_sign, [&](std::int64_t pair) { return over_cells(pair).same_sign; });
  }
}

void PairSummaryWriter::write(const PairSums& sums) {
  visit_arrays(sums, [&](const std::string& name, const auto& value) {
    write_array(datasets_.at(name), sums.first_pair(), sums.pairs(), value);
  });
  sync_file(path_);
  visit_arrays(sums, [&](const std::string& name, const auto& value) {
    const std::vector<std::uint64_t> checksums = row_checksums(sums, value);
    records_.at(name).write(sums.firsts().first, std::span(checksums));
  });
}

void PairSummaryWriter::close() {
  datasets_.clear();
  records_.clear();
  close_on_all_ranks(file_, ranks_);
  sync_file(path_);
}

}  // namespace dko
