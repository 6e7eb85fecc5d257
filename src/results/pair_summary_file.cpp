#include "dko/results/pair_summary_file.hpp"

#include <algorithm>
#include <limits>
#include <span>

#include "dko/parallel/parallel_file.hpp"
#include "summary_layout.hpp"

namespace dko {

namespace {

namespace layout = summary_layout;

constexpr std::int64_t numbers_per_write = std::int64_t{1} << 20;
constexpr float none = std::numeric_limits<float>::quiet_NaN();

std::string path_of(const Measure& measure, const std::string& array) {
  return layout::group_of(measure) + "/" + array;
}

}  // namespace

PairSummaryWriter::PairSummaryWriter(const std::filesystem::path& path, const Communicator& ranks,
                                     const ScreenPlan& plan)
    : file_(open_on_all_ranks(path, ranks)), measures_(summed_measures(plan)) {
  const hdf5::Location summary = file_.group(layout::group);
  datasets_.emplace(layout::cells, summary.dataset(layout::cells));
  for (const Measure& measure : measures_) {
    for (const std::string& array : layout::arrays_of(measure))
      datasets_.emplace(path_of(measure, array), summary.group(layout::group_of(measure)).dataset(array));
  }
}

/// value(i) to place first + i, i < count, in pieces that end at whole multiples of their size.
template <class Number, class Value>
void PairSummaryWriter::write_array(const std::string& name, std::int64_t first, std::int64_t count,
                                    Value value) {
  std::vector<Number> piece;
  for (std::int64_t done = 0; done < count;) {
    const std::int64_t left = numbers_per_write - (first + done) % numbers_per_write;
    const std::int64_t end = std::min(count, done + left);
    piece.clear();
    for (std::int64_t at = done; at < end; ++at) piece.push_back(value(at));
    datasets_.at(name).write(first + done, std::span<const Number>(piece));
    done = end;
  }
}

void PairSummaryWriter::write_measure(std::int64_t first, const PairSums& sums, std::size_t measure) {
  const auto write_numbers = [&](const char* array, auto number) {
    const auto found = datasets_.find(path_of(measures_[measure], array));
    if (found == datasets_.end()) return;
    write_array<float>(found->first, first, sums.pairs(),
                       [&](std::int64_t pair) { return sums.cells(pair) > 0 ? number(pair) : none; });
  };
  const auto over_cells = [&](std::int64_t pair) { return sums.over_cells(measure, pair); };
  write_numbers(layout::mean, [&](std::int64_t pair) { return static_cast<float>(over_cells(pair).mean); });
  write_numbers(layout::sd, [&](std::int64_t pair) { return over_cells(pair).sd; });
  write_numbers(layout::min, [&](std::int64_t pair) { return sums.lowest(measure, pair); });
  write_numbers(layout::max, [&](std::int64_t pair) { return sums.highest(measure, pair); });
  write_numbers(layout::same_sign, [&](std::int64_t pair) { return over_cells(pair).same_sign; });
}

void PairSummaryWriter::write(std::int64_t first, const PairSums& sums) {
  write_array<std::int32_t>(layout::cells, first, sums.pairs(),
                            [&](std::int64_t pair) { return static_cast<std::int32_t>(sums.cells(pair)); });
  for (std::size_t measure = 0; measure < measures_.size(); ++measure) write_measure(first, sums, measure);
}

void PairSummaryWriter::close() {
  datasets_.clear();
  file_.close();
}

}  // namespace dko
