#include "dko/workflow/truth_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <set>

#include "dko/base/delimited.hpp"
#include "dko/base/error.hpp"
#include "dko/base/numbers.hpp"
#include "dko/base/parameter.hpp"
#include "dko/base/random.hpp"
#include "dko/base/text.hpp"
#include "dko/knockout/events/event_columns.hpp"
#include "dko/knockout/events/event_file.hpp"
#include "dko/knockout/events/event_index.hpp"
#include "dko/knockout/events/event_list.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/simulation/knockout_truth.hpp"
#include "dko/system/available_memory.hpp"
#include "dko/workflow/progress_display.hpp"

namespace dko {

namespace {

void require_at_most(std::int64_t count, std::int64_t most, const char* kind) {
  if (count <= most) return;
  throw UsageError(
      fmt::format("{} were requested, but there are only {}", counted(count, kind), with_thousands(most)));
}

EventList sample_singles(const KnockoutTargets& targets, std::int64_t count, std::uint64_t seed) {
  std::vector<std::int32_t> genes;
  std::vector<std::int32_t> cells;
  for (const std::int64_t number : RandomStream(seed, "true singles").distinct(count, targets.total())) {
    genes.push_back(targets.genes()[static_cast<std::size_t>(number)]);
    cells.push_back(static_cast<std::int32_t>(cell_of_event(targets.starts(), number)));
  }
  return {1, NodeArray(std::move(genes)), NodeArray(std::move(cells))};
}

void require_order(std::int64_t found, std::int64_t order, const std::string& file) {
  if (found == order) return;
  throw InputError(fmt::format("{}: lists knockouts of {}, but {} was requested", file,
                               counted(found, "gene"), counted(order, "gene")));
}

/// @throws InputError unless all events of a list switch genes on, or none does
void require_kind(const EventList& events, bool activates, const std::string& file) {
  if (!activates && events.has_added())
    throw InputError(fmt::format("{}: switches genes on, but knockouts were requested: {} solves these", file,
                                 parameter("truth-activate")));
  const auto added = events.all_added();
  if (activates && (added.empty() || std::find(added.begin(), added.end(), 0) != added.end()))
    throw InputError(
        fmt::format("{}: lists knockouts, but genes to switch on were requested: write + before each", file));
}

EventList listed(const std::string& file, std::int64_t order, const ExpressionMatrix& cells, Log& log,
                 bool activates = false) {
  EventList events = read_events(file, cells, Missing::refuse, log);
  require_order(events.order(), order, file);
  require_kind(events, activates, file);
  std::set<EventKey> seen;
  for (std::int64_t event = 0; event < events.size(); ++event) {
    if (!seen.insert(event_key(events.genes(event), events.cell(event))).second)
      throw InputError(fmt::format("{}: knockout {} of the list is a duplicate", file, event + 1));
  }
  return events;
}

/// @throws UsageError if the memory does not hold so many knockouts, and their truth
void require_truth_memory(std::int64_t count, std::int64_t order, int ranks_of_node) {
  // Drawn, sorted, and with the values of the node's ranks and those gathered; and what each rank has of all.
  const double of_event = order == 1 ? 60 : 130;
  const double of_rank = 4.0 * static_cast<double>(order + 1);
  require_memory(static_cast<double>(count) * (of_event + of_rank * ranks_of_node),
                 fmt::format("the truth of {}", counted(count, order == 1 ? "knockout" : "double knockout")));
}

/// As many as are asked for, or all that there are. @throws UsageError for more than there are, or too many
/// for the memory
std::int64_t count_to_solve(std::optional<std::int64_t> asked, std::int64_t all, const char* kind,
                            std::int64_t order, int ranks_of_node) {
  const std::int64_t count = asked.value_or(all);
  require_at_most(count, all, kind);
  require_truth_memory(count, order, ranks_of_node);
  return count;
}

/// Cell by cell, within a cell as they came.
TruthEvents sorted(const EventList& events) {
  auto by_cell = numbers_below<std::int64_t>(events.size());
  std::stable_sort(by_cell.begin(), by_cell.end(),
                   [&](std::int64_t x, std::int64_t y) { return events.cell(x) < events.cell(y); });
  TruthEvents truth{events.order(), {}, {}, events.has_added()};
  for (const std::int64_t event : by_cell) {
    truth.cells.push_back(events.cell(event));
    for (const std::int32_t gene : events.genes(event)) truth.genes.push_back(gene);
  }
  return truth;
}

/// Two scores of the event; of a pair also those of its first and of its second gene alone.
std::size_t values_per_event(std::int64_t order) {
  return order == 1 ? 2 : 6;
}

/// Solves the events of one cell after the other.
class TruthSolver {
 public:
  TruthSolver(const RegulatoryDynamics& dynamics, const RankCells& mine, bool activates)
      : dynamics_(dynamics), mine_(mine), activates_(activates) {}

