#include "dko/results/screen_file/resume_point.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "block_record.hpp"
#include "dko/base/block_checksum.hpp"
#include "dko/base/error.hpp"
#include "dko/knockout/screen/pair_sums_screen.hpp"
#include "dko/parallel/collective.hpp"
#include "results/aggregate/summary_layout.hpp"
#include "score_layout.hpp"
#include "screen_identity.hpp"
#include "screen_layout.hpp"

namespace dko {

namespace {

namespace layout = screen_layout;

/// How one of the parts of a file was found.
enum class Found : std::int32_t { absent, damaged, whole };

/// Every rank looks at its share of `parts`; all get all. Collective.
std::vector<Found> look_at(std::int64_t parts, const std::function<Found(std::int64_t)>& look,
                           const Communicator& ranks) {
  const RankShare own = ranks.share_of(parts);
  const std::vector<std::int32_t> found = on_every_rank(ranks, [&] {
    std::vector<std::int32_t> of_own;
    for (std::int64_t part = own.first; part < own.last; ++part)
      of_own.push_back(static_cast<std::int32_t>(look(part)));
    return of_own;
  });
  std::vector<Found> all;
  for (const std::int32_t one : ranks.broadcast(ranks.gather(std::span<const std::int32_t>(found))))
    all.push_back(static_cast<Found>(one));
  return all;
}

/// Whether blocks of an array are there, in every score, as their checksums say: those that `ranks` leave to
/// this one.
class StoredBlocks {
 public:
  StoredBlocks(const hdf5::File& file, ScoreArray array, const Communicator& ranks)
      : file_(file), array_(array), record_(file, array), own_(ranks.share_of(record_.blocks())) {
    for (const Score score : every_score) {
      if (record_.scores().has(score))
        noted_[score] = record_.read(score, own_.first, own_.last - own_.first);
    }
  }

  const BlockRecord& record() const { return record_; }

  Found look(std::int64_t block) const {
    const EventRange events = record_.events_of(block);
    std::vector<float> values(static_cast<std::size_t>(events.size()));
    Found found = Found::whole;
    for (const Score score : every_score) {
      if (!record_.scores().has(score)) continue;
      const std::uint64_t noted = noted_[score][static_cast<std::size_t>(block - own_.first)];
      if (noted == 0) return Found::absent;
      scores_of(file_, array_, score).read(events.first, std::span(values));
      if (record_.checksums(values).front() != noted) found = Found::damaged;
    }
    return found;
  }

 private:
  const hdf5::File& file_;
  ScoreArray array_;
  BlockRecord record_;
  RankShare own_;
  PerScore<std::vector<std::uint64_t>> noted_;
};

/// Likewise of the pairs of a first gene.
class SummaryRows {
 public:
  SummaryRows(const hdf5::File& file, const ScreenPlan& plan, std::int64_t genes)
      : summary_(file.group(summary_layout::group)),
        arrays_(summary_layout::all_arrays(summed_measures(plan))),
        starts_(summary_layout::row_starts(genes)) {
    const hdf5::Location record = file.group(layout::progress).group(summary_layout::group);
    for (const std::string& array : arrays_) {
      noted_.push_back(record.read<std::uint64_t>(array));
      if (std::ssize(noted_.back()) != genes)
        throw InputError(fmt::format("{}: belongs to other genes: the file is corrupt", record.place()));
    }
  }

  Found look(std::int64_t row) const {
    Found found = Found::whole;
    for (std::size_t at = 0; at < arrays_.size(); ++at) {
      const std::uint64_t noted = noted_[at][static_cast<std::size_t>(row)];
      if (noted == 0) return Found::absent;
      const bool counts = arrays_[at] == summary_layout::cells;
      const std::uint64_t is = counts ? checksum<std::int32_t>(at, row) : checksum<float>(at, row);
      if (is != noted) found = Found::damaged;
    }
    return found;
  }

 private:
  template <class T>
  std::uint64_t checksum(std::size_t array, std::int64_t row) const {
    const std::int64_t first = starts_[static_cast<std::size_t>(row)];
    std::vector<T> values(static_cast<std::size_t>(starts_[static_cast<std::size_t>(row) + 1] - first));
    summary_.dataset(arrays_[array]).read(first, std::span<T>(values));
    return block_checksum(std::span<const T>(values));
  }

