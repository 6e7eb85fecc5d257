#include "saved_sums.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "dko/base/block_checksum.hpp"
#include "dko/knockout/screen/pending_events.hpp"
#include "state_file.hpp"

namespace dko::saved_sums {

namespace {

constexpr std::int64_t pairs_at_once = std::int64_t{1} << 20;
constexpr std::size_t numbers_of_one = 5;
constexpr std::size_t most_arrays = 7;  // of a measure

/// Calls visit(name, array) for each array of the fields, those of signs only of a measure that has one.
template <class Fields, class Visit>
void visit_fields(Fields&& fields, bool has_sign, Visit visit) {
  visit("sum", fields.sum);
  visit("squares", fields.squares);
  visit("shift", fields.shift);
  visit("lowest", fields.lowest);
  visit("highest", fields.highest);
  if (!has_sign) return;
  visit("above", fields.above);
  visit("below", fields.below);
}

std::string name_of_measure(std::size_t measure) {
  return fmt::format("measure{}", measure);
}

// Arrays beside the sums: where the parts of the ranks begin among the pairs of the file, and checksums of
// each part of each array.
constexpr auto pairs_before = "pairs_before";
constexpr auto checksums = "checksums";

/// Calls visit(dataset, values) for each array that has an entry for each pair, in the order of their
/// checksums; no values, of its type.
template <class Visit>
void visit_arrays(const hdf5::File& file, Visit visit) {
  visit(file.dataset("cells"), std::vector<std::int32_t>());
  for (std::size_t measure = 0; file.has(name_of_measure(measure)); ++measure) {
    const hdf5::Location group = file.group(name_of_measure(measure));
    const PairSums::Fields fields;
    visit_fields(fields, group.has("above"),
                 [&](const char* name, const auto& values) { visit(group.dataset(name), values); });
  }
}

std::int64_t arrays_of(const PairSums& sums) {
  std::int64_t arrays = 1;
  const PairSums::Fields fields;
  for (std::size_t measure = 0; measure < sums.measures(); ++measure)
    visit_fields(fields, sums.has_sign(measure), [&](const char*, const auto&) { ++arrays; });
  return arrays;
}

template <class Work>
void in_pieces(std::int64_t pairs, Work work) {
  for (std::int64_t first = 0; first < pairs; first += pairs_at_once)
    work(first, std::min(pairs_at_once, pairs - first));
}

EventRange pairs_of(EventRange firsts, std::int64_t k) {
  return {PairIndex::row_start(k, firsts.first), PairIndex::row_start(k, firsts.last)};
}

/// What of `ranges` is in none of `taken`, within `firsts`.
std::vector<EventRange> left_in(EventRange firsts, const std::vector<EventRange>& ranges,
                                const std::vector<EventRange>& taken, std::int64_t k) {
  std::vector<EventRange> others = taken;
  for (const EventRange& range : all_but(ranges, k)) others.push_back(range);
  others.push_back({0, firsts.first});
  others.push_back({firsts.last, k});
  return all_but(std::move(others), k);
}

}  // namespace

void create(hdf5::Location& file, const PairSums& sums, const PairDivision& division, std::int64_t next_cell,
            std::int64_t ranks) {
  file.set("first", division.firsts().first);
  file.set("last", division.firsts().last);
  file.set("next_cell", next_cell);
  const std::int64_t pairs = division.pairs().size();
  std::vector<std::int64_t> bounds{0};
  for (std::int64_t rank = 0; rank < ranks; ++rank)
    bounds.push_back(division.of(rank).last - division.pairs().first);
  file.write(pairs_before, std::span<const std::int64_t>(bounds));
  file.create(checksums, hdf5::Type::u64, {ranks * arrays_of(sums)});
  file.create("cells", hdf5::Type::i32, {pairs});
  for (std::size_t measure = 0; measure < sums.measures(); ++measure) {
    hdf5::Location group = file.create_group(name_of_measure(measure));
    const PairSums::Fields fields;
    visit_fields(fields, sums.has_sign(measure), [&]<class T>(const char* name, const std::vector<T>&) {
      group.create(name, hdf5::type_of<T>(), {pairs});
    });
  }
}

void write(hdf5::File& file, const PairSums& sums, const PairDivision& division, std::int64_t rank) {
  const std::int64_t start = sums.first_pair() - division.pairs().first;
  std::vector<std::uint64_t> found{block_checksum(sums.cell_counts())};
  if (sums.pairs() > 0) file.dataset("cells").write(start, sums.cell_counts());
  for (std::size_t measure = 0; measure < sums.measures(); ++measure) {
    const hdf5::Location group = file.group(name_of_measure(measure));
    std::array<RunningChecksum, most_arrays> running;
    std::size_t arrays = 0;
    visit_fields(PairSums::Fields(), sums.has_sign(measure), [&](const char*, const auto&) { ++arrays; });
    in_pieces(sums.pairs(), [&](std::int64_t first, std::int64_t count) {
      const PairSums::Fields fields = sums.fields(measure, first, count);
      std::size_t array = 0;
      visit_fields(fields, sums.has_sign(measure),
                   [&]<class T>(const char* name, const std::vector<T>& values) {
                     group.dataset(name).write(start + first, std::span<const T>(values));
                     running[array++].add(std::span<const T>(values));
                   });
    });
    for (std::size_t array = 0; array < arrays; ++array) found.push_back(running[array].value());
  }
  file.dataset(checksums).write(rank * std::ssize(found), std::span<const std::uint64_t>(found));
}

std::int64_t parts_in(const std::string& path) {
  const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
  if (!file.has(checksums)) return 0;
  const std::int64_t bounds = file.dataset(pairs_before).size();
  require_sizes(bounds > 1, file);
  return bounds - 1;
}

void verify(const std::string& path, std::int64_t part) {
  const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
  std::array<std::int64_t, 2> bounds{};
  require_sizes(part + 2 <= file.dataset(pairs_before).size(), file);
  file.dataset(pairs_before).read(part, std::span<std::int64_t>(bounds));
  require_sizes(0 <= bounds[0] && bounds[0] <= bounds[1], file);
  std::vector<std::uint64_t> found;
  visit_arrays(file, [&]<class T>(const hdf5::Dataset& array, std::vector<T> values) {
    require_sizes(bounds[1] <= array.size(), file);
    RunningChecksum sum;
    in_pieces(bounds[1] - bounds[0], [&](std::int64_t first, std::int64_t count) {
      values.resize(static_cast<std::size_t>(count));
      array.read(bounds[0] + first, std::span<T>(values));
      sum.add(std::span<const T>(values));
    });
    found.push_back(sum.value());
  });
  std::vector<std::uint64_t> noted(found.size());
  require_sizes((part + 1) * std::ssize(noted) <= file.dataset(checksums).size(), file);
  file.dataset(checksums).read(part * std::ssize(noted), std::span(noted));
  require_checksum(noted == found, file);
}

std::vector<Saved> find(const std::vector<std::string>& files, const std::vector<EventRange>& ranges,
                        std::int64_t k) {
  std::vector<Saved> all;
  for (const std::string& path : files) {
    const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
    const EventRange firsts{file.integer_attribute("first"), file.integer_attribute("last")};
    const std::int64_t next_cell = file.integer_attribute("next_cell");
    require_sizes(firsts.first >= 0 && firsts.first < firsts.last && firsts.last <= k && next_cell >= 0,
                  file);
    require_sizes(file.dataset("cells").size() == pairs_of(firsts, k).size(), file);
    all.push_back({path, firsts, next_cell, firsts});
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Saved& a, const Saved& b) { return a.next_cell > b.next_cell; });
  std::vector<Saved> chosen;
  std::vector<EventRange> taken;
  for (Saved& saved : all) {
    for (const EventRange& firsts : left_in(saved.of_file, ranges, taken, k)) {
      saved.firsts = firsts;
      chosen.push_back(saved);
      taken.push_back(firsts);
    }
  }
  return chosen;
}

