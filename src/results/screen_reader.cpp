#include "dko/results/screen_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "dko/base/error.hpp"
#include "dko/knockout/event_index.hpp"
#include "screen_layout.hpp"

namespace dko {

namespace {

namespace layout = screen_layout;

constexpr std::int64_t block_scores = std::int64_t{1} << 20;

/// Whether `starts` counts events before each cell, up to `total`.
bool counts_events(std::span<const std::int64_t> starts, std::int64_t cells, std::int64_t total) {
  return std::ssize(starts) == cells + 1 && starts.front() == 0 && starts.back() == total &&
         std::is_sorted(starts.begin(), starts.end());
}

bool all_below(std::span<const std::int32_t> values, std::int64_t bound) {
  return std::all_of(values.begin(), values.end(),
                     [&](std::int32_t value) { return value >= 0 && value < bound; });
}

void require(bool holds, const hdf5::Location& group) {
  if (!holds)
    throw InputError(fmt::format("{}: its arrays do not fit together: the file is damaged", group.place()));
}

}  // namespace

ScreenReader::ScreenReader(const std::filesystem::path& path)
    : file_(hdf5::File::open(path, hdf5::Access::read)), provenance_(hdf5::read_header(file_, layout::kind)) {
  if (file_.integer_attribute("complete") != 1) {
    throw InputError(fmt::format("{}: the screen was never finished", path.string()));
  }
  gene_names_ = file_.group(layout::genes).read_strings(layout::name);
  cell_names_ = file_.group(layout::cells).read_strings(layout::name);
  if (has(ScoreArray::singles)) {
    const hdf5::Location single = file_.group(layout::single);
    auto starts = single.read<std::int64_t>(layout::indptr);
    auto genes = single.read<std::int32_t>(layout::indices);
    require(counts_events(starts, std::ssize(cell_names_), std::ssize(genes)) &&
                all_below(genes, std::ssize(gene_names_)) &&
                scores(ScoreArray::singles).size() == std::ssize(genes),
            single);
    targets_ = KnockoutTargets(NodeArray(std::move(starts)), NodeArray(std::move(genes)));
  }
  if (has(ScoreArray::pairs)) read_pairs();
  if (has(ScoreArray::list)) read_list();
}

void ScreenReader::read_pairs() {
  const hdf5::Location pairs = file_.group(layout::double_);
  pair_starts_ = pairs.read<std::int64_t>(layout::indptr);
  require(has(ScoreArray::singles) &&
              counts_events(pair_starts_, std::ssize(cell_names_), scores(ScoreArray::pairs).size()),
          pairs);
  for (std::int64_t cell = 0; cell < targets_.cells(); ++cell) {
    const auto at = static_cast<std::size_t>(cell);
    const std::int64_t m = targets_.count(cell);
    const std::int64_t count = pair_starts_[at + 1] - pair_starts_[at];
    require(count == 0 || count == m * (m - 1) / 2, pairs);
  }
}

void ScreenReader::read_list() {
  const hdf5::Location list = file_.group(layout::list);
  const hdf5::Shape shape = list.dataset(layout::event_genes).shape();
  auto genes = list.read<std::int32_t>(layout::event_genes);
  auto cells = list.read<std::int32_t>(layout::event_cell);
  require(shape.size() == 2 && shape[1] > 0 && shape[0] == std::ssize(cells) &&
              scores(ScoreArray::list).size() == shape[0] && all_below(genes, std::ssize(gene_names_)) &&
              all_below(cells, std::ssize(cell_names_)),
          list);
  list_ = EventList(shape[1], NodeArray(std::move(genes)), NodeArray(std::move(cells)));
}

bool ScreenReader::has(ScoreArray array) const {
  switch (array) {
    case ScoreArray::singles:
      return file_.has(layout::single);
    case ScoreArray::pairs:
      return file_.has(layout::double_);
    case ScoreArray::list:
      return file_.has(layout::list);
  }
  return false;
}

hdf5::Dataset ScreenReader::scores(ScoreArray array) const {
  switch (array) {
    case ScoreArray::singles:
      return file_.group(layout::single).group(layout::impact).dataset(layout::data);
    case ScoreArray::pairs:
      return file_.group(layout::double_).dataset(layout::impact);
    case ScoreArray::list:
      break;
  }
  return file_.group(layout::list).dataset(layout::impact);
}

std::int64_t ScreenReader::events(ScoreArray array) const {
  return scores(array).size();
}

std::int64_t ScreenReader::order(ScoreArray array) const {
  return array == ScoreArray::singles ? 1 : array == ScoreArray::pairs ? 2 : list_.order();
}

std::int64_t ScreenReader::cell_of(ScoreArray array, std::int64_t number) const {
  switch (array) {
    case ScoreArray::singles:
      return cell_of_event(targets_.starts(), number);
    case ScoreArray::pairs:
      return cell_of_event(pair_starts_, number);
    case ScoreArray::list:
      break;
  }
  return list_.cell(number);
}

Event ScreenReader::event(ScoreArray array, std::int64_t number) const {
  const std::int64_t cell = cell_of(array, number);
  if (array == ScoreArray::list) {
    const auto genes = list_.genes(number);
    return {{genes.begin(), genes.end()}, cell};
  }
  if (array == ScoreArray::singles) return {{targets_.genes()[static_cast<std::size_t>(number)]}, cell};
  const auto genes = targets_.of(cell);
  const TargetPair pair =
      PairIndex::pair_of(std::ssize(genes), number - pair_starts_[static_cast<std::size_t>(cell)]);
  return {{genes[static_cast<std::size_t>(pair.first)], genes[static_cast<std::size_t>(pair.second)]}, cell};
}

EventRange ScreenReader::events_of_cell(ScoreArray array, std::int64_t cell) const {
  if (array == ScoreArray::list) return {0, list_.size()};
  const std::span<const std::int64_t> starts =
      array == ScoreArray::singles ? targets_.starts() : pair_starts_;
  return {starts[static_cast<std::size_t>(cell)], starts[static_cast<std::size_t>(cell) + 1]};
}

std::optional<double> ScreenReader::training_seconds() const {
  if (!file_.has_attribute("training_seconds")) return std::nullopt;
  return file_.real_attribute("training_seconds");
}

ScoreStream::ScoreStream(const ScreenReader& screen, ScoreArray array, EventRange range)
    : scores_(screen.scores(array)), left_(range) {}

void ScoreStream::fill() {
  const std::int64_t count = std::min(left_.last - left_.first, block_scores);
  block_.resize(static_cast<std::size_t>(count));
  scores_.read(left_.first, std::span<float>(block_));
  left_.first += count;
  at_ = 0;
}

}  // namespace dko
