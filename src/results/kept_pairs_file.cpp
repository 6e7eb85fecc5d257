#include "dko/results/kept_pairs_file.hpp"

#include <algorithm>
#include <span>

#include "dko/base/output_file.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/parallel/parallel_file.hpp"
#include "dko/results/screen_size.hpp"
#include "score_layout.hpp"
#include "screen_layout.hpp"

namespace dko {

namespace {

namespace layout = screen_layout;

constexpr std::size_t pairs_per_write = std::size_t{1} << 18;

/// Where this rank's part starts; `total` becomes the number of all. Collective.
std::int64_t place_of(std::int64_t own, std::int64_t& total, const Communicator& ranks) {
  std::vector<std::int64_t> counts = ranks.gather(std::span<const std::int64_t>(&own, 1));
  ranks.broadcast(counts);
  std::int64_t before = 0;
  total = 0;
  for (std::size_t rank = 0; rank < counts.size(); ++rank) {
    if (rank == static_cast<std::size_t>(ranks.rank())) before = total;
    total += counts[rank];
  }
  return before;
}

void create_list(const std::filesystem::path& path, std::int64_t pairs, ScoreSet scores) {
  require_disk_space(path, kept_pairs_bytes(pairs, scores), "the pairs that are kept");
  hdf5::File file = hdf5::File::open(path, hdf5::Access::write);
  hdf5::Location list = file.create_group(layout::list);
  list.create(layout::event_genes, hdf5::Type::i32, {pairs, 2});
  list.create(layout::event_cell, hdf5::Type::i32, {pairs});
  for (const char* name : {layout::event_genes, layout::event_cell})
    list.set_encoding(name, "array", "0.2.0");
  create_scores(list, scores, pairs);
  file.close();
}

void write_piece(hdf5::Location& list, std::int64_t first, std::span<const KeptPair> pairs,
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
  list.dataset(layout::event_genes).write(first, std::span<const std::int32_t>(genes));
  list.dataset(layout::event_cell).write(first, std::span<const std::int32_t>(cells));
  std::vector<float> values(pairs.size());
  for (const Score score : every_score) {
    if (!plan.doubles.has(score)) continue;
    std::transform(pairs.begin(), pairs.end(), values.begin(),
                   [&](const KeptPair& pair) { return pair.scores[score]; });
    list.dataset(layout::name_of(score)).write(first, std::span<const float>(values));
  }
}

}  // namespace

std::int64_t write_kept_pairs(const std::filesystem::path& path, const ScreenPlan& plan,
                              const PairIndex& index, const std::vector<KeptPair>& kept,
                              const Communicator& ranks) {
  std::int64_t total = 0;
  const std::int64_t before = place_of(std::ssize(kept), total, ranks);
  on_root(ranks, [&] { create_list(path, total, plan.doubles); });
  hdf5::File file = open_on_all_ranks(path, ranks);
  {
    hdf5::Location list = file.group(layout::list);
    for (std::size_t done = 0; done < kept.size(); done += pairs_per_write) {
      const auto piece = std::span<const KeptPair>(kept).subspan(done);
      write_piece(list, before + static_cast<std::int64_t>(done),
                  piece.first(std::min(piece.size(), pairs_per_write)), plan, index);
    }
  }
  file.close();
  ranks.barrier();
  return total;
}

}  // namespace dko
