#include "dko/benchmark/screen_verification.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "dko/base/error.hpp"
#include "dko/base/parameter.hpp"
#include "dko/base/stopwatch.hpp"
#include "dko/base/text.hpp"
#include "dko/knockout/events/event_index.hpp"
#include "dko/knockout/kernels/ensemble_kernel.hpp"
#include "dko/knockout/score/cell_scores.hpp"
#include "dko/knockout/screen/screen_cells.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/planning/screen_memory.hpp"
#include "dko/results/screen_file/screen_reader.hpp"
#include "dko/system/page_cache.hpp"
#include "dko/workflow/collapse_members.hpp"
#include "score_sample.hpp"
#include "synthetic_screen.hpp"

namespace dko {

namespace {

const char* text_of(ScoreArray array) {
  return array == ScoreArray::singles ? "single" : "double";
}

/// Scores knockouts again and compares them with those that were stored.
class Comparison {
 public:
  Comparison(const ScreenPlan& plan, const RelativeProfiles& matrix,
             std::span<const CollapsedMapping> members, const SampleOptions& options)
      : plan_(plan),
        cells_(plan, matrix),
        kernel_(members, plan.instructions, plan.base),
        pairs_(matrix, plan.targets),
        sample_(plan.targets.total() + pairs_.total(), options.events,
                static_cast<std::uint64_t>(options.seed)) {
    kernel_.set_presence(plan.presence);
  }

  const ScoreSample& sample() const { return sample_; }

  void compare(const StoredBlock& block) {
    const bool is_single = block.array == ScoreArray::singles;
    const std::int64_t offset = is_single ? 0 : plan_.targets.total();
    const std::int64_t events = is_single ? plan_.targets.total() : pairs_.total();
    const EventRange range{block.events.first + offset, std::min(block.events.last, events) + offset};
    for (const std::int64_t number : sample_.within(range)) compare(block, number - offset);
  }

  std::int64_t sampled = 0;
  std::int64_t compared = 0;
  std::int64_t wrong = 0;
  ScoreDifference largest;

 private:
  void compare(const StoredBlock& block, std::int64_t event) {
    const KnockoutScores computed = computed_scores(block.array, event);
    const auto at = static_cast<std::size_t>(event - block.events.first);
    bool is_complete = true;
    for (const Score score : every_score) {
      if (!stored_scores(plan_, block.array).has(score)) continue;
      const std::span<const float> stored = block.scores[score];
      if (stored.empty())
        is_complete = false;
      else
        add({block.array, event, static_cast<double>(stored[at]), computed[score]});
    }
    if (is_complete) ++sampled;
  }

  void add(ScoreDifference difference) {
    const double size = std::abs(difference.stored - difference.computed);
    difference.size = std::isnan(size) ? std::numeric_limits<double>::infinity() : size;
    ++compared;
    if (difference.size > score_tolerance) ++wrong;
    if (difference.size > largest.size) largest = difference;
  }

  KnockoutScores computed_scores(ScoreArray array, std::int64_t event) {
    if (array == ScoreArray::pairs) {
      const CellPair pair = pairs_.locate(event);
      load(pair.cell);
      return kernel_.scores(std::array{position(pair.pair.first), position(pair.pair.second)});
    }
    const std::int64_t cell = cell_of_event(plan_.targets.starts(), event);
    load(cell);
    const std::int32_t changed = position(event - plan_.targets.starts()[static_cast<std::size_t>(cell)]);
    KnockoutScores scores = kernel_.scores(std::span(&changed, 1));
    if (!plan_.activates) scores.share = shares_[static_cast<std::size_t>(changed)];
    return scores;
  }

  void load(std::int64_t cell) {
    if (cell == loaded_) return;
    const KernelCell intact = cells_.of_targets(cell);
    kernel_.load(intact);
    positions_of(plan_.targets.of(cell), intact, positions_);
    shares_ = kernel_.intact_profile();
    loaded_ = cell;
  }

  std::int32_t position(std::int64_t target) const { return positions_[static_cast<std::size_t>(target)]; }

