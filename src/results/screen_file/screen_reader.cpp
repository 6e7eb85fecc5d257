#include "dko/results/screen_file/screen_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>
#include <string_view>

#include "dko/base/error.hpp"
#include "dko/knockout/events/event_file.hpp"
#include "dko/knockout/events/event_index.hpp"
#include "dko/mapping/q_values_file.hpp"
#include "dko/mapping/visibility_file.hpp"
#include "dko/parallel/collective.hpp"
#include "results/aggregate/summary_layout.hpp"
#include "score_layout.hpp"
#include "screen_layout.hpp"

namespace dko {

namespace {

namespace layout = screen_layout;

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
    throw InputError(fmt::format("{}: array sizes are inconsistent: the file is corrupt", group.place()));
}

}  // namespace

ScreenReader::ScreenReader(hdf5::File file)
    : file_(std::move(file)), provenance_(hdf5::read_header(file_, layout::kind)) {
  if (file_.integer_attribute("complete") != 1) {
    throw InputError(fmt::format("{}: the screen is not finished", file_.path()));
  }
  gene_names_ = file_.group(layout::genes).read_strings(layout::name);
  cell_names_ = file_.group(layout::cells).read_strings(layout::name);
  activates_ = file_.has_attribute(layout::activation) && file_.integer_attribute(layout::activation) != 0;
}

ScreenReader::ScreenReader(const std::filesystem::path& path)
    : ScreenReader(hdf5::File::open(path, hdf5::Access::read)) {
  read_events();
}

/// What is wrong with the file rank 0 finds first, and all are told.
hdf5::File ScreenReader::open_on_all(const std::filesystem::path& path, const Communicator& ranks) {
  on_root(ranks, [&] { const ScreenReader probe(hdf5::File::open(path, hdf5::Access::read)); });
  return hdf5::File::open(path, hdf5::Access::read);
}

ScreenReader::ScreenReader(const std::filesystem::path& path, const NodeGroup& nodes)
    : ScreenReader(open_on_all(path, nodes.all)) {
  on_root(nodes.all, [&] { read_events(); });
  if (has(ScoreArray::singles))
    targets_ = KnockoutTargets::replicate(nodes, at_root(nodes.all, std::move(targets_)));
  if (has(ScoreArray::pairs)) nodes.all.broadcast(pair_starts_);
  if (has(ScoreArray::list)) list_ = EventList::replicate(nodes, at_root(nodes.all, std::move(list_)));
  nodes.all.broadcast(singles_of_list_);
}

void ScreenReader::read_events() {
  if (has(ScoreArray::singles)) read_singles();
  if (has(ScoreArray::pairs)) read_pairs();
  if (has(ScoreArray::list)) read_list();
}

/// Each score of an array has one value an event, and there is at least one score.
void ScreenReader::require_scores(ScoreArray array, const hdf5::Location& group) const {
  bool any = false;
  for (const Score score : every_score) {
    if (!has_stored(array, score)) continue;
    require(scores(array, score).size() == events(array), group);
    any = true;
  }
  require(any, group);
}

void ScreenReader::read_singles() {
  const hdf5::Location single = file_.group(layout::single);
  auto starts = single.read<std::int64_t>(layout::indptr);
  auto genes = single.read<std::int32_t>(layout::indices);
  require(counts_events(starts, std::ssize(cell_names_), std::ssize(genes)) &&
              all_below(genes, std::ssize(gene_names_)),
          single);
  targets_ = KnockoutTargets(NodeArray(std::move(starts)), NodeArray(std::move(genes)));
  for (std::int64_t cell = 0; cell < targets_.cells(); ++cell) {
    const auto of_cell = targets_.of(cell);  // ascending, as the numbers of pairs take them to be
    require(std::adjacent_find(of_cell.begin(), of_cell.end(), std::greater_equal<>()) == of_cell.end(),
            single);
  }
  require_scores(ScoreArray::singles, single);
}

void ScreenReader::read_pairs() {
  const hdf5::Location pairs = file_.group(layout::double_);
  pair_starts_ = pairs.read<std::int64_t>(layout::indptr);
  require(has(ScoreArray::singles) && !pair_starts_.empty() &&
              counts_events(pair_starts_, std::ssize(cell_names_), pair_starts_.back()),
          pairs);
  for (std::int64_t cell = 0; cell < targets_.cells(); ++cell) {
    const auto at = static_cast<std::size_t>(cell);
    const std::int64_t m = targets_.count(cell);
    const std::int64_t count = pair_starts_[at + 1] - pair_starts_[at];
    require(count == 0 || count == m * (m - 1) / 2, pairs);
  }
  require_scores(ScoreArray::pairs, pairs);
}

