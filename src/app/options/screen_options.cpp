#include "screen_options.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/score_names.hpp"
#include "dko/base/error.hpp"
#include "dko/base/names.hpp"
#include "dko/base/text.hpp"
#include "dko/knockout/events/event_file.hpp"
#include "dko/knockout/events/event_index.hpp"
#include "dko/knockout/screen/pair_sums_screen.hpp"
#include "dko/results/model_notes.hpp"
#include "dko/results/screen_file/screen_progress.hpp"
#include "dko/results/screen_file/screen_size.hpp"
#include "dko/system/available_memory.hpp"

namespace dko::app {

namespace {

/// @throws UsageError
void check_keeping(const ScreenOptions& options) {
  const PairKeeping& keeping = options.keep.what;
  if (keeping.form == PairKeeping::Form::all) return;
  const bool is_threshold = keeping.form == PairKeeping::Form::selected && keeping.top == 0;
  const char* option = is_threshold ? "--threshold" : "--keep";
  if (options.order != 2)
    throw UsageError(fmt::format("{} is of double knockouts: give --order 2 with it", option));
  if (options.sample || !options.events.empty()) {
    throw UsageError(
        fmt::format("{} chooses from all double knockouts: not with --sample or --events", option));
  }
  if (!options.scores || keeping.form != PairKeeping::Form::selected) return;
  if (options.scores->has(keeping.by.score)) return;
  throw UsageError(fmt::format("--keep-by {} needs that score: give --score impact,network, or leave it",
                               name_of(keeping.by).name));
}

/// @throws UsageError for options that do not go together
void check(const CommandLine& line, ScreenOptions& options) {
  options.order_given = line.given("order");
  if (options.sample && options.order != 2) throw UsageError("--sample draws pairs: give --order 2 with it");
  check_keeping(options);
  if (!options.events.empty() && !options.order_given && !(options.genes.empty() && options.cells.empty())) {
    throw UsageError(
        "--knockout-genes and --knockout-cells restrict --order 1 and 2, not --events: restrict the list "
        "itself");
  }
}

}  // namespace

void add_screen_options(CommandLine& line, ScreenOptions& options) {
  line.group("Choosing knockouts and scores");
  line.choice<int>("order", options.order, {{"1", 1}, {"2", 2}},
                   "1: every single knockout; 2: every pair as well")
      .usual();
  line.option("sample", options.sample, "M", "with --order 2: M distinct random pairs instead of all")
      .range(1, 1e15)
      .excludes("events");
  line.parsed("score", options.scores, "impact,network", scores_named,
              "which scores to store; default: both; for all-pairs screens only impact, to save disk space")
      .usual();
  line.option("events", options.events, "FILE",
              "score the knockouts of this list: CSV with columns gene_id (or gene1_id, gene2_id, ...) and "
              "cell_id, names or numbers from 0; replaces --order 1 unless --order is also given");
  line.option("knockout-genes", options.genes, "LIST",
              "knock out only these genes: a file with one name or number a line, or names with commas "
              "between; unlike --genes, all the others stay in the cells");
  line.option("knockout-cells", options.cells, "LIST",
              "only in these cells; unlike with --cells, the mapping is trained on all");
  add_instructions(line, options.instructions,
                   "the widest instruction set for pairs, to get the same bits as on another machine; "
                   "default: the widest that every rank has");
  add_keep_options(line, options.keep);
  line.check([&options](const CommandLine& parsed) { check(parsed, options); });
}

Option& add_instructions(CommandLine& line, std::optional<InstructionSet>& instructions, const char* help) {
  std::vector<Choice<InstructionSet>> choices;
  for (const InstructionSet set : every_instruction_set) choices.push_back({std::string(name_of(set)), set});
  return line.choice("instructions", instructions, choices, help);
}

namespace {

std::optional<std::vector<std::int32_t>> chosen(const std::string& list, const NameIndex& index,
                                                const char* option) {
  if (list.empty()) return std::nullopt;
  return listed_or_named(list, index, option);
}

/// The list of a plan: read, sampled, or none.
std::optional<EventList> make_list(const ExpressionMatrix& matrix, const ScreenPlan& plan,
                                   const ScreenOptions& options, std::uint64_t seed) {
  if (!options.events.empty()) return read_events(options.events, matrix);
  if (options.sample)
    return sample_pairs(plan.targets, PairIndex(matrix, plan.targets), *options.sample, seed);
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
  throw UsageError(
      fmt::format("--keep summary needs {} of memory on each rank, and --memory allows {}: give it more",
                  human_bytes(least), human_bytes(plan.keeping.memory)));
}

/// Before all else what PairSelection asks of each rank, whose shares are not known yet: as if they were
/// alike.
/// @throws UsageError
void require_selection_memory(const ExpressionMatrix& matrix, const ScreenPlan& plan, int ranks) {
  if (plan.keeping.top == 0) return;
  const PairIndex index(matrix, plan.targets);
  const double needed = selection_bytes(index.starts(), {0, index.total() / ranks}, plan.keeping.top);
  if (plan.keeping.memory >= needed) return;
  throw UsageError(fmt::format(
      "--keep top:{} needs {} of memory on each rank, and --memory allows {}: give it more, or keep fewer",
      plan.keeping.top, human_bytes(needed), human_bytes(plan.keeping.memory)));
}

}  // namespace

ScreenPlan plan_of(const ExpressionMatrix& matrix, const ScreenOptions& options, std::int64_t members,
                   std::uint64_t seed) {
  constexpr double bytes_of_gibi = 1 << 30;
  ScreenPlan plan;
  plan.members = members;
  if (options.instructions) plan.instructions = *options.instructions;
  plan.targets = select_targets(
      matrix,
      chosen(options.genes, NameIndex("gene", matrix.gene_names(), matrix.gene_ids()), "--knockout-genes"),
      chosen(options.cells, NameIndex("cell", matrix.cell_names()), "--knockout-cells"));
  plan.list = make_list(matrix, plan, options, seed);
  const ScoreSet chosen_scores = options.scores.value_or(both_scores);
  plan.listed = chosen_scores;
  if (options.events.empty() || options.order_given) plan.singles = chosen_scores;
  if (options.order == 2 && !options.sample) {
    plan.doubles = options.scores.value_or(ScoreSet{{.impact = true}});
    plan.keeping = options.keep.what;
    if (plan.keeping.form == PairKeeping::Form::selected) plan.doubles[plan.keeping.by.score] = true;
    plan.keeping.memory = options.keep.memory.value_or(1) * bytes_of_gibi;
  }
  if (members > 1) {
    plan.singles = with_deviations(plan.singles);
    plan.doubles = with_deviations(plan.doubles);
    plan.listed = with_deviations(plan.listed);
  }
  plan.singles = with_share(plan.singles);
  if (count_events(matrix, plan).total() == 0) {
    throw InputError(
        "there is nothing to knock out: no chosen gene is expressed in a chosen cell beside another");
  }
  return plan;
}

ScreenPlan make_plan(const ExpressionMatrix& matrix, const ScreenOptions& options, std::int64_t members,
                     const OutputFile& output, Job& job) {
  ScreenPlan plan = plan_of(matrix, options, members, job.provenance.seed);
  // What is resumed goes on with the instructions it began with, if this machine has them.
  if (!options.instructions && output.is_resumed())
    plan.instructions = instructions_of(output.partial_path());
  if (plan.doubles.any() && plan.keeping.form != PairKeeping::Form::all)
    plan.keeping.memory = memory_of_each_rank(options.keep.memory, job.nodes.node.size());
  const EventCounts events = count_events(matrix, plan);
  job.log.info("to score: {} single, {} double and {} listed knockouts", with_thousands(events.singles),
               with_thousands(events.pairs), with_thousands(events.listed));
  return plan;
}

void check_screen(const ExpressionMatrix& matrix, const ScreenPlan& plan, const OutputFile& output,
                  MappingKind kind, std::int64_t steps, int ranks) {
  const double notes = model_notes_bytes(plan.members, matrix.genes(), kind == MappingKind::dko ? steps : 0);
  const double record = 16384.0 * ranks * static_cast<double>(every_score.size());  // of blocks
  const double needed =
      std::max(0.0, screen_file_bytes(matrix, plan) + notes + record - stored_bytes(output.partial_path()));
  const double available = available_disk_space(output.partial_path());
  require_disk_space(output.partial_path(), needed, "the scores",
                     available < needed ? space_advice(matrix, plan, available - notes) : "");
  require_sums_memory(matrix, plan);
  require_selection_memory(matrix, plan, ranks);
}

}  // namespace dko::app
