#include "dko/results/screen_file/rank_snapshots.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "dko/base/output_file.hpp"
#include "dko/base/output_path.hpp"
#include "dko/hdf5/header.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/parallel/parallel_file.hpp"
#include "saved_sums.hpp"
#include "screen_layout.hpp"
#include "state_file.hpp"

namespace dko {

namespace {

namespace fs = std::filesystem;
namespace layout = screen_layout;

constexpr hdf5::FileKind kind{"dko screen state", 1};
constexpr auto screen_file = "screen_file";  // attribute: the job of the screen file that it is of
constexpr auto mark = ".state-";

/// All files of this kind beside a screen file.
std::vector<fs::path> state_files(const fs::path& partial) {
  const fs::path folder = partial.has_parent_path() ? partial.parent_path() : fs::path(".");
  const std::string start = partial.filename().string() + mark;
  std::vector<fs::path> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().filename().string().starts_with(start)) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

/// Writes a file, whole or not at all.
template <class Write>
void write_file(const fs::path& path, const std::string& job, Write write) {
  OutputFile output = OutputFile::within_job(path);
  hdf5::File file = hdf5::File::create(output.partial_path(), 1);
  hdf5::write_header(file, kind, {});
  file.set(screen_file, job);
  write(file);
  file.close();
  output.commit();
}

/// Those of this job that are whole files: what a killed job was writing is passed over.
std::vector<std::string> files_of(const fs::path& partial, const std::string& job) {
  std::vector<std::string> files;
  for (const fs::path& path : state_files(partial)) {
    if (path.extension() == ".partial") continue;
    const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
    hdf5::read_header(file, kind);
    if (file.text_attribute(screen_file) == job) files.push_back(path.string());
  }
  return files;
}

using Ranges = std::vector<EventRange>;

std::vector<std::int64_t> bounds_of(const Ranges& ranges) {
  std::vector<std::int64_t> bounds;
  for (const EventRange& range : ranges) bounds.insert(bounds.end(), {range.first, range.last});
  return bounds;
}

Ranges ranges_between(const std::vector<std::int64_t>& bounds) {
  Ranges ranges;
  for (std::size_t at = 0; at + 1 < bounds.size(); at += 2) ranges.push_back({bounds[at], bounds[at + 1]});
  return ranges;
}

Ranges read_ranges(const hdf5::Location& file) {
  return ranges_between(file.read<std::int64_t>("done"));
}

/// Rank 0's, on all ranks. Collective.
void broadcast(Ranges& ranges, const Communicator& ranks) {
  std::vector<std::int64_t> bounds = bounds_of(ranges);
  ranks.broadcast(bounds);
  ranges = ranges_between(bounds);
}

bool overlap(const Ranges& some, const Ranges& others) {
  return std::any_of(some.begin(), some.end(), [&](const EventRange& a) {
    return std::any_of(others.begin(), others.end(),
                       [&](const EventRange& b) { return a.first < b.last && b.first < a.last; });
  });
}

/// Without the files whose events another, of more events, has as well; `taken` becomes those of the others.
std::vector<std::string> each_once(const std::vector<std::string>& files, Ranges& taken) {
  struct Covered {
    std::string file;
    Ranges ranges;
    std::int64_t events = 0;
  };
  std::vector<Covered> all;
  for (const std::string& path : files) {
    Covered covered{path, read_ranges(hdf5::File::open(path, hdf5::Access::read))};
    for (const EventRange& range : covered.ranges) covered.events += range.size();
    all.push_back(std::move(covered));
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Covered& a, const Covered& b) { return a.events > b.events; });
  std::vector<std::string> chosen;
  for (const Covered& covered : all) {
    if (covered.events == 0 || overlap(covered.ranges, taken)) continue;
    taken.insert(taken.end(), covered.ranges.begin(), covered.ranges.end());
    chosen.push_back(covered.file);
  }
  return chosen;
}

/// Those that this rank is to take over. A selection is saved in the file of the rank that has it: whoever
/// takes over that file's must have all of it before it writes the next.
std::vector<std::string> own_selections(const Communicator& ranks, const std::vector<std::string>& files) {
  std::vector<std::string> own;
  for (const std::string& path : files) {
    const std::size_t digits = path.find_last_not_of("0123456789") + 1;
    if (std::stoll(path.substr(digits)) % ranks.size() == ranks.rank()) own.push_back(path);
  }
  return own;
}

SelectionState read_selection(const std::string& path) {
  const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
  SelectionState state{read_ranges(file), {}};
  const auto numbers = file.read<std::int64_t>("pairs");
  const auto values = file.read<float>("values");
  require_sizes(numbers.size() == values.size() && std::is_sorted(numbers.begin(), numbers.end()), file);
  for (std::size_t at = 0; at < numbers.size(); ++at) state.pairs.push_back({numbers[at], values[at], {}});
  for (const Score score : every_score) {
    if (!file.has(layout::name_of(score))) continue;
    const auto scores = file.read<float>(layout::name_of(score));
    require_sizes(scores.size() == numbers.size(), file);
    for (std::size_t at = 0; at < numbers.size(); ++at) state.pairs[at].scores[score] = scores[at];
  }
  return state;
}

}  // namespace