void ScreenReader::read_list() {
  const hdf5::Location list = file_.group(layout::list);
  const hdf5::Shape shape = list.dataset(layout::event_genes).shape();
  auto genes = list.read<std::int32_t>(layout::event_genes);
  auto cells = list.read<std::int32_t>(layout::event_cell);
  require(shape.size() == 2 && shape[1] > 0 && shape[0] == std::ssize(cells) &&
              all_below(genes, std::ssize(gene_names_)) && all_below(cells, std::ssize(cell_names_)),
          list);
  std::vector<std::int32_t> added;
  if (list.has(layout::event_added)) {
    added = list.read<std::int32_t>(layout::event_added);
    require(added.size() == genes.size() && all_below(added, 2), list);
  }
  list_ = EventList(shape[1], NodeArray(std::move(genes)), NodeArray(std::move(cells)),
                    NodeArray(std::move(added)));
  require_scores(ScoreArray::list, list);
  singles_of_list_ = has(ScoreArray::singles);
  for (std::int64_t event = 0; singles_of_list_ && event < list_.size(); ++event) {
    for (const std::int32_t gene : list_.genes(event)) {
      if (!number_of_single(list_.cell(event), gene)) singles_of_list_ = false;
    }
  }
}

std::string ScreenReader::job_at_end() const {
  return file_.has_attribute(layout::job_at_end) ? file_.text_attribute(layout::job_at_end) : std::string();
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

bool ScreenReader::has_stored(ScoreArray array, Score score) const {
  if (!has(array)) return false;
  return file_.group(layout::group_of(array)).has(layout::name_of(score));
}

bool ScreenReader::has(ScoreArray array, Measure measure) const {
  const auto singles_have = [&] {
    return has_stored(ScoreArray::singles, measure.score) && (array != ScoreArray::list || singles_of_list_);
  };
  if (measure.score == Score::share) return !measure.is_interaction && has(array) && singles_have();
  if (!has_stored(array, measure.score)) return false;
  if (!measure.is_interaction) return true;
  return is_proper(measure.score) && order(array) == 2 && singles_have();
}

std::vector<Measure> ScreenReader::measures(ScoreArray array) const {
  std::vector<Measure> all;
  for (const MeasureName& name : measure_names) {
    if (has(array, name.measure)) all.push_back(name.measure);
  }
  return all;
}

Measure ScreenReader::leading_measure(ScoreArray array) const {
  const std::vector<Measure> all = measures(array);
  const auto found = std::find_if(all.begin(), all.end(), [](const Measure& measure) {
    return !measure.is_interaction && is_proper(measure.score);
  });
  return found != all.end() ? *found : all.at(0);
}

hdf5::Dataset ScreenReader::scores(ScoreArray array, Score score) const {
  return scores_of(file_, array, score);
}

std::int64_t ScreenReader::events(ScoreArray array) const {
  switch (array) {
    case ScoreArray::singles:
      return targets_.total();
    case ScoreArray::pairs:
      return pair_starts_.back();
    case ScoreArray::list:
      break;
  }
  return list_.size();
}

std::optional<std::int64_t> ScreenReader::number_of_single(std::int64_t cell, std::int32_t gene) const {
  const auto genes = targets_.of(cell);
  const auto found = std::lower_bound(genes.begin(), genes.end(), gene);
  if (found == genes.end() || *found != gene) return std::nullopt;
  return targets_.starts()[static_cast<std::size_t>(cell)] + (found - genes.begin());
}

std::optional<std::int64_t> ScreenReader::number_of_pair(std::int64_t cell, std::int32_t gene1,
                                                         std::int32_t gene2) const {
  const auto first = number_of_single(cell, std::min(gene1, gene2));
  const auto second = number_of_single(cell, std::max(gene1, gene2));
  const auto at = static_cast<std::size_t>(cell);
  if (!first || !second || pair_starts_[at] == pair_starts_[at + 1]) return std::nullopt;
  const std::int64_t start = targets_.starts()[at];
  const std::int64_t a = *first - start;
  return pair_starts_[at] + PairIndex::row_start(targets_.count(cell), a) + (*second - *first) - 1;
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
    const auto added = list_.added(number);
    return {{genes.begin(), genes.end()}, cell, {added.begin(), added.end()}};
  }
  if (array == ScoreArray::singles) return {{targets_.genes()[static_cast<std::size_t>(number)]}, cell, {}};
  const auto genes = targets_.of(cell);
  const TargetPair pair =
      PairIndex::pair_of(std::ssize(genes), number - pair_starts_[static_cast<std::size_t>(cell)]);
  return {
      {genes[static_cast<std::size_t>(pair.first)], genes[static_cast<std::size_t>(pair.second)]}, cell, {}};
}

