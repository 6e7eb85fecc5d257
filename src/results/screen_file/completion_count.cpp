#include "dko/results/screen_file/completion_count.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "block_record.hpp"
#include "dko/base/error.hpp"
#include "dko/results/screen_file/rank_snapshots.hpp"
#include "results/aggregate/summary_layout.hpp"
#include "screen_layout.hpp"

namespace dko {

namespace {

namespace layout = screen_layout;

constexpr std::int64_t blocks_at_once = std::int64_t{1} << 20;

/// A block is there when all its scores are.
std::int64_t events_on_record(const BlockRecord& record) {
  std::int64_t events = 0;
  for (std::int64_t first = 0; first < record.blocks(); first += blocks_at_once) {
    const std::int64_t count = std::min(blocks_at_once, record.blocks() - first);
    std::vector<bool> is_there(static_cast<std::size_t>(count), true);
    for (const Score score : every_score) {
      if (!record.scores().has(score)) continue;
      const std::vector<std::uint64_t> noted = record.read(score, first, count);
      for (std::size_t at = 0; at < noted.size(); ++at) is_there[at] = is_there[at] && noted[at] != 0;
    }
    for (std::int64_t at = 0; at < count; ++at) {
      if (is_there[static_cast<std::size_t>(at)]) events += record.events_of(first + at).size();
    }
  }
  return events;
}

/// All pairs of the genes that are knocked out on their own, as PairIndex counts them.
std::int64_t pairs_of_singles(const hdf5::File& file) {
  const auto starts = file.group(layout::single).read<std::int64_t>(layout::indptr);
  const auto expressed = file.group(layout::cells).read<std::int32_t>(layout::n_genes);
  if (starts.size() != expressed.size() + 1)
    throw InputError(fmt::format("{}: array sizes are inconsistent: the file is corrupt", file.path()));
  std::int64_t pairs = 0;
  for (std::size_t cell = 0; cell < expressed.size(); ++cell) {
    const std::int64_t m = starts[cell + 1] - starts[cell];
    if (expressed[cell] > 2) pairs += m * (m - 1) / 2;
  }
  return pairs;
}

/// Pairs of a summary in their cells: of complete rows, and in saved sums of others.
std::int64_t summed_pairs(const hdf5::File& file, const RankSnapshots& states) {
  const hdf5::Dataset counts = file.group(summary_layout::group).dataset(summary_layout::cells);
  const auto noted =
      file.group(layout::progress).group(summary_layout::group).read<std::uint64_t>(summary_layout::cells);
  const std::vector<std::int64_t> starts = summary_layout::row_starts(std::ssize(noted));
  std::int64_t pairs = 0;
  std::vector<EventRange> left;
  std::vector<std::int32_t> of_row;
  for (std::size_t row = 0; row < noted.size(); ++row) {
    if (noted[row] == 0) {
      left.push_back({static_cast<std::int64_t>(row), static_cast<std::int64_t>(row) + 1});
      continue;
    }
    of_row.resize(static_cast<std::size_t>(starts[row + 1] - starts[row]));
    counts.read(starts[row], std::span(of_row));
    for (const std::int32_t cells : of_row) pairs += cells;
  }
  return pairs + states.summed(left, std::ssize(noted));
}

}  // namespace

CompletionCount count_scored(const std::filesystem::path& partial) {
  const hdf5::File file = hdf5::File::open(partial, hdf5::Access::watch);
  hdf5::read_header(file, layout::kind);
  const hdf5::Location progress = file.group(layout::progress);
  const RankSnapshots states(partial, progress.text_attribute(layout::job));
  const std::string keep = progress.text_attribute(layout::keep);
  const bool keeps_part = keep != "none" && keep != "full";
  CompletionCount all;
  for (const ScoreArray array : every_array) {
    // The list is a copy of the kept pairs.
    if ((keeps_part && array != ScoreArray::singles) || !progress.has(layout::group_of(array))) continue;
    const BlockRecord record(file, array);
    all.of += record.events();
    all.scored += events_on_record(record);
  }
  if (keeps_part) {
    all.of += pairs_of_singles(file);
    all.scored += keep == "summary" ? summed_pairs(file, states) : states.selected_from();
  }
  return all;
}

}  // namespace dko