  /// Appends the values of an event; NaN where nothing settles.
  void solve(std::span<const std::int32_t> genes, std::int64_t cell, std::vector<double>& values) {
    if (cell != cell_) singles_.clear();
    cell_ = cell;
    append(solved(genes), values);
    for (std::size_t at = 0; genes.size() > 1 && at < genes.size(); ++at)
      append(single(genes.subspan(at, 1)), values);
  }

 private:
  std::optional<TrueScores> solved(std::span<const std::int32_t> genes) const {
    const SimulatedCell& cell = mine_.cells[static_cast<std::size_t>(cell_ - mine_.first)];
    return activates_ ? true_scores(dynamics_, cell, {}, genes) : true_scores(dynamics_, cell, genes);
  }
  std::optional<TrueScores> single(std::span<const std::int32_t> gene) {
    const auto known = singles_.find(gene[0]);
    return known != singles_.end() ? known->second : singles_.emplace(gene[0], solved(gene)).first->second;
  }
  static void append(const std::optional<TrueScores>& scores, std::vector<double>& values) {
    constexpr double none = std::numeric_limits<double>::quiet_NaN();
    values.push_back(scores ? scores->vs_original : none);
    values.push_back(scores ? scores->vs_renormalised : none);
  }

  const RegulatoryDynamics& dynamics_;
  const RankCells& mine_;
  bool activates_;
  std::int64_t cell_ = -1;
  std::map<std::int32_t, std::optional<TrueScores>> singles_;  // of this cell
};

/// The values of this rank's events, in order.
std::vector<double> solve_mine(const TruthEvents& events, const RegulatoryDynamics& dynamics,
                               const RankCells& mine, Job& job) {
  const auto begin = std::lower_bound(events.cells.begin(), events.cells.end(), mine.first);
  const auto end = std::lower_bound(begin, events.cells.end(), mine.first + std::ssize(mine.cells));
  const ProgressCallback progress = show_progress(job.log, "solving knockouts (rank 0's share)", "knockouts");
  TruthSolver solver(dynamics, mine, events.activates);
  std::vector<double> values;
  for (auto cell = begin; cell != end; ++cell) {
    const auto event = static_cast<std::size_t>(cell - events.cells.begin());
    const auto order = static_cast<std::size_t>(events.order);
    solver.solve(std::span(events.genes).subspan(event * order, order), *cell, values);
    if (progress) progress(cell - begin + 1, end - begin);
  }
  return values;
}

void write_header(CsvWriter& csv, std::int64_t order) {
  if (order == 1) {
    csv.field("gene").field("cell").field("K_true_vs_original").field("K_true_vs_renormalised").end_row();
    return;
  }
  for (const char* column :
       {"gene1", "gene2", "cell", "K_true_vs_original", "K_true_vs_renormalised", "K_single1",
        "K_single1_vs_renormalised", "K_single2", "K_single2_vs_renormalised"})
    csv.field(column);
  csv.end_row();
}

/// Returns how many were left out.
std::int64_t write_events(CsvWriter& csv, const TruthEvents& events, const std::vector<double>& values) {
  write_header(csv, events.order);
  std::int64_t left_out = 0;
  const std::size_t width = values_per_event(events.order);
  const auto order = static_cast<std::size_t>(events.order);
  for (std::size_t event = 0; event < events.cells.size(); ++event) {
    const auto of_event = std::span(values).subspan(event * width, width);
    if (std::any_of(of_event.begin(), of_event.end(), [](double value) { return std::isnan(value); })) {
      ++left_out;
      continue;
    }
    for (const std::int32_t gene : std::span(events.genes).subspan(event * order, order)) {
      if (events.activates)
        csv.field(fmt::format("+{}", gene));
      else
        csv.field(gene);
    }
    csv.field(events.cells[event]);
    for (const double value : of_event) csv.field(value);
    csv.end_row();
  }
  return left_out;
}

}  // namespace

void check_truth_choice(const std::string& what, std::int64_t order, double most) {
  const auto number = parse_integer(what);
  if (number && *number < 1) throw UsageError("a sample of knockouts has at least one");
  if (number && static_cast<double>(*number) > most) {
    throw UsageError(fmt::format("{} were requested, but these genes and cells have at most {:.0f}",
                                 counted(*number, order == 1 ? "single knockout" : "double knockout"), most));
  }
  if (number || what == "all") return;
  DelimitedReader file(what);
  require_order(EventColumns(file, what).order(), order, what);
}

TruthEvents choose_truth_events(const std::string& what, std::int64_t order, const ExpressionMatrix& cells,
                                std::uint64_t seed, int ranks_of_node, Log& log) {
  const auto number = parse_integer(what);
  if (what != "all" && !number) return sorted(listed(what, order, cells, log));
  const KnockoutTargets targets = select_targets(cells);
  if (order == 1) {
    const std::int64_t count =
        count_to_solve(number, targets.total(), "single knockout", order, ranks_of_node);
    return sorted(sample_singles(targets, count, seed));
  }
  const PairIndex index(cells, targets);
  const std::int64_t count = count_to_solve(number, index.total(), "double knockout", order, ranks_of_node);
  return sorted(sample_pairs(targets, index, count, seed));
}

TruthEvents choose_truth_activations(const std::string& what, const ExpressionMatrix& cells,
                                     std::uint64_t seed, int ranks_of_node, Log& log) {
  const auto number = parse_integer(what);
  if (what != "all" && !number) return sorted(listed(what, 1, cells, log, true));
  require_memory(lacking_bytes(cells),
                 fmt::format("the table of {} that cells lack", counted(count_lacking(cells), "gene")));
  const KnockoutTargets targets = select_lacking(cells);
  const std::int64_t count = count_to_solve(number, targets.total(), "activation", 1, ranks_of_node);
  TruthEvents events = sorted(sample_singles(targets, count, seed));
  events.activates = true;
  return events;
}

AtRoot<std::int64_t> write_truth(AtRoot<TruthEvents> of_root, const RegulatoryDynamics& dynamics,
                                 const RankCells& mine, const AtRoot<CsvWriter*>& csv, Job& job) {
  const AtRoot<bool> of_activates = of_root.take(&TruthEvents::activates);
  TruthEvents events = std::move(of_root).or_empty();
  job.ranks().broadcast(events.order);
  job.ranks().broadcast(events.genes);
  job.ranks().broadcast(events.cells);
  events.activates = job.ranks().broadcast(of_activates);
  const AtRoot<std::vector<double>> values =
      job.ranks().gather(std::span<const double>(solve_mine(events, dynamics, mine, job)));
  return on_root(job.ranks(), [&] {
    const std::int64_t left_out = write_events(**csv, events, *values);
    if (left_out > 0) {
      job.log.warn("{} of {} did not reach a steady state and were skipped", with_thousands(left_out),
                   counted(events.size(), events.activates ? "activation" : "knockout"));
    }
    return events.size() - left_out;
  });
}

}  // namespace dko
