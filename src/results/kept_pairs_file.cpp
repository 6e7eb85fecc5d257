#include "dko/results/kept_pairs_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "dko/base/block_checksum.hpp"
#include "dko/base/error.hpp"
#include "dko/base/output_file.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/parallel/parallel_file.hpp"
#include "dko/results/screen_size.hpp"
#include "score_layout.hpp"
#include "screen_layout.hpp"

namespace dko {

namespace {

namespace layout = screen_layout;

constexpr std::int64_t pairs_per_write = std::int64_t{1} << 18;

/// Where the ranks' parts of the list start, and the end of the last. Collective.
std::vector<std::int64_t> parts_of(std::int64_t own, const Communicator& ranks) {
  std::vector<std::int64_t> counts = ranks.gather(std::span<const std::int64_t>(&own, 1));
  ranks.broadcast(counts);
  std::vector<std::int64_t> starts{0};
  for (const std::int64_t count : counts) starts.push_back(starts.back() + count);
  return starts;
}

/// The pieces that all of them are written in, each by its rank, and has a checksum.
std::vector<std::int64_t> pieces_of(std::span<const std::int64_t> parts) {
  std::vector<std::int64_t> starts;
  for (std::size_t rank = 0; rank + 1 < parts.size(); ++rank) {
    for (std::int64_t first = parts[rank]; first < parts[rank + 1]; first += pairs_per_write)
      starts.push_back(first);
  }
  starts.push_back(parts.back());
  return starts;
}

/// Of both, for each array of the list, by its name.
void create_sums(hdf5::File& file, std::span<const std::int64_t> pieces, ScoreSet scores) {
  hdf5::Location progress =
      file.has_group(layout::progress) ? file.group(layout::progress) : file.create_group(layout::progress);
  hdf5::Location sums = progress.create_group(layout::list);
  sums.write(layout::starts, pieces);
  const hdf5::Shape shape{std::ssize(pieces) - 1};
  for (const char* name : {layout::event_genes, layout::event_cell})
    sums.create(name, hdf5::Type::u64, shape);
  for (const Score score : every_score) {
    if (scores.has(score)) sums.create(layout::name_of(score), hdf5::Type::u64, shape);
  }
}

void create_list(const std::filesystem::path& path, std::span<const std::int64_t> pieces, ScoreSet scores) {
  const std::int64_t pairs = pieces.back();
  require_disk_space(path, kept_pairs_bytes(pairs, scores), "the pairs that are kept");
  hdf5::File file = hdf5::File::open(path, hdf5::Access::write);
  hdf5::Location list = file.create_group(layout::list);
  list.create(layout::event_genes, hdf5::Type::i32, {pairs, 2});
  list.create(layout::event_cell, hdf5::Type::i32, {pairs});
  for (const char* name : {layout::event_genes, layout::event_cell})
    list.set_encoding(name, "array", "0.2.0");
  create_scores(list, scores, pairs);
  create_sums(file, pieces, scores);
  file.close();
}

/// The list of a file that is open on all ranks, and the checksums of its pieces.
class ListPieces {
 public:
  explicit ListPieces(const hdf5::File& file)
      : list_(file.group(layout::list)), sums_(file.group(layout::progress).group(layout::list)) {}

  /// Piece number `piece`, of the events from `first` on.
  void write(std::int64_t piece, std::int64_t first, std::span<const KeptPair> pairs, const ScreenPlan& plan,
             const PairIndex& index) {
    std::vector<std::int32_t> genes;
    std::vector<std::int32_t> cells;
    for (const KeptPair& pair : pairs) {
      const auto [cell, places] = index.locate(pair.number);
      const auto targets = plan.targets.of(cell);
      genes.push_back(targets[static_cast<std::size_t>(places.first)]);
      genes.push_back(targets[static_cast<std::size_t>(places.second)]);
      cells.push_back(static_cast<std::int32_t>(cell));
    }
    write(layout::event_genes, piece, first, std::span<const std::int32_t>(genes));
    write(layout::event_cell, piece, first, std::span<const std::int32_t>(cells));
    std::vector<float> values(pairs.size());
    for (const Score score : every_score) {
      if (!plan.doubles.has(score)) continue;
      std::transform(pairs.begin(), pairs.end(), values.begin(),
                     [&](const KeptPair& pair) { return pair.scores[score]; });
      write(layout::name_of(score), piece, first, std::span<const float>(values));
    }
  }

 private:
  template <class T>
  void write(const char* name, std::int64_t piece, std::int64_t first, std::span<const T> values) {
    list_.dataset(name).write(first, values);
    const std::uint64_t sum = block_checksum(values);
    sums_.dataset(name).write(piece, std::span(&sum, 1));
  }

  hdf5::Location list_;
  hdf5::Location sums_;
};

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

std::int64_t write_kept_pairs(const std::filesystem::path& path, const ScreenPlan& plan,
                              const PairIndex& index, const std::vector<KeptPair>& kept,
                              const Communicator& ranks) {
  const std::vector<std::int64_t> parts = parts_of(std::ssize(kept), ranks);
  const std::vector<std::int64_t> pieces = pieces_of(parts);
  on_root(ranks, [&] { writing([&] { create_list(path, pieces, plan.doubles); }); });
  hdf5::File file = open_on_all_ranks(path, ranks);
  writing([&] {
    ListPieces list(file);
    const std::int64_t own = parts[static_cast<std::size_t>(ranks.rank())];
    auto piece = std::lower_bound(pieces.begin(), pieces.end(), own);
    for (std::int64_t done = 0; done < std::ssize(kept); done += pairs_per_write, ++piece) {
      const auto rest = std::span(kept).subspan(static_cast<std::size_t>(done));
      list.write(piece - pieces.begin(), *piece,
                 rest.first(std::min(rest.size(), static_cast<std::size_t>(pairs_per_write))), plan, index);
    }
  });
  file.close();
  ranks.barrier();
  return parts.back();
}

}  // namespace dko
