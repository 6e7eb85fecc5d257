#include "dko/results/screen_file/pair_summary_file.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <span>
#include <utility>

#include "dko/base/block_checksum.hpp"
#include "dko/base/output_path.hpp"
#include "dko/parallel/parallel_file.hpp"
#include "results/aggregate/summary_layout.hpp"
#include "row_checksums.hpp"
#include "screen_layout.hpp"

namespace dko {

namespace {

namespace layout = summary_layout;

constexpr std::int64_t pairs_per_write = std::int64_t{1} << 18;  // a megabyte of each array
constexpr float none = std::numeric_limits<float>::quiet_NaN();

/// What is stored of consecutive pairs.
struct Piece {
  std::vector<std::int32_t> cells;
  std::vector<std::vector<float>> numbers;  // of each array but the cells

  /// The arrays of a measure, from number `array` on, as layout::arrays_of has them.
  void fill(const PairSums& sums, EventRange pairs, std::size_t measure, std::size_t array,
            std::size_t count) {
    for (std::int64_t pair = pairs.first; pair < pairs.last; ++pair) {
      const auto at = static_cast<std::size_t>(pair - pairs.first);
      const auto set = [&](std::size_t which, float value) {
        if (which < count) numbers[array + which][at] = value;
      };
      const bool has_cells = cells[at] > 0;
      const OverCells over = has_cells ? sums.over_cells(measure, pair) : OverCells{none, none, none};
      set(0, static_cast<float>(over.mean));
      set(1, over.sd);
      set(2, has_cells ? sums.lowest(measure, pair) : none);
      set(3, has_cells ? sums.highest(measure, pair) : none);
      set(4, over.same_sign);
    }
  }
};

}  // namespace

PairSummaryWriter::PairSummaryWriter(const std::filesystem::path& path, const Communicator& ranks,
                                     const ScreenPlan& plan)
    : path_(path), ranks_(ranks), file_(open_on_all_ranks(path, ranks)), measures_(summed_measures(plan)) {
  const hdf5::Location progress = file_.group(screen_layout::progress).group(layout::group);
  for (const std::string& name : layout::all_arrays(measures_))
    arrays_.push_back({file_.group(layout::group).dataset(name), progress.dataset(name)});
}

PairSummaryWriter::~PairSummaryWriter() = default;

/// A rank's part of a block, on its way into the file.
class PairSummaryWriter::Block {
 public:
  Block(PairSummaryWriter& writer, const PairSums& sums, const PairDivision& division)
      : writer_(writer),
        sums_(sums),
        checksums_(division, sums.genes(), writer.arrays_.size(), writer.ranks_) {}

  void write() {
    const std::int64_t first = sums_.first_pair();
    for (std::int64_t done = 0; done < sums_.pairs();) {
      const std::int64_t left = pairs_per_write - (first + done) % pairs_per_write;
      const std::int64_t end = std::min(sums_.pairs(), done + left);
      fill({done, end});
      put(0, first + done, std::span<const std::int32_t>(piece_.cells));
      for (std::size_t array = 0; array < piece_.numbers.size(); ++array)
        put(array + 1, first + done, std::span<const float>(piece_.numbers[array]));
      done = end;
    }
    checksums_.join();
    for (std::size_t array = 0; array < writer_.arrays_.size(); ++array) {
      const std::span<const std::uint64_t> rows = checksums_.of(array);
      if (!rows.empty()) writer_.arrays_[array].record.write(checksums_.first_row(), rows);
    }
  }

 private:
  void fill(EventRange pairs) {
    const auto count = static_cast<std::size_t>(pairs.size());
    piece_.cells.resize(count);
    for (std::size_t at = 0; at < count; ++at)
      piece_.cells[at] = static_cast<std::int32_t>(sums_.cells(pairs.first + static_cast<std::int64_t>(at)));
    piece_.numbers.resize(writer_.arrays_.size() - 1);
    for (std::vector<float>& numbers : piece_.numbers) numbers.resize(count);
    std::size_t array = 0;
    for (std::size_t measure = 0; measure < writer_.measures_.size(); ++measure) {
      const std::size_t of_measure = layout::arrays_of(writer_.measures_[measure]).size();
      piece_.fill(sums_, pairs, measure, array, of_measure);
      array += of_measure;
    }
  }

  template <class T>
  void put(std::size_t array, std::int64_t first, std::span<const T> values) {
    writer_.arrays_[array].values.write(first, values);
    checksums_.add(array, first, values);
  }

  PairSummaryWriter& writer_;
  const PairSums& sums_;
  RowChecksums checksums_;
  Piece piece_;
};

void PairSummaryWriter::write(const PairSums& sums, const PairDivision& division) {
  Block(*this, sums, division).write();
}

void PairSummaryWriter::close() {
  arrays_.clear();
  close_on_all_ranks(file_, ranks_);
  sync_file(path_);
}

}  // namespace dko
