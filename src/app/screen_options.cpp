#include "screen_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options/value_semantic.hpp>

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
#include "score_names.hpp"

namespace dko::app {

namespace po = boost::program_options;

void add_screen_options(CommandLine& line, ScreenOptions& options) {
  line.add()("order", po::value(&options.order)->default_value(options.order)->value_name("1|2"),
             "1: every single knockout; 2: every pair as well")(
      "sample", po::value(&options.sample)->value_name("M"),
      "with --order 2: M distinct random pairs instead of all")(
      "score", po::value(&options.score)->value_name("impact,network"),
      "which scores to store; default: both, but only impact of all pairs, for they fill the disk")(
      "events", po::value(&options.events)->value_name("FILE"),
      "score the knockouts of this list: CSV with columns gene_id (or gene1_id, gene2_id, ...) and cell_id, "
      "names or numbers from 0; instead of --order 1 unless that is given too")(
      "knockout-genes", po::value(&options.genes)->value_name("LIST"),
      "knock out only these genes: a file with one name or number a line, or names with commas between; "
      "unlike "
      "--genes, all the others stay in the cells")(
      "knockout-cells", po::value(&options.cells)->value_name("LIST"),
      "only in these cells; unlike with --cells, the mapping is trained on all")(
      "instructions", po::value(&options.instructions)->value_name("portable|avx2|avx512"),
      "the widest instruction set for pairs, to get the same bits as on another machine; default: the widest "
      "that every rank has");
  add_keep_options(line, options.keep);
}

namespace {

/// @throws UsageError
void check_keep_options(const CommandLine& line, const ScreenOptions& options) {
  const PairKeeping keeping = keeping_of(options.keep);
  if (keeping.form == PairKeeping::Form::all) return;
  const char* option = options.keep.keep == "full" ? "--threshold" : "--keep";
  if (options.order != 2)
    throw UsageError(fmt::format("{} is of double knockouts: give --order 2 with it", option));
  if (line.given("sample") || !options.events.empty()) {
    throw UsageError(
        fmt::format("{} chooses from all double knockouts: not with --sample or --events", option));
  }
  if (options.score.empty() || keeping.form != PairKeeping::Form::selected) return;
  if (scores_named(options.score).has(keeping.by.score)) return;
  throw UsageError(fmt::format("--keep-by {} needs that score: give --score impact,network, or leave it",
                               name_of(keeping.by).name));
}

}  // namespace

void check_screen_options(const CommandLine& line, ScreenOptions& options) {
  options.order_given = line.given("order");
  if (options.order != 1 && options.order != 2) throw UsageError("--order must be 1 or 2");
  if (line.given("sample") && options.order != 2)
    throw UsageError("--sample draws pairs: give --order 2 with it");
  if (line.given("sample") && options.sample < 1) throw UsageError("--sample must be at least 1");
  if (line.given("sample") && !options.events.empty())
    throw UsageError("--sample and --events exclude each other");
  if (line.given("score")) scores_named(options.score);
  if (line.given("instructions") && !instruction_set_named(options.instructions))
    throw UsageError(
        fmt::format("--instructions must be portable, avx2 or avx512, not '{}'", options.instructions));
  check_keep_options(line, options);
  if (!options.events.empty() && !options.order_given && !(options.genes.empty() && options.cells.empty())) {
    throw UsageError(
        "--knockout-genes and --knockout-cells restrict --order 1 and 2, not --events: restrict the list "
        "itself");
  }
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
  if (options.sample > 0) {
    return sample_pairs(plan.targets, PairIndex(matrix, plan.targets), options.sample, seed);
  }
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
  if (!options.instructions.empty()) plan.instructions = *instruction_set_named(options.instructions);
  plan.targets = select_targets(
      matrix,
      chosen(options.genes, NameIndex("gene", matrix.gene_names(), matrix.gene_ids()), "--knockout-genes"),
      chosen(options.cells, NameIndex("cell", matrix.cell_names()), "--knockout-cells"));
  plan.list = make_list(matrix, plan, options, seed);
  const ScoreSet chosen_scores = options.score.empty() ? both_scores : scores_named(options.score);
  plan.listed = chosen_scores;
  if (options.events.empty() || options.order_given) plan.singles = chosen_scores;
  if (options.order == 2 && options.sample == 0) {
    plan.doubles = options.score.empty() ? ScoreSet{{.impact = true}} : chosen_scores;
    plan.keeping = keeping_of(options.keep);
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
  if (options.instructions.empty() && output.is_resumed())
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
