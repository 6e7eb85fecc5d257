#include "dko/results/screen_file/rank_snapshots.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "dko/base/output_file.hpp"
#include "dko/base/output_path.hpp"
#include "dko/hdf5/header.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/parallel/parallel_file.hpp"
#include "saved_selections.hpp"
#include "saved_sums.hpp"

namespace dko {

namespace {

namespace fs = std::filesystem;

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

/// Writes a file, whole or not at all, whose arrays rank 0 makes, and to which every rank writes its part.
/// Collective. @throws IoError
template <class Make, class Write>
void write_together(const fs::path& path, const std::string& job, const Communicator& ranks, Make make,
                    Write write) {
  AtRoot<OutputFile> output = on_root(ranks, [&] {
    OutputFile made = OutputFile::within_job(path);
    hdf5::File file = hdf5::File::create(made.partial_path(), 1);
    hdf5::write_header(file, kind, {});
    file.set(screen_file, job);
    make(file);
    file.close();
    return made;
  });
  const std::string partial =
      ranks.broadcast(output.transform([](const OutputFile& made) { return made.partial_path().string(); }));
  hdf5::File file = open_on_all_ranks(partial, ranks);
  write(file);
  close_on_all_ranks(file, ranks);
  sync_file(partial);
  ranks.barrier();
  on_root(ranks, [&] { output->commit(); });
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

using saved_selections::Ranges;

/// Rank 0's, on all ranks. Collective.
void broadcast(Ranges& ranges, const Communicator& ranks) {
  std::vector<std::int64_t> bounds = saved_selections::bounds_of(ranges);
  ranks.broadcast(bounds);
  ranges = saved_selections::ranges_between(bounds);
}

/// A part of a file of selections, or of sums.
struct SavedPart {
  std::string path;
  std::int64_t part = 0;
};

/// Those of all these files that this rank is to take over: which does not matter. Local.
std::vector<SavedPart> own_parts(const Communicator& ranks, const std::vector<std::string>& files,
                                 const std::vector<std::int64_t>& parts) {
  std::vector<SavedPart> own;
  std::int64_t number = 0;
  for (std::size_t at = 0; at < files.size(); ++at) {
    for (std::int64_t part = 0; part < parts[at]; ++part) {
      if (number++ % ranks.size() == ranks.rank()) own.push_back({files[at], part});
    }
  }
  return own;
}

/// Reads all of these files once, each rank its part. Collective.
/// @throws CollectiveFailure where what was written does not have its checksum
void verify_sums(std::vector<std::string> paths, const Communicator& ranks) {
  std::sort(paths.begin(), paths.end());
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  const std::vector<std::int64_t> parts = ranks.broadcast(on_root(ranks, [&] {
    std::vector<std::int64_t> counts;
    for (const std::string& path : paths) counts.push_back(saved_sums::parts_in(path));
    return counts;
  }));
  on_every_rank(ranks, [&] {
    for (const SavedPart& saved : own_parts(ranks, paths, parts)) saved_sums::verify(saved.path, saved.part);
  });
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

void RankSnapshots::save(const SelectionView& own, ScoreSet scores, const Communicator& ranks) const {
  const saved_selections::Parts parts = saved_selections::parts_of(own, ranks);
  write_together(
      file("selection"), job_, ranks, [&](hdf5::File& to) { saved_selections::create(to, parts, scores); },
      [&](hdf5::File& to) { saved_selections::write(to, own, scores, parts, ranks.rank()); });
}

void RankSnapshots::save(const PairSums& sums, const PairDivision& division, std::int64_t next_cell,
                         const Communicator& ranks) const {
  write_together(
      file_of(division), job_, ranks,
      [&](hdf5::File& to) { saved_sums::create(to, sums, division, next_cell, ranks.size()); },
      [&](hdf5::File& to) { saved_sums::write(to, sums, division, ranks.rank()); });
}

void RankSnapshots::remove(const PairDivision& division) const {
  std::error_code ignored;
  fs::remove(file_of(division), ignored);
}

std::vector<SelectionState> RankSnapshots::take_selections(Ranges& of_all, const Communicator& ranks) const {
  of_all.clear();
  const std::vector<std::string> files = ranks.broadcast(
      on_root(ranks, [&] { return saved_selections::each_once(files_of(partial_, job_), of_all); }));
  broadcast(of_all, ranks);
  const std::vector<std::int64_t> parts = ranks.broadcast(on_root(ranks, [&] {
    std::vector<std::int64_t> counts;
    for (const std::string& path : files) counts.push_back(saved_selections::parts_in(path));
    return counts;
  }));
  std::vector<SelectionState> states;
  on_every_rank(ranks, [&] {
    for (const SavedPart& saved : own_parts(ranks, files, parts))
      states.push_back(saved_selections::read(saved.path, saved.part));
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
  verify_sums(paths, ranks);
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
  saved_selections::each_once(files_of(partial_, job_), of_all);
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