EventRange ScreenReader::events_of_cell(ScoreArray array, std::int64_t cell) const {
  if (array == ScoreArray::list) return {0, list_.size()};
  const std::span<const std::int64_t> starts =
      array == ScoreArray::singles ? targets_.starts() : pair_starts_;
  return {starts[static_cast<std::size_t>(cell)], starts[static_cast<std::size_t>(cell) + 1]};
}

Names ScreenReader::gene_ids() const {
  const hdf5::Location genes = file_.group(layout::genes);
  Names ids = genes.has(layout::id) ? genes.read_strings(layout::id) : gene_names_;
  require(ids.size() == gene_names_.size(), genes);
  return ids;
}

std::vector<GeneVisibility> ScreenReader::visibility() const {
  return read_visibility(file_, std::ssize(gene_names_));
}

std::vector<double> ScreenReader::gene_q_values() const {
  if (!file_.has(layout::fdr)) return {};
  return read_gene_q_values(file_.group(layout::fdr), std::ssize(gene_names_));
}

std::optional<StoredDirection> ScreenReader::direction() const {
  return read_direction(file_, std::ssize(gene_names_), std::ssize(cell_names_));
}

std::optional<std::vector<std::int32_t>> ScreenReader::expressed_counts() const {
  const hdf5::Location cells = file_.group(layout::cells);
  if (!cells.has(layout::n_genes)) return std::nullopt;
  auto counts = cells.read<std::int32_t>(layout::n_genes);
  require(counts.size() == cell_names_.size(), cells);
  return counts;
}

Names ScreenReader::obs_titles() const {
  if (!file_.has_group(layout::obs)) return {};
  Names titles = file_.group(layout::obs).children();
  std::erase(titles, "_index");
  return titles;
}

ObsColumn ScreenReader::obs_column(const std::string& title) const {
  const hdf5::Location obs = file_.group(layout::obs);
  ObsColumn column{title};
  if (obs.has_dataset(title)) {
    column.numbers = obs.read<double>(title);
    require(column.numbers.size() == cell_names_.size(), obs);
    return column;
  }
  const hdf5::Location categorical = obs.group(title);
  column.labels = categorical.read_strings("categories");
  column.codes = categorical.read<std::int32_t>("codes");
  require(column.codes.size() == cell_names_.size() &&
              std::all_of(column.codes.begin(), column.codes.end(),
                          [&](std::int32_t code) { return code >= -1 && code < std::ssize(column.labels); }),
          categorical);
  const std::set<std::string_view> different(column.labels.begin(), column.labels.end());
  if (different.size() != column.labels.size())
    throw InputError(fmt::format("{}: has a category twice: the file is corrupt", categorical.place()));
  return column;
}

Base ScreenReader::base() const {
  if (!file_.has_attribute(layout::base)) return Base::fitted;
  const std::string name = file_.text_attribute(layout::base);
  const auto base = base_named(name);
  if (!base)
    throw InputError(fmt::format("{}: its attribute {} is '{}', which this program does not know",
                                 file_.path(), layout::base, name));
  return *base;
}

double ScreenReader::presence() const {
  if (!file_.has_attribute(layout::knockdown)) return 0;
  const double presence = file_.real_attribute(layout::knockdown);
  if (presence > 0 && presence < 1) return presence;
  throw InputError(fmt::format("{}: its attribute {} is {}, and not between 0 and 1: the file is corrupt",
                               file_.path(), layout::knockdown, presence));
}

std::string ScreenReader::label(std::int32_t gene) const {
  const std::string& name = gene_names_[static_cast<std::size_t>(gene)];
  return activates_ ? "+" + name : name;
}

std::string ScreenReader::label(const Event& event, std::size_t at) const {
  if (event.added.empty()) return label(event.genes[at]);
  return (event.added[at] != 0 ? "+" : "-") + gene_names_[static_cast<std::size_t>(event.genes[at])];
}

std::string ScreenReader::instruction_set() const {
  return file_.has_attribute(layout::instruction_set) ? file_.text_attribute(layout::instruction_set) : "";
}

std::int64_t ScreenReader::members() const {
  return file_.has_attribute(layout::members) ? file_.integer_attribute(layout::members) : 1;
}

bool ScreenReader::has_summary() const {
  return file_.has(summary_layout::group);
}

hdf5::Location ScreenReader::summary() const {
  return file_.group(summary_layout::group);
}

std::string ScreenReader::keep() const {
  return file_.has_attribute(layout::keep) ? file_.text_attribute(layout::keep) : "full";
}

std::string ScreenReader::keep_by() const {
  return file_.has_attribute(layout::keep_by) ? file_.text_attribute(layout::keep_by) : "";
}

std::optional<double> ScreenReader::training_seconds() const {
  if (!file_.has_attribute("training_seconds")) return std::nullopt;
  return file_.real_attribute("training_seconds");
}

}  // namespace dko