std::vector<std::string> paths_of(const std::vector<Saved>& all) {
  std::vector<std::string> paths;
  for (const Saved& saved : all) paths.push_back(saved.path);
  return paths;
}

std::vector<std::int64_t> numbers_of(const std::vector<Saved>& all) {
  std::vector<std::int64_t> numbers;
  for (const Saved& saved : all)
    numbers.insert(numbers.end(), {saved.of_file.first, saved.of_file.last, saved.next_cell,
                                   saved.firsts.first, saved.firsts.last});
  return numbers;
}

std::vector<Saved> joined(const std::vector<std::string>& paths, const std::vector<std::int64_t>& numbers) {
  std::vector<Saved> all;
  for (std::size_t at = 0; at < paths.size(); ++at) {
    const std::int64_t* const of = numbers.data() + at * numbers_of_one;
    all.push_back({paths[at], {of[0], of[1]}, of[2], {of[3], of[4]}});
  }
  return all;
}

void read(const Saved& saved, const std::vector<Measure>& measures, PairSums& sums) {
  if (sums.pairs() == 0) return;
  const hdf5::File file = hdf5::File::open(saved.path, hdf5::Access::read);
  const EventRange of_file = pairs_of(saved.of_file, sums.genes());
  const std::int64_t start = sums.first_pair() - of_file.first;
  file.dataset("cells").read(start, sums.cell_counts());
  for (std::size_t measure = 0; measure < measures.size(); ++measure) {
    const hdf5::Location group = file.group(name_of_measure(measure));
    in_pieces(sums.pairs(), [&](std::int64_t first, std::int64_t count) {
      PairSums::Fields fields;
      visit_fields(fields, sums.has_sign(measure), [&]<class T>(const char* name, std::vector<T>& values) {
        const hdf5::Dataset dataset = group.dataset(name);
        require_sizes(dataset.size() == of_file.size(), file);
        values.resize(static_cast<std::size_t>(count));
        dataset.read(start + first, std::span<T>(values));
      });
      sums.set_fields(measure, first, fields);
    });
  }
}

std::int64_t pairs_in_cells(const Saved& saved, std::int64_t k) {
  const hdf5::File file = hdf5::File::open(saved.path, hdf5::Access::read);
  const hdf5::Dataset cells = file.dataset("cells");
  const EventRange pairs = pairs_of(saved.firsts, k);
  const std::int64_t start = pairs.first - pairs_of(saved.of_file, k).first;
  std::int64_t sum = 0;
  in_pieces(pairs.size(), [&](std::int64_t first, std::int64_t count) {
    std::vector<std::int32_t> counts(static_cast<std::size_t>(count));
    cells.read(start + first, std::span(counts));
    for (const std::int32_t of_pair : counts) sum += of_pair;
  });
  return sum;
}

}  // namespace dko::saved_sums