fs::path RankSnapshots::file(const std::string& what) const {
  fs::path path = partial_;
  path += mark + what;
  return path;
}

fs::path RankSnapshots::file_of(const PairDivision& division) const {
  return file(fmt::format("genes{}-{}", division.firsts().first, division.firsts().last));
}

void RankSnapshots::save(const SelectionState& state, ScoreSet scores, int rank) const {
  write_file(file(fmt::format("rank{}", rank)), job_, [&](hdf5::File& to) {
    const std::vector<std::int64_t> bounds = bounds_of(state.done);
    to.write("done", std::span(bounds));
    std::vector<std::int64_t> numbers;
    std::vector<float> values;
    for (const KeptPair& pair : state.pairs) numbers.push_back(pair.number);
    to.write("pairs", std::span<const std::int64_t>(numbers));
    const auto write = [&](const char* name, auto of) {
      values.clear();
      for (const KeptPair& pair : state.pairs) values.push_back(of(pair));
      to.write(name, std::span<const float>(values));
    };
    write("values", [](const KeptPair& pair) { return pair.value; });
    for (const Score score : every_score) {
      if (scores.has(score))
        write(layout::name_of(score), [&](const KeptPair& pair) { return pair.scores[score]; });
    }
  });
}

void RankSnapshots::save(const PairSums& sums, const PairDivision& division, std::int64_t next_cell,
                         const Communicator& ranks) const {
  AtRoot<OutputFile> output = on_root(ranks, [&] {
    OutputFile made = OutputFile::within_job(file_of(division));
    hdf5::File to = hdf5::File::create(made.partial_path(), 1);
    hdf5::write_header(to, kind, {});
    to.set(screen_file, job_);
    saved_sums::create(to, sums, division, next_cell);
    to.close();
    return made;
  });
  const std::string partial =
      ranks.broadcast(output.transform([](const OutputFile& made) { return made.partial_path().string(); }));
  hdf5::File to = open_on_all_ranks(partial, ranks);
  saved_sums::write(to, sums, division);
  close_on_all_ranks(to, ranks);
  sync_file(partial);
  ranks.barrier();
  on_root(ranks, [&] { output->commit(); });
}

void RankSnapshots::remove(const PairDivision& division) const {
  std::error_code ignored;
  fs::remove(file_of(division), ignored);
}

std::vector<SelectionState> RankSnapshots::take_selections(Ranges& of_all, const Communicator& ranks) const {
  of_all.clear();
  const std::vector<std::string> files =
      ranks.broadcast(on_root(ranks, [&] { return each_once(files_of(partial_, job_), of_all); }));
  broadcast(of_all, ranks);
  std::vector<SelectionState> states;
  on_every_rank(ranks, [&] {
    for (const std::string& path : own_selections(ranks, files)) states.push_back(read_selection(path));
  });
  return states;
}

std::vector<BegunSums> RankSnapshots::take_sums(const std::vector<Measure>& measures, std::int64_t k,
                                                const std::vector<EventRange>& ranges, Ranges& of_all,
                                                const Communicator& ranks) const {
  const auto found = on_root(ranks, [&] { return saved_sums::find(files_of(partial_, job_), ranges, k); });
  std::vector<std::string> paths =
      ranks.broadcast(found.transform([](const auto& all) { return saved_sums::paths_of(all); }));
  std::vector<std::int64_t> numbers =
      ranks.broadcast(found.transform([](const auto& all) { return saved_sums::numbers_of(all); }));
  std::vector<BegunSums> begun;
  of_all.clear();
  for (const saved_sums::Saved& saved : saved_sums::joined(paths, numbers)) {
    of_all.push_back(saved.firsts);
    begun.push_back({saved.firsts, saved.next_cell,
                     [saved, measures](PairSums& sums) { saved_sums::read(saved, measures, sums); }});
  }
  return begun;
}

std::int64_t RankSnapshots::selected_from() const {
  Ranges of_all;
  each_once(files_of(partial_, job_), of_all);
  std::int64_t pairs = 0;
  for (const EventRange& range : of_all) pairs += range.size();
  return pairs;
}

std::int64_t RankSnapshots::summed(const Ranges& ranges, std::int64_t k) const {
  std::int64_t pairs = 0;
  for (const saved_sums::Saved& saved : saved_sums::find(files_of(partial_, job_), ranges, k))
    pairs += saved_sums::pairs_in_cells(saved, k);
  return pairs;
}

void RankSnapshots::remove_all(const fs::path& partial) {
  std::error_code ignored;
  for (const fs::path& path : state_files(partial)) fs::remove(path, ignored);
}

}  // namespace dko
