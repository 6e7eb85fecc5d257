#include "dko/results/screen_file/rank_snapshots.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "dko/base/error.hpp"
#include "dko/base/output_file.hpp"
#include "dko/hdf5/header.hpp"
#include "dko/parallel/collective.hpp"
#include "screen_layout.hpp"

namespace dko {

namespace {

namespace fs = std::filesystem;
namespace layout = screen_layout;

constexpr hdf5::FileKind kind{"dko screen state", 1};
constexpr auto screen_file = "screen_file";  // attribute: the job of the screen file that it is of
constexpr auto mark = ".state-";
constexpr std::int64_t pairs_at_once = std::int64_t{1} << 20;

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

std::vector<std::string> dealt_to(const Communicator& ranks, const std::vector<std::string>& files) {
  std::vector<std::string> own;
  for (std::size_t at = 0; at < files.size(); ++at) {
    if (at % static_cast<std::size_t>(ranks.size()) == static_cast<std::size_t>(ranks.rank()))
      own.push_back(files[at]);
  }
  return own;
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

void require(bool holds, const hdf5::File& file) {
  if (!holds)
    throw InputError(
        fmt::format("{}: array sizes are inconsistent: the file is corrupt; without it, its part of the "
                    "screen is done again",
                    file.path()));
}

SelectionState read_selection(const std::string& path) {
  const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
  SelectionState state{read_ranges(file), {}};
  const auto numbers = file.read<std::int64_t>("pairs");
  const auto values = file.read<float>("values");
  require(numbers.size() == values.size() && std::is_sorted(numbers.begin(), numbers.end()), file);
  for (std::size_t at = 0; at < numbers.size(); ++at) state.pairs.push_back({numbers[at], values[at], {}});
  for (const Score score : every_score) {
    if (!file.has(layout::name_of(score))) continue;
    const auto scores = file.read<float>(layout::name_of(score));
    require(scores.size() == numbers.size(), file);
    for (std::size_t at = 0; at < numbers.size(); ++at) state.pairs[at].scores[score] = scores[at];
  }
  return state;
}

/// Calls visit(name, array) for each array of the fields.
template <class Fields, class Visit>
void visit_fields(Fields& fields, Visit visit) {
  visit("sum", fields.sum);
  visit("squares", fields.squares);
  visit("shift", fields.shift);
  visit("lowest", fields.lowest);
  visit("highest", fields.highest);
  visit("above", fields.above);
  visit("below", fields.below);
}

std::string name_of_measure(std::size_t measure) {
  return fmt::format("measure{}", measure);
}

template <class Work>
void in_pieces(std::int64_t pairs, Work work) {
  for (std::int64_t first = 0; first < pairs; first += pairs_at_once)
    work(first, std::min(pairs_at_once, pairs - first));
}

void write_sums(hdf5::File& file, const PairSums& sums) {
  file.write("cells", sums.cell_counts());
  for (std::size_t measure = 0; measure < sums.measures(); ++measure) {
    hdf5::Location group = file.create_group(name_of_measure(measure));
    in_pieces(sums.pairs(), [&](std::int64_t first, std::int64_t count) {
      const PairSums::Fields fields = sums.fields(measure, first, count);
      visit_fields(fields, [&]<class T>(const char* name, const std::vector<T>& values) {
        if (values.empty()) return;
        if (first == 0) group.create(name, hdf5::type_of<T>(), {sums.pairs()});
        group.dataset(name).write(first, std::span<const T>(values));
      });
    });
  }
}

EventRange firsts_of(const hdf5::File& file) {
  return {file.integer_attribute("first"), file.integer_attribute("last")};
}

BegunSums read_sums(const std::string& path, const std::vector<Measure>& measures, std::int64_t k) {
  const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
  BegunSums begun{PairSums(measures), file.integer_attribute("next_cell")};
  const EventRange firsts = firsts_of(file);
  begun.sums.reset(firsts.first, firsts.last, k);
  const hdf5::Dataset cells = file.dataset("cells");
  require(cells.size() == begun.sums.pairs() && begun.next_cell >= 0, file);
  cells.read(0, begun.sums.cell_counts());
  for (std::size_t measure = 0; measure < measures.size(); ++measure) {
    const hdf5::Location group = file.group(name_of_measure(measure));
    in_pieces(begun.sums.pairs(), [&](std::int64_t first, std::int64_t count) {
      PairSums::Fields fields;
      visit_fields(fields, [&]<class T>(const char* name, std::vector<T>& values) {
        if (std::string_view(name) == "below" && !measures[measure].is_interaction) return;
        const hdf5::Dataset dataset = group.dataset(name);
        require(dataset.size() == begun.sums.pairs(), file);
        values.resize(static_cast<std::size_t>(count));
        dataset.read(first, std::span<T>(values));
      });
      begun.sums.set_fields(measure, first, fields);
    });
  }
  return begun;
}

}  // namespace

fs::path RankSnapshots::file(const std::string& what) const {
  fs::path path = partial_;
  path += mark + what;
  return path;
}

fs::path RankSnapshots::file_of(const PairSums& sums) const {
  return file(fmt::format("genes{}", sums.firsts().first));
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

void RankSnapshots::save(const PairSums& sums, std::int64_t next_cell) const {
  write_file(file_of(sums), job_, [&](hdf5::File& to) {
    to.set("first", sums.firsts().first);
    to.set("last", sums.firsts().last);
    to.set("next_cell", next_cell);
    write_sums(to, sums);
  });
}

void RankSnapshots::remove(const PairSums& sums) const {
  std::error_code ignored;
  fs::remove(file_of(sums), ignored);
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
  of_all.clear();
  const auto found = on_root(ranks, [&] {
    std::vector<std::string> files;
    for (const std::string& path : files_of(partial_, job_)) {
      const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
      const EventRange firsts = firsts_of(file);
      require(firsts.first >= 0 && firsts.first < firsts.last && firsts.last <= k, file);
      const bool is_left = std::any_of(ranges.begin(), ranges.end(), [&](const EventRange& range) {
        return range.first <= firsts.first && firsts.last <= range.last;
      });
      if (!is_left || overlap({firsts}, of_all)) continue;
      files.push_back(path);
      of_all.push_back(firsts);
    }
    return files;
  });
  const std::vector<std::string> files = ranks.broadcast(found);
  broadcast(of_all, ranks);
  std::vector<BegunSums> begun;
  on_every_rank(ranks, [&] {
    for (const std::string& path : dealt_to(ranks, files)) begun.push_back(read_sums(path, measures, k));
  });
  return begun;
}

std::int64_t RankSnapshots::selected_from() const {
  Ranges of_all;
  each_once(files_of(partial_, job_), of_all);
  std::int64_t pairs = 0;
  for (const EventRange& range : of_all) pairs += range.size();
  return pairs;
}

std::int64_t RankSnapshots::summed(const std::vector<EventRange>& left) const {
  std::int64_t pairs = 0;
  Ranges taken;
  for (const std::string& path : files_of(partial_, job_)) {
    const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
    const EventRange firsts = firsts_of(file);
    const auto is_in = [&](const EventRange& one) {
      return firsts.first <= one.first && one.last <= firsts.last;
    };
    if (std::count_if(left.begin(), left.end(), is_in) != firsts.size() || overlap({firsts}, taken)) continue;
    taken.push_back(firsts);
    const hdf5::Dataset cells = file.dataset("cells");
    in_pieces(cells.size(), [&](std::int64_t first, std::int64_t count) {
      std::vector<std::int32_t> counts(static_cast<std::size_t>(count));
      cells.read(first, std::span(counts));
      for (const std::int32_t of_pair : counts) pairs += of_pair;
    });
  }
  return pairs;
}

void RankSnapshots::remove_all(const fs::path& partial) {
  std::error_code ignored;
  for (const fs::path& path : state_files(partial)) fs::remove(path, ignored);
}

}  // namespace dko
