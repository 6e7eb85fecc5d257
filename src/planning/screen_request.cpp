#include "dko/planning/screen_request.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "dko/base/error.hpp"
#include "dko/base/first_texts.hpp"
#include "dko/base/names.hpp"
#include "dko/base/parameter.hpp"
#include "dko/base/text.hpp"
#include "dko/base/units.hpp"
#include "dko/knockout/events/event_file.hpp"
#include "dko/knockout/events/event_index.hpp"
#include "dko/knockout/screen/pair_sums_screen.hpp"
#include "dko/results/model_notes.hpp"
#include "dko/results/screen_file/direction_file.hpp"
#include "dko/results/screen_file/kept_pairs_file.hpp"
#include "dko/results/screen_file/resume_point.hpp"
#include "dko/results/screen_file/screen_size.hpp"
#include "dko/system/available_memory.hpp"

namespace dko {

namespace {

constexpr std::size_t most_named = 5;

std::optional<std::vector<std::int32_t>> chosen(const std::string& list, const NameIndex& index,
                                                const std::string& parameter, Missing missing, Log& log) {
  if (list.empty()) return std::nullopt;
  return listed_or_named(list, index, parameter, missing, log);
}

Missing missing_of(const ScreenRequest& request) {
  return request.ignore_missing ? Missing::ignore : Missing::refuse;
}

/// Cells that are named, and meet the conditions, where there are such.
std::optional<std::vector<std::int32_t>> chosen_cells(const ScreenRequest& request,
                                                      const ExpressionMatrix& matrix, Log& log) {
  auto cells =
      chosen(request.cells, matrix.cell_index(), parameter("knockout-cells"), missing_of(request), log);
  if (!request.of_input.meeting) return cells;
  if (!cells) return request.of_input.meeting;
  const std::vector<std::int32_t>& meeting = *request.of_input.meeting;  // ascending
  std::erase_if(*cells,
                [&](std::int32_t cell) { return !std::binary_search(meeting.begin(), meeting.end(), cell); });
  if (cells->empty())
    throw InputError(
        fmt::format("no cell of {} meets {}", parameter("knockout-cells"), parameter("knockout-where")));
  return cells;
}

/// The list of a plan: read, sampled, or none.
std::optional<EventList> make_list(const ExpressionMatrix& matrix, const ScreenPlan& plan,
                                   const ScreenRequest& request, std::uint64_t seed, Log& log) {
  if (!request.events.empty()) return read_events(request.events, matrix, missing_of(request), log);
  if (request.sample)
    return sample_pairs(plan.targets, PairIndex(matrix, plan.targets), *request.sample, seed);
  return std::nullopt;
}

/// Which ways to screen `bytes` of disk would hold.
std::string space_advice(const ExpressionMatrix& matrix, const ScreenPlan& plan, double bytes) {
  std::string advice;
  for (const SmallerScreen& smaller : smaller_screens(matrix, plan, bytes)) {
    advice += fmt::format("{}{} needs {}", advice.empty() ? "; what would fit: " : ", ", smaller.option,
                          human_bytes(smaller.bytes));
  }
  return advice;
}

/// @throws UsageError if what --memory allows is not enough for the sums of a summary.
void require_sums_memory(const ExpressionMatrix& matrix, const ScreenPlan& plan) {
  if (!plan.stores_summary()) return;
  const double least = least_sums_memory(plan, pair_genes(plan, matrix));
  if (plan.keeping.memory >= least) return;
  throw UsageError(fmt::format("{} needs {} of memory on each rank, and {} allows {}: give it more",
                               parameter("keep", "summary"), human_bytes(least), parameter("memory"),
                               human_bytes(plan.keeping.memory)));
}

/// Before all else what PairSelection asks of each rank, whose shares are not known yet: as if they were
/// alike.
/// @throws UsageError
void require_selection_memory(const ExpressionMatrix& matrix, const ScreenPlan& plan, int ranks) {
  if (plan.keeping.top == 0) return;
  const PairIndex index(matrix, plan.targets);
  const double needed = selection_bytes(index.starts(), {0, index.total() / ranks}, plan.keeping.top);
  if (plan.keeping.memory >= needed) return;
  throw UsageError(
      fmt::format("{} needs {} of memory on each rank, and {} allows {}: give it more, or keep fewer",
                  parameter("keep", fmt::format("top:{}", plan.keeping.top)), human_bytes(needed),
                  parameter("memory"), human_bytes(plan.keeping.memory)));
}

/// The option that names the genes of events.
std::string genes_parameter(const ScreenRequest& request) {
  return parameter(request.activate.empty() ? "knockout-genes" : "activate");
}

/// Those that were chosen; nothing: all. @throws InputError for names that are not there
std::optional<std::vector<std::int32_t>> chosen_genes(const ScreenRequest& request,
                                                      const ExpressionMatrix& matrix, Log& log) {
  const bool all = request.activate == "all" && matrix.gene_index().by_name("all").positions.empty();
  if (all) return std::nullopt;
  return chosen(request.activate.empty() ? request.genes : request.activate, matrix.gene_index(),
                genes_parameter(request), missing_of(request), log);
}

/// @throws UsageError where pairs are asked for and only one gene may be in them.
void require_two_genes(const ScreenRequest& request,
                       const std::optional<std::vector<std::int32_t>>& chosen_genes) {
  if (request.order != 2 || !chosen_genes || chosen_genes->size() != 1) return;
  throw UsageError(fmt::format(
      "{} is of pairs of {}, and that names a single gene: name more, or give {} for that gene alone",
      parameter("order", "2"), genes_parameter(request), parameter("order", "1")));
}

/// Tells the log which of the chosen genes, or cells, have no knockout.
void tell_without_knockout(const std::optional<std::vector<std::int32_t>>& chosen,
                           const std::vector<bool>& has, const NameIndex& index, const std::string& parameter,
                           bool activates, Log& log) {
  if (!chosen) return;
  Names without;
  for (const std::int32_t at : *chosen) {
    if (!has[static_cast<std::size_t>(at)]) without.push_back(shown_name(index.name(at)));
  }
  if (without.empty()) return;
  log.warn("{}: {} of {} without {}: {}", parameter, with_thousands(std::ssize(without)),
           counted(std::ssize(*chosen), index.kind()),
           activates ? "an event, for no chosen cell lacks a chosen gene there"
                     : "a knockout, for no chosen cell expresses a chosen gene there beside another",
           first_texts(without, most_named));
}

/// The same of both lists.
void tell_without_knockouts(const ExpressionMatrix& matrix, const ScreenRequest& request,
                            const KnockoutTargets& targets,
                            const std::optional<std::vector<std::int32_t>>& genes,
                            const std::optional<std::vector<std::int32_t>>& cells, Log& log) {
  std::vector<bool> gene_has(static_cast<std::size_t>(matrix.genes()), false);
  for (const std::int32_t gene : targets.genes()) gene_has[static_cast<std::size_t>(gene)] = true;
  std::vector<bool> cell_has;
  for (std::int64_t cell = 0; cell < matrix.cells(); ++cell) cell_has.push_back(targets.count(cell) > 0);
  const bool activates = !request.activate.empty();
  tell_without_knockout(genes, gene_has, matrix.gene_index(), genes_parameter(request), activates, log);
  tell_without_knockout(cells, cell_has, matrix.cell_index(), parameter("knockout-cells"), activates, log);
}

/// The chosen cells, or all, that are of A; tells the log which named ones are not.
/// @throws InputError if none is
std::optional<std::vector<std::int32_t>> within_from(const ScreenRequest& request,
                                                     const std::optional<std::vector<std::int32_t>>& cells,
                                                     const NameIndex& index, Log& log) {
  if (!request.from_to) return cells;
  const std::vector<std::int32_t>& from = request.from_to->from_cells;  // ascending
  if (!cells) return from;
  std::vector<std::int32_t> left;
  Names others;
  for (const std::int32_t cell : *cells) {
    if (std::binary_search(from.begin(), from.end(), cell))
      left.push_back(cell);
    else
      others.push_back(shown_name(index.name(cell)));
  }
  const std::string option = parameter(request.cells.empty() ? "knockout-where" : "knockout-cells");
  if (left.empty())
    throw InputError(
        fmt::format("{}: none of these cells is in {}", option, parameter("from", request.from_to->from)));
  if (!request.cells.empty() && !others.empty())
    log.warn("{}: {} of {} not in {}, left out: {}", option, with_thousands(std::ssize(others)),
             counted(std::ssize(*cells), "cell"), parameter("from", request.from_to->from),
             first_texts(others, most_named));
  return left;
}

/// @throws InputError for a listed knockout in another cell than those of A
void require_list_within(const ScreenPlan& plan, const ExpressionMatrix& matrix) {
  if (!plan.from_to || !plan.list) return;
  const std::vector<std::int32_t>& cells = plan.from_to->from_cells;
  for (std::int64_t event = 0; event < plan.list->size(); ++event) {
    const std::int64_t cell = plan.list->cell(event);
    if (std::binary_search(cells.begin(), cells.end(), cell)) continue;
    throw InputError(fmt::format(
        "{}: knockout {} of the list is in cell {}, which is not in {}: list knockouts in cells of these "
        "only",
        parameter("events"), event + 1, shown_name(matrix.cell_names()[static_cast<std::size_t>(cell)]),
        parameter("from", plan.from_to->from)));
  }
}

/// All scores, those along a direction only where there is one.
ScoreSet default_scores(const ScreenRequest& request) {
  ScoreSet scores = both_scores;
  scores.shift = scores.approach = request.from_to.has_value();
  return scores;
}

/// The same of all pairs, which have no approach.
ScoreSet scores_of_pairs(const ScreenRequest& request) {
  ScoreSet scores = request.scores.value_or(ScoreSet{{.impact = true, .shift = request.from_to.has_value()}});
  scores.approach = false;
  return scores;
}

/// Tells the log in which of the chosen cells there is nothing of what was asked for.
void tell_left_out(const ExpressionMatrix& matrix, const ScreenPlan& plan, const ScreenRequest& request,
                   Log& log) {
  if (request.order != 2) return;
  std::int64_t of_two = 0;
  for (std::int64_t cell = 0; cell < matrix.cells() && !plan.activates; ++cell)
    of_two += matrix.expressed_count(cell) == 2 && plan.targets.count(cell) == 2 ? 1 : 0;
  if (of_two > 0) {
    log.info("{} {} only two genes, whose pair is not scored: its loss would leave nothing",
             counted(of_two, "cell"), of_two == 1 ? "expresses" : "express");
  }
  std::int64_t of_few = 0;
  for (std::int64_t cell = 0; cell < matrix.cells() && plan.activates; ++cell)
    of_few += matrix.expressed_count(cell) <= 2 && plan.targets.count(cell) >= 2 ? 1 : 0;
  if (of_few > 0) {
    log.info("{} {} one gene or two: in these cells single genes are switched on, and no pairs",
             counted(of_few, "cell"), of_few == 1 ? "expresses" : "express");
  }
  if (PairIndex(matrix, plan.targets).total() == 0) {
    log.warn("there is no pair to score: no cell {}; give {} for single genes",
             plan.activates ? "of three genes or more lacks two of the chosen ones"
                            : "expresses two of the chosen genes beside a third",
             parameter("order", "1"));
  }
}

/// @throws Error if the genes that the cells lack do not fit into memory
KnockoutTargets targets_of(const ExpressionMatrix& matrix, const ScreenRequest& request,
                           const std::optional<std::vector<std::int32_t>>& genes,
                           const std::optional<std::vector<std::int32_t>>& cells) {
  if (request.activate.empty()) return select_targets(matrix, genes, cells);
  require_memory(
      lacking_bytes(matrix, genes, cells),
      fmt::format("{}: the table of {} that cells lack, which a LIST of genes or {} bounds,",
                  parameter("activate", request.activate),
                  counted(count_lacking(matrix, genes, cells), "gene"), parameter("knockout-cells")));
  return select_lacking(matrix, genes, cells);
}

}  // namespace

ScreenPlan plan_of(const ExpressionMatrix& matrix, const ScreenRequest& request, std::int64_t members,
                   std::uint64_t seed, Log& log) {
  ScreenPlan plan;
  plan.members = members;
  plan.base = request.base.value_or(Base::fitted);
  if (request.instructions) plan.instructions = *request.instructions;
  plan.activates = !request.activate.empty();
  plan.presence = request.presence;
  const auto genes = chosen_genes(request, matrix, log);
  require_two_genes(request, genes);
  const auto cells = within_from(request, chosen_cells(request, matrix, log), matrix.cell_index(), log);
  plan.from_to = request.from_to;
  plan.targets = targets_of(matrix, request, genes, cells);
  tell_without_knockouts(matrix, request, plan.targets, genes, request.cells.empty() ? std::nullopt : cells,
                         log);
  tell_left_out(matrix, plan, request, log);
  plan.obs = request.of_input.obs;
  plan.list = make_list(matrix, plan, request, seed, log);
  require_list_within(plan, matrix);
  if (plan.presence > 0 && plan.adds_genes())
    throw InputError(
        fmt::format("{}: has genes to switch on, and {} is of genes that are lost: give each a list",
                    request.events, parameter("knockdown")));
  if (request.adds_shift)
    log.info("{}: shift is stored as well, which {} is for", parameter("score"), parameter("from"));
  const ScoreSet chosen_scores = request.scores.value_or(default_scores(request));
  plan.listed = chosen_scores;
  if (request.events.empty() || request.order_given) plan.singles = chosen_scores;
  if (request.order == 2 && !request.sample) {
    plan.doubles = scores_of_pairs(request);
    plan.keeping = request.keeping;
    if (plan.keeping.form == PairKeeping::Form::selected) plan.doubles[plan.keeping.by.score] = true;
    plan.keeping.memory = request.memory.value_or(1) * gibibyte;
  }
  if (members > 1) {
    plan.singles = with_deviations(plan.singles);
    plan.doubles = with_deviations(plan.doubles);
    plan.listed = with_deviations(plan.listed);
  }
  plan.singles = with_share(plan.singles);
  if (count_events(matrix, plan).total() == 0) {
    throw InputError(
        plan.activates
            ? "there is nothing to switch on: every chosen cell expresses every chosen gene"
            : "there is nothing to knock out: no chosen gene is expressed in a chosen cell beside another");
  }
  return plan;
}

ScreenPlan make_plan(const ExpressionMatrix& matrix, const ScreenRequest& request, std::int64_t members,
                     const OutputFile& output, Job& job) {
  ScreenPlan plan = plan_of(matrix, request, members, job.provenance.seed, job.log);
  // What is resumed goes on with the instructions it began with, if this machine has them.
  if (!request.instructions && output.is_resumed())
    plan.instructions = instructions_of(output.partial_path());
  if (plan.doubles.any() && plan.keeping.form != PairKeeping::Form::all)
    plan.keeping.memory = memory_of_each_rank(request.memory, job.nodes.node.size());
  const EventCounts events = count_events(matrix, plan);
  job.log.info("to score: {} single, {} double and {} listed {}", with_thousands(events.singles),
               with_thousands(events.pairs), with_thousands(events.listed),
               plan.activates      ? "activations"
               : plan.presence > 0 ? "knockdowns"
                                   : "knockouts");
  return plan;
}

void check_screen(const ExpressionMatrix& matrix, const ScreenPlan& plan, const OutputFile& output,
                  MappingKind kind, std::int64_t steps, int ranks, double others, Log& log) {
  const double notes = model_notes_bytes(plan.members, matrix.genes(), kind == MappingKind::dko ? steps : 0);
  const double of_direction = direction_file_bytes(plan, matrix.genes(), matrix.cells());
  const double record = 16384.0 * ranks * static_cast<double>(every_score.size());  // of blocks
  // How many pairs are kept of a selection is not known before.
  if (plan.keeping.form != PairKeeping::Form::selected)
    require_file_size(output.final_path(), screen_file_bytes(matrix, plan), "the scores");
  const double there = stored_bytes(output.partial_path()) + stored_bytes(whole_file(output.partial_path())) +
                       output.bytes_to_give_up();
  const double needed = others + std::max(0.0, screen_file_bytes(matrix, plan) + bytes_beside(matrix, plan) +
                                                   notes + of_direction + record - there);
  const double available = available_disk_space(output.partial_path());
  require_disk_space(output.partial_path(), needed, others > 0 ? "the scores, and the model," : "the scores",
                     available < needed ? space_advice(matrix, plan, available - notes - others) : "");
  const double saved = temporary_bytes(matrix, plan, ranks) - bytes_beside(matrix, plan);
  if (!output.is_resumed() && available < needed + saved)
    log.warn(
        "{}: the scores need {}, what is saved of pairs while they are scored up to {}, and {} are free: a "
        "long job may end without room; {} then goes on from what was saved",
        output.partial_path().string(), human_bytes(needed), human_bytes(saved), human_bytes(available),
        parameter("resume"));
  require_sums_memory(matrix, plan);
  require_selection_memory(matrix, plan, ranks);
}

}  // namespace dko
