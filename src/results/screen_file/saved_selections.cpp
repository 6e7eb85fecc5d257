#include "saved_selections.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "dko/base/block_checksum.hpp"
#include "screen_layout.hpp"
#include "state_file.hpp"

namespace dko::saved_selections {

namespace {

// Arrays: ranges of events as their bounds, the numbers of pairs, what they were selected by, their scores.
constexpr auto done = "done";
constexpr auto pairs = "pairs";
constexpr auto values = "values";
// Arrays beside them where several ranks wrote: where parts begin, in ranges and in pairs, and checksums of
// each part of each of the arrays above. Arrays that a single rank wrote state their checksums themselves.
constexpr auto ranges_before = "ranges_before";
constexpr auto pairs_before = "pairs_before";
constexpr auto checksums = "checksums";

bool overlap(const Ranges& some, const Ranges& others) {
  return std::any_of(some.begin(), some.end(), [&](const EventRange& a) {
    return std::any_of(others.begin(), others.end(),
                       [&](const EventRange& b) { return a.first < b.last && b.first < a.last; });
  });
}

/// Calls visit(name, values) for each array that has an entry for each pair, with those of these.
template <class Visit>
void visit_pairs(std::span<const KeptPair> of, ScoreSet scores, Visit visit) {
  std::vector<std::int64_t> numbers;
  for (const KeptPair& pair : of) numbers.push_back(pair.number);
  visit(pairs, numbers);
  std::vector<float> of_pairs;
  const auto visit_floats = [&](const char* name, auto value_of) {
    of_pairs.clear();
    for (const KeptPair& pair : of) of_pairs.push_back(value_of(pair));
    visit(name, of_pairs);
  };
  visit_floats(values, [](const KeptPair& pair) { return pair.value; });
  for (const Score score : every_score) {
    if (scores.has(score))
      visit_floats(screen_layout::name_of(score), [&](const KeptPair& pair) { return pair.scores[score]; });
  }
}

/// Checksums of a part: of its ranges, the numbers of its pairs, what they were selected by, their scores.
std::int64_t checksums_of_part(ScoreSet scores) {
  return 3 + scores.count();
}

ScoreSet scores_in(const hdf5::File& file) {
  ScoreSet scores;
  for (const Score score : every_score) scores[score] = file.has(screen_layout::name_of(score));
  return scores;
}

/// Reads the parts of the arrays of a file, in the order of their checksums, and compares each with its own.
class PartReader {
 public:
  PartReader(const hdf5::File& file, std::int64_t part, ScoreSet scores)
      : file_(file), is_joined_(file.has(pairs_before)), part_(part) {
    if (!is_joined_) return;
    const EventRange ranges = place_in(ranges_before);
    bounds_ = {2 * ranges.first, 2 * ranges.last};
    pairs_ = place_in(pairs_before);
    noted_.resize(static_cast<std::size_t>(checksums_of_part(scores)));
    require_sizes((part + 1) * std::ssize(noted_) <= file.dataset(checksums).size(), file);
    file.dataset(checksums).read(part * std::ssize(noted_), std::span(noted_));
  }

  Ranges ranges() { return ranges_between(read<std::int64_t>(done, bounds_)); }

  template <class T>
  std::vector<T> of_pairs(const char* name) {
    return read<T>(name, pairs_);
  }

 private:
  /// Where the part lies in arrays.
  EventRange place_in(const char* starts) const {
    std::array<std::int64_t, 2> bounds{};
    require_sizes(part_ + 2 <= file_.dataset(starts).size(), file_);
    file_.dataset(starts).read(part_, std::span<std::int64_t>(bounds));
    require_sizes(0 <= bounds[0] && bounds[0] <= bounds[1], file_);
    return {bounds[0], bounds[1]};
  }

  template <class T>
  std::vector<T> read(const char* name, EventRange place) {
    const hdf5::Dataset from = file_.dataset(name);
    if (!is_joined_) {
      std::vector<T> whole = file_.read<T>(name);
      from.require_checksum(block_checksum(std::span<const T>(whole)), without_state);
      return whole;
    }
    require_sizes(place.last <= from.size(), file_);
    std::vector<T> found(static_cast<std::size_t>(place.size()));
    if (!found.empty()) from.read(place.first, std::span<T>(found));
    require_checksum(noted_[compared_++] == block_checksum(std::span<const T>(found)), file_);
    return found;
  }