  const ScreenPlan& plan_;
  ScreenCells cells_;
  EnsembleKernel kernel_;
  PairIndex pairs_;
  ScoreSample sample_;
  std::int64_t loaded_ = -1;
  std::vector<std::int32_t> positions_;  // of the targets in the loaded cell
  std::vector<double> shares_;           // of its expressed genes
};

/// What rank 0 makes before the others can begin.
struct Problem {
  RelativeProfiles matrix;
  ScreenPlan plan;
  MemoryNeed need;
  std::vector<Member> members;
};

/// @throws InputError unless the file is a finished screen of these knockouts
void require_screen_of(const std::string& path, const ScreenPlan& plan, const ExpressionMatrix& matrix) {
  const ScreenReader screen(path);
  const auto same = [](const auto& a, const auto& b) { return std::ranges::equal(a, b); };
  if (screen.gene_names() == matrix.gene_names() && same(screen.targets().starts(), plan.targets.starts()) &&
      same(screen.targets().genes(), plan.targets.genes()) && screen.base() == plan.base &&
      screen.activates() == plan.activates && screen.presence() == plan.presence)
    return;
  throw InputError(fmt::format(
      "{}: is not a screen of these cells and knockouts: give the options of the dko bench screen "
      "that wrote it",
      path));
}

/// Local: rank 0.
Problem make_problem(const ScreenBench& bench, const std::string& path, Job& job) {
  Problem problem;
  problem.matrix = synthetic_profiles(bench);
  problem.plan = plan_of(problem.matrix, request_of(bench), 1, bench.seed, job.log);
  if (!problem.plan.stores_all_pairs() || problem.plan.list)
    throw UsageError(fmt::format("only screens that store every pair are verified: {} without {}",
                                 parameter("order", "2"), parameter("keep")));
  require_screen_of(path, problem.plan, problem.matrix);
  Model model = synthetic_model(bench, problem.matrix.gene_names());
  problem.need = screen_memory(problem.matrix, problem.plan, model_footprint(model, problem.matrix));
  problem.members = std::move(model.members);
  return problem;
}

/// Blocks that this rank reads: the share of the rank half of all ranks further on.
EventRange blocks_to_read(const Communicator& ranks, std::int64_t blocks) {
  const std::int64_t size = ranks.size();
  const std::int64_t of = (ranks.rank() + (size + 1) / 2) % size;
  return {blocks * of / size, blocks * (of + 1) / size};
}

/// Reads this rank's share of an array, as it is on record.
BlockCounts read_share(const hdf5::File& file, ScoreArray array, const StoredExtent& extent,
                       Comparison& comparison, const Communicator& ranks) {
  return read_blocks_back(file, array, blocks_to_read(ranks, extent.blocks),
                          [&](const StoredBlock& block) { comparison.compare(block); });
}

/// Sums over all ranks. Collective.
BlockCounts sum_of(const BlockCounts& own, const Communicator& ranks) {
  std::array<std::int64_t, 4> sums{own.read, own.bytes, own.absent, own.damaged};
  ranks.sum(std::span<std::int64_t>(sums));
  const std::vector<std::int64_t> firsts = ranks.broadcast(ranks.gather(std::span(&own.first, 1)));
  BlockCounts all{sums[0], sums[1], sums[2], sums[3], -1};
  for (const std::int64_t first : firsts) {
    if (first >= 0 && (all.first < 0 || first < all.first)) all.first = first;
  }
  return all;
}

/// The largest of all ranks; of equal ones that of the first event. Collective.
ScoreDifference largest_of(const ScoreDifference& own, const Communicator& ranks) {
  const std::array numbers{own.size, own.array == ScoreArray::pairs ? 1.0 : 0.0,
                           static_cast<double>(own.event), own.stored, own.computed};
  const std::vector<double> all = ranks.broadcast(ranks.gather(std::span<const double>(numbers)));
  ScoreDifference largest;
  for (std::size_t at = 0; at < all.size(); at += numbers.size()) {
    const ScoreDifference one{all[at + 1] > 0 ? ScoreArray::pairs : ScoreArray::singles,
                              static_cast<std::int64_t>(all[at + 2]), all[at + 3], all[at + 4], all[at]};
    const bool is_before = std::pair(one.array, one.event) < std::pair(largest.array, largest.event);
    if (one.size > largest.size || (one.size == largest.size && is_before)) largest = one;
  }
  return largest;
}

/// Whether all nodes agreed to forget what they hold of the file in memory. Collective.
bool drop_caches(const std::string& path, const NodeGroup& nodes) {
  const bool refused = nodes.node.is_root() && !drop_from_page_cache(path);
  return nodes.all.max(refused ? std::int64_t{1} : std::int64_t{0}) == 0;
}

/// What of an array is not on record as the screen stores it, or is on record and was not read.
void add_not_stored(ScoreArray array, const StoredExtent& extent, std::int64_t events, ScoreSet wanted,
                    const BlockCounts& counts, std::vector<std::string>& found) {
  const std::string scores = text_of(extent.scores);
  const std::string due = text_of(wanted);
  std::string words;
  if (extent.events != events) words = fmt::format(" in place of {}", with_thousands(events));
  if (scores != due) words += fmt::format(", with {} in place of {}", scores, due);
  if (!words.empty())
    found.push_back(fmt::format("{} events of {} knockouts on record{}", with_thousands(extent.events),
                                text_of(array), words));
  const std::int64_t blocks = extent.blocks * extent.scores.count();
  const std::int64_t seen = counts.read + counts.absent;
  if (seen != blocks)
    found.push_back(fmt::format("{} of {} knockouts read in place of {}", counted(seen, "block"),
                                text_of(array), with_thousands(blocks)));
}

void add_faults(const BlockCounts& counts, const char* array, std::vector<std::string>& faults) {
  const auto add = [&](std::int64_t count, const char* what) {
    if (count > 0)
      faults.push_back(fmt::format("{} of {} knockouts {}; first at event {}", counted(count, "block"), array,
                                   what, counts.first));
  };
  add(counts.absent, "missing");
  add(counts.damaged, "not as the checksum says");
}

}  // namespace

std::vector<std::string> ScreenVerification::faults() const {
  std::vector<std::string> faults = not_stored;
  add_faults(singles, text_of(ScoreArray::singles), faults);
  add_faults(pairs, text_of(ScoreArray::pairs), faults);
  if (wrong > 0)
    faults.push_back(
        fmt::format("{} of {} sampled scores further than {:g} from double precision; the furthest, of {} "
                    "knockout {}, is "
                    "{:.9g} in place of {:.9g}",
                    with_thousands(wrong), with_thousands(compared), score_tolerance, text_of(largest.array),
                    largest.event, largest.stored, largest.computed));
  if (sampled != drawn || sampled == 0)
    faults.push_back(
        fmt::format("{} scored again in place of {}", counted(sampled, "knockout"), with_thousands(drawn)));
  return faults;
}

ScreenVerification verify_screen(const ScreenBench& bench, const std::string& path,
                                 const SampleOptions& options, Job& job) {
  const Communicator& ranks = job.ranks();
  const Stopwatch watch;
  AtRoot<Problem> ready = on_root(ranks, [&] { return make_problem(bench, path, job); });
  require_on_every_node(ready.take(&Problem::need), job);
  const RelativeProfiles matrix = RelativeProfiles::replicate(job.nodes, ready.take(&Problem::matrix));
  const ScreenPlan plan = ScreenPlan::replicate(job.nodes, ready.take(&Problem::plan));
  const std::vector<CollapsedMapping> members = collapse_members(ready.take(&Problem::members), job);

  ScreenVerification found;
  found.is_cache_dropped = drop_caches(path, job.nodes);
  std::optional<Comparison> comparison;
  StoredExtent singles;
  StoredExtent pairs;
  on_every_rank(ranks, [&] {
    comparison.emplace(plan, matrix, members, options);
    const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
    singles = stored_extent(file, ScoreArray::singles);
    pairs = stored_extent(file, ScoreArray::pairs);
    found.singles = read_share(file, ScoreArray::singles, singles, *comparison, ranks);
    found.pairs = read_share(file, ScoreArray::pairs, pairs, *comparison, ranks);
  });
  found.singles = sum_of(found.singles, ranks);
  found.pairs = sum_of(found.pairs, ranks);
  const EventCounts events = count_events(matrix, plan);
  add_not_stored(ScoreArray::singles, singles, events.singles, plan.singles, found.singles, found.not_stored);
  add_not_stored(ScoreArray::pairs, pairs, events.pairs, plan.doubles, found.pairs, found.not_stored);
  found.events = events.total();
  found.drawn = comparison->sample().size();
  found.sampled = ranks.sum(comparison->sampled);
  found.compared = ranks.sum(comparison->compared);
  found.wrong = ranks.sum(comparison->wrong);
  found.largest = largest_of(comparison->largest, ranks);
  found.on_other_ranks = ranks.size() > 1;
  found.chance = found.sampled == found.drawn ? comparison->sample().chance(share_to_find) : 0;
  found.seconds = ranks.max(watch.seconds());
  return found;
}

}  // namespace dko
