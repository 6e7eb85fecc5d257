#include "block_record.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "dko/base/block_checksum.hpp"
#include "dko/base/error.hpp"
#include "screen_layout.hpp"

namespace dko {

namespace layout = screen_layout;

void create_block_record(hdf5::Location& progress, ScoreArray array, ScoreSet scores, std::int64_t block,
                         std::int64_t events) {
  hdf5::Location group = progress.create_group(layout::group_of(array));
  group.set(layout::block, block);
  group.set(layout::events, events);
  const std::vector<std::uint64_t> nothing(static_cast<std::size_t>((events + block - 1) / block), 0);
  for (const Score score : every_score) {
    if (scores.has(score))
      group.create(layout::name_of(score), hdf5::Type::u64, {std::ssize(nothing)})
          .write(0, std::span<const std::uint64_t>(nothing));
  }
}

BlockRecord::BlockRecord(const hdf5::File& file, ScoreArray array)
    : group_(file.group(layout::progress).group(layout::group_of(array))),
      block_(group_.integer_attribute(layout::block)),
      events_(group_.integer_attribute(layout::events)) {
  const bool is_power = block_ > 0 && (block_ & (block_ - 1)) == 0 && block_ <= events_of_block;
  for (const Score score : every_score) {
    if (!group_.has(layout::name_of(score))) continue;
    scores_[score] = true;
    datasets_.emplace_back(score, group_.dataset(layout::name_of(score)));
  }
  if (!is_power || events_ < 0 || std::any_of(datasets_.begin(), datasets_.end(), [&](const auto& dataset) {
        return dataset.second.size() != blocks();
      }))
    throw InputError(fmt::format("{}: does not fit its array: the file is corrupt", group_.place()));
}

std::vector<std::uint64_t> BlockRecord::checksums(std::span<const float> values) const {
  std::vector<std::uint64_t> sums;
  const auto block = static_cast<std::size_t>(block_);
  for (std::size_t at = 0; at < values.size(); at += block)
    sums.push_back(block_checksum(values.subspan(at, std::min(block, values.size() - at))));
  return sums;
}

void BlockRecord::note(std::int64_t first, const ScoreViews& scores) {
  for (auto& [score, dataset] : datasets_) {
    const std::vector<std::uint64_t> sums = checksums(scores[score]);
    dataset.write(first / block_, std::span<const std::uint64_t>(sums));
  }
}

std::vector<std::uint64_t> BlockRecord::read(Score score, std::int64_t first, std::int64_t count) const {
  std::vector<std::uint64_t> sums(static_cast<std::size_t>(count));
  for (const auto& [stored, dataset] : datasets_) {
    if (stored == score) dataset.read(first, std::span<std::uint64_t>(sums));
  }
  return sums;
}

}  // namespace dko
