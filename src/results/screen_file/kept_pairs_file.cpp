#include "dko/results/screen_file/kept_pairs_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <span>
#include <string>

#include "block_record.hpp"
#include "dko/base/block_checksum.hpp"
#include "dko/base/error.hpp"
#include "dko/base/output_path.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/parallel/parallel_file.hpp"
#include "score_layout.hpp"
#include "screen_layout.hpp"

namespace dko {

namespace {

namespace layout = screen_layout;

constexpr std::size_t pairs_per_write = std::size_t{1} << 18;

/// Kept pairs of consecutive events, and where they go.
struct Part {
  std::span<const KeptPair> pairs;
  std::int64_t place = 0;
};

/// The rank's parts, which lie between those of other ranks in the order of events. Collective.
std::vector<Part> parts_of(const PairSelection& selection, const Communicator& ranks) {
  const std::span<const KeptPair> kept = selection.kept();
  const auto at = [&](std::int64_t number) {
    return std::lower_bound(kept.begin(), kept.end(), number,
                            [](const KeptPair& pair, std::int64_t event) { return pair.number < event; }) -
           kept.begin();
  };
  std::vector<Part> own;
  std::vector<std::int64_t> firsts;
  std::vector<std::int64_t> counts;
  for (const EventRange& range : selection.done()) {
    const auto first = at(range.first);
    own.push_back(
        {kept.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(at(range.last) - first))});
    firsts.push_back(range.first);
    counts.push_back(std::ssize(own.back().pairs));
  }
  const auto all_firsts = ranks.broadcast(ranks.gather(std::span<const std::int64_t>(firsts)));
  const auto all_counts = ranks.broadcast(ranks.gather(std::span<const std::int64_t>(counts)));
  for (std::size_t part = 0; part < own.size(); ++part) {
    for (std::size_t other = 0; other < all_firsts.size(); ++other)
      own[part].place += all_firsts[other] < firsts[part] ? all_counts[other] : 0;
  }
  return own;
}

/// The arrays of the list by their names. Every rank opens all of them, whether it has pairs or not: the
/// ranks read together what HDF5 knows of them.
using ListArrays = std::map<std::string, hdf5::Dataset>;

ListArrays open_arrays(const hdf5::File& file, ScoreSet scores) {
  const hdf5::Location list = file.group(layout::list);
  ListArrays arrays;
  for (const char* name : {layout::event_genes, layout::event_cell}) arrays.emplace(name, list.dataset(name));
  for (const Score score : every_score) {
    if (scores.has(score)) arrays.emplace(layout::name_of(score), list.dataset(layout::name_of(score)));
  }
  return arrays;
}

void write_piece(ListArrays& list, std::int64_t first, std::span<const KeptPair> pairs,
                 const ScreenPlan& plan, const PairIndex& index) {
  std::vector<std::int32_t> genes;
  std::vector<std::int32_t> cells;
  for (const KeptPair& pair : pairs) {
    const auto [cell, places] = index.locate(pair.number);
    const auto targets = plan.targets.of(cell);
    genes.push_back(targets[static_cast<std::size_t>(places.first)]);
    genes.push_back(targets[static_cast<std::size_t>(places.second)]);
    cells.push_back(static_cast<std::int32_t>(cell));
  }
  list.at(layout::event_genes).write(first, std::span<const std::int32_t>(genes));
  list.at(layout::event_cell).write(first, std::span<const std::int32_t>(cells));
  std::vector<float> values(pairs.size());
  for (const Score score : every_score) {
    if (!plan.doubles.has(score)) continue;
    std::transform(pairs.begin(), pairs.end(), values.begin(),
                   [&](const KeptPair& pair) { return pair.scores[score]; });
    list.at(layout::name_of(score)).write(first, std::span<const float>(values));
  }
}

/// Checksums of all of an array of rows of `width` numbers.
void set_checksum(hdf5::Location& list, const char* name, std::int64_t rows, std::int64_t width) {
  hdf5::Dataset dataset = list.dataset(name);
  RunningChecksum sum;
  for (std::int64_t first = 0; first < rows; first += events_of_block) {
    const std::int64_t count = std::min(events_of_block, rows - first);
    std::vector<std::int32_t> values(static_cast<std::size_t>(count * width));
    dataset.read(first, std::span(values));
    sum.add(std::span<const std::int32_t>(values));
  }
  dataset.set_checksum(sum.value());
}

/// All that is there, block by block: ranks' parts do not end where blocks do.
void put_on_record(const std::filesystem::path& path) {
  hdf5::File file = hdf5::File::open(path, hdf5::Access::write);
  {
    BlockRecord record(file, ScoreArray::list);
    hdf5::Location list = file.group(layout::list);
    set_checksum(list, layout::event_genes, record.events(), 2);
    set_checksum(list, layout::event_cell, record.events(), 1);
    PerScore<std::vector<float>> values;
    for (std::int64_t block = 0; block < record.blocks(); ++block) {
      const EventRange events = record.events_of(block);
      record.note(events.first, read_scores(file, ScoreArray::list, record.scores(), events, values));
    }
  }
  file.close();
}

/// What was just written and cannot be read back is a failure to write.
template <class Work>
void writing(Work work) {
  try {
    work();
  } catch (const InputError& failure) {
    throw IoError(fmt::format("{}: writing failed: is the disk or the quota full?", failure.what()));
  }
}

}  // namespace

std::filesystem::path whole_file(std::filesystem::path unfinished) {
  return unfinished += ".whole";
}

std::int64_t count_kept(const PairSelection& selection, const Communicator& ranks) {
  return ranks.sum(std::ssize(selection.kept()));
}

void write_kept_pairs(const std::filesystem::path& path, const ScreenPlan& plan, const PairIndex& index,
                      const PairSelection& selection, const Communicator& ranks) {
  const std::vector<Part> parts = parts_of(selection, ranks);
  hdf5::File file = open_on_all_ranks(path, ranks);
  {
    ListArrays list = open_arrays(file, plan.doubles);
    for (const Part& part : parts) {
      for (std::size_t done = 0; done < part.pairs.size(); done += pairs_per_write) {
        const auto piece = part.pairs.subspan(done);
        write_piece(list, part.place + static_cast<std::int64_t>(done),
                    piece.first(std::min(piece.size(), pairs_per_write)), plan, index);
      }
    }
  }
  close_on_all_ranks(file, ranks);
  sync_file(path);
  ranks.barrier();
  on_root(ranks, [&] { writing([&] { put_on_record(path); }); });
}

}  // namespace dko