  hdf5::Location summary_;
  std::vector<std::string> arrays_;
  std::vector<std::int64_t> starts_;
  std::vector<std::vector<std::uint64_t>> noted_;  // of each array
};

/// What is not whole, joined; `size(part)` are the events of a part.
std::vector<EventRange> not_whole(const std::vector<Found>& parts,
                                  const std::function<EventRange(std::int64_t)>& events_of) {
  std::vector<EventRange> ranges;
  for (std::int64_t part = 0; part < std::ssize(parts); ++part) {
    if (parts[static_cast<std::size_t>(part)] == Found::whole) continue;
    const EventRange events = events_of(part);
    if (!ranges.empty() && ranges.back().last == events.first)
      ranges.back().last = events.last;
    else
      ranges.push_back(events);
  }
  return ranges;
}

/// What rank 0 finds in the file before all look at it.
struct Head {
  std::string job;
  bool is_complete;
};

Head read_head(const std::filesystem::path& path, const ScreenPlan& plan, const Provenance& provenance) {
  const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
  hdf5::read_header(file, layout::kind);
  const hdf5::Location progress = file.group(layout::progress);
  require_identity(progress, plan, provenance, path.string());
  return {progress.text_attribute(layout::job), file.integer_attribute(layout::complete) == 1};
}

void require_events(const BlockRecord& record, std::int64_t events, const std::filesystem::path& path) {
  if (record.events() != events)
    throw InputError(
        fmt::format("{}: its record belongs to other events: the file is corrupt", path.string()));
}

}  // namespace

InstructionSet instructions_of(const std::filesystem::path& path) {
  const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
  hdf5::read_header(file, layout::kind);
  const std::string name = file.text_attribute(layout::instruction_set);
  const auto set = instruction_set_named(name);
  if (!set) throw InputError(fmt::format("{}: unknown instruction set '{}'", path.string(), name));
  return *set;
}

ResumePoint read_left(const std::filesystem::path& path, const ScreenPlan& plan,
                      const ExpressionMatrix& matrix, std::int64_t genes_of_pairs,
                      const Provenance& provenance, const Communicator& ranks) {
  AtRoot<Head> head = on_root(ranks, [&] { return read_head(path, plan, provenance); });
  ResumePoint left;
  left.job = ranks.broadcast(head.take(&Head::job));
  left.is_complete = ranks.broadcast(head.take(&Head::is_complete));
  if (left.is_complete) return left;

  const hdf5::File file = on_every_rank(ranks, [&] { return hdf5::File::open(path, hdf5::Access::read); });
  left.work = whole_work(plan, matrix, 1);
  const auto count_damaged = [&](const std::vector<Found>& parts) {
    left.damaged += std::count(parts.begin(), parts.end(), Found::damaged);
  };
  for (const ScoreArray array : every_array) {
    const std::int64_t events = events_of(plan, matrix, array);
    if (events == 0 || (array == ScoreArray::pairs && !plan.stores_all_pairs())) continue;
    std::optional<StoredBlocks> blocks;
    on_every_rank(ranks, [&] {
      blocks.emplace(file, array, ranks);
      require_events(blocks->record(), events, path);
    });
    const BlockRecord& record = blocks->record();
    const auto parts = look_at(
        record.blocks(), [&](std::int64_t block) { return blocks->look(block); }, ranks);
    count_damaged(parts);
    left.work[array] = {record.block(),
                        not_whole(parts, [&](std::int64_t block) { return record.events_of(block); })};
  }
  if (plan.stores_summary()) {
    std::optional<SummaryRows> rows;
    on_every_rank(ranks, [&] { rows.emplace(file, plan, genes_of_pairs); });
    const auto parts = look_at(
        genes_of_pairs, [&](std::int64_t row) { return rows->look(row); }, ranks);
    count_damaged(parts);
    left.firsts = not_whole(parts, [](std::int64_t row) { return EventRange{row, row + 1}; });
  }
  return left;
}

std::vector<float> read_singles(const std::filesystem::path& path, Score score) {
  const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
  const hdf5::Dataset scores = scores_of(file, ScoreArray::singles, score);
  std::vector<float> values(static_cast<std::size_t>(scores.size()));
  scores.read(0, std::span(values));
  return values;
}

void copy_singles(const std::filesystem::path& path, ScoreSink& to, const ScreenPlan& plan,
                  const ArrayWork& blocks, const Communicator& ranks) {
  const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
  const std::int64_t events = plan.targets.total();
  const RankShare own = ranks.share_of((events + blocks.block - 1) / blocks.block);
  const EventRange range{own.first * blocks.block, std::min(events, own.last * blocks.block)};
  for (std::int64_t first = range.first; first < range.last; first += events_of_block) {
    const std::int64_t count = std::min(events_of_block, range.last - first);
    PerScore<std::vector<float>> values;
    to.write(ScoreArray::singles, first,
             read_scores(file, ScoreArray::singles, plan.singles, {first, first + count}, values));
  }
}

}  // namespace dko
