#include "dko/results/screen_file/read_back.hpp"

#include <vector>

#include "block_record.hpp"
#include "score_layout.hpp"
#include "screen_layout.hpp"

namespace dko {

namespace layout = screen_layout;

namespace {

/// What is on record of some blocks, by score.
using Noted = PerScore<std::vector<std::uint64_t>>;

Noted noted_of(const BlockRecord& record, EventRange blocks) {
  Noted noted;
  for (const Score score : every_score) {
    if (record.scores().has(score)) noted[score] = record.read(score, blocks.first, blocks.size());
  }
  return noted;
}

/// How a block was found, given what is on record of it.
BlockCounts counts_of(const BlockRecord& record, const StoredBlock& block, const Noted& noted,
                      std::size_t at) {
  BlockCounts counts;
  for (const Score score : every_score) {
    if (!record.scores().has(score)) continue;
    const std::uint64_t stated = noted[score][at];
    if (stated == 0) {
      ++counts.absent;
      continue;
    }
    ++counts.read;
    counts.bytes += block.events.size() * static_cast<std::int64_t>(sizeof(float));
    if (record.checksums(block.scores[score]).front() != stated) ++counts.damaged;
  }
  if (counts.absent + counts.damaged > 0) counts.first = block.events.first;
  return counts;
}

}  // namespace

void BlockCounts::add(const BlockCounts& other) {
  read += other.read;
  bytes += other.bytes;
  absent += other.absent;
  damaged += other.damaged;
  if (first < 0) first = other.first;
}

ScoreSet stored_scores(const ScreenPlan& plan, ScoreArray array) {
  if (array == ScoreArray::singles) return plan.singles;
  if (array == ScoreArray::pairs) return plan.stores_all_pairs() ? plan.doubles : ScoreSet();
  return plan.list ? plan.listed : ScoreSet();
}

StoredExtent stored_extent(const hdf5::File& file, ScoreArray array) {
  if (!file.has_group(layout::progress)) return {};
  if (!file.group(layout::progress).has_group(layout::group_of(array))) return {};
  const BlockRecord record(file, array);
  return {record.blocks(), record.events(), record.scores()};
}

std::string text_of(ScoreSet scores, const char* separator, const char* none) {
  std::string text;
  for (const Score score : every_score) {
    if (scores.has(score)) text += (text.empty() ? "" : separator) + std::string(layout::name_of(score));
  }
  return text.empty() ? none : text;
}

BlockCounts read_blocks_back(const hdf5::File& file, ScoreArray array, EventRange blocks,
                             const std::function<void(const StoredBlock&)>& visit) {
  BlockCounts counts;
  if (blocks.size() <= 0) return counts;
  const BlockRecord record(file, array);
  const Noted noted = noted_of(record, blocks);
  PerScore<std::vector<float>> values;
  for (std::int64_t number = blocks.first; number < blocks.last; ++number) {
    StoredBlock block{array, record.events_of(number), {}};
    block.scores = read_scores(file, array, record.scores(), block.events, values);
    const BlockCounts found =
        counts_of(record, block, noted, static_cast<std::size_t>(number - blocks.first));
    counts.add(found);
    if (found.absent == 0) visit(block);
  }
  return counts;
}

}  // namespace dko