  const hdf5::File& file_;
  bool is_joined_;
  std::int64_t part_;
  EventRange bounds_;
  EventRange pairs_;
  std::vector<std::uint64_t> noted_;
  std::size_t compared_ = 0;
};

}  // namespace

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

Parts parts_of(const SelectionView& own, const Communicator& ranks) {
  const auto size = static_cast<std::size_t>(ranks.size());
  const auto rank = static_cast<std::size_t>(ranks.rank());
  std::vector<std::int64_t> counts(2 * size, 0);
  counts[rank] = std::ssize(own.done);
  counts[size + rank] = own.pairs();
  ranks.sum(std::span(counts));
  Parts parts{{0}, {0}};
  for (std::size_t part = 0; part < size; ++part) {
    parts.ranges.push_back(parts.ranges.back() + counts[part]);
    parts.pairs.push_back(parts.pairs.back() + counts[size + part]);
  }
  return parts;
}

void create(hdf5::Location& file, const Parts& parts, ScoreSet scores) {
  file.write(ranges_before, std::span<const std::int64_t>(parts.ranges));
  file.write(pairs_before, std::span<const std::int64_t>(parts.pairs));
  file.create(checksums, hdf5::Type::u64, {parts.count() * checksums_of_part(scores)});
  file.create(done, hdf5::Type::i64, {2 * parts.ranges.back()});
  visit_pairs({}, scores, [&]<class T>(const char* name, const std::vector<T>&) {
    file.create(name, hdf5::type_of<T>(), {parts.pairs.back()});
  });
}

void write(hdf5::File& file, const SelectionView& own, ScoreSet scores, const Parts& parts,
           std::int64_t part) {
  std::vector<RunningChecksum> running(static_cast<std::size_t>(checksums_of_part(scores)));
  std::size_t array = 0;
  const auto write_piece = [&]<class T>(const char* name, std::int64_t first, const std::vector<T>& piece) {
    if (!piece.empty()) file.dataset(name).write(first, std::span<const T>(piece));
    running[array++].add(std::span<const T>(piece));
  };
  const auto at = static_cast<std::size_t>(part);
  write_piece(done, 2 * parts.ranges[at], bounds_of(own.done));
  std::int64_t next = parts.pairs[at];
  own.in_pieces([&](std::span<const KeptPair> piece) {
    array = 1;
    visit_pairs(piece, scores,
                [&](const char* name, const auto& values) { write_piece(name, next, values); });
    next += std::ssize(piece);
  });
  std::vector<std::uint64_t> sums;
  for (const RunningChecksum& sum : running) sums.push_back(sum.value());
  file.dataset(checksums).write(part * std::ssize(sums), std::span<const std::uint64_t>(sums));
}

std::vector<std::string> each_once(const std::vector<std::string>& files, Ranges& of_all) {
  struct Covered {
    std::string file;
    Ranges ranges;
    std::int64_t events = 0;
  };
  std::vector<Covered> all;
  for (const std::string& path : files) {
    const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
    Covered covered{path, ranges_between(file.read<std::int64_t>(done))};
    for (const EventRange& range : covered.ranges) covered.events += range.size();
    all.push_back(std::move(covered));
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Covered& a, const Covered& b) { return a.events > b.events; });
  of_all.clear();
  std::vector<std::string> chosen;
  for (const Covered& covered : all) {
    if (covered.events == 0 || overlap(covered.ranges, of_all)) continue;
    of_all.insert(of_all.end(), covered.ranges.begin(), covered.ranges.end());
    chosen.push_back(covered.file);
  }
  return chosen;
}

std::int64_t parts_in(const std::string& path) {
  const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
  if (!file.has(pairs_before)) return 1;
  const std::int64_t bounds = file.dataset(pairs_before).size();
  require_sizes(bounds > 1 && file.dataset(ranges_before).size() == bounds, file);
  return bounds - 1;
}

SelectionState read(const std::string& path, std::int64_t part) {
  const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
  const ScoreSet scores = scores_in(file);
  PartReader reader(file, part, scores);
  SelectionState state{reader.ranges(), {}};
  const auto numbers = reader.of_pairs<std::int64_t>(pairs);
  const auto of_pairs = reader.of_pairs<float>(values);
  require_sizes(numbers.size() == of_pairs.size() && std::is_sorted(numbers.begin(), numbers.end()), file);
  for (std::size_t at = 0; at < numbers.size(); ++at) state.pairs.push_back({numbers[at], of_pairs[at], {}});
  for (const Score score : every_score) {
    if (!scores.has(score)) continue;
    const auto of_score = reader.of_pairs<float>(screen_layout::name_of(score));
    require_sizes(of_score.size() == numbers.size(), file);
    for (std::size_t at = 0; at < numbers.size(); ++at) state.pairs[at].scores[score] = of_score[at];
  }
  return state;
}

}  // namespace dko::saved_selections
