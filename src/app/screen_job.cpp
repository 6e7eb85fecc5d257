#include "screen_job.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options/value_semantic.hpp>
#include <nlohmann/json.hpp>

#include "dko/base/error.hpp"
#include "dko/base/names.hpp"
#include "dko/base/text.hpp"
#include "dko/knockout/event_index.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/results/screen_writer.hpp"
#include "progress.hpp"
#include "rank_seconds.hpp"
#include "resources.hpp"
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
}

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

ScreenCounts count_events(const ExpressionMatrix& matrix, const ScreenPlan& plan) {
  ScreenCounts counts;
  if (plan.singles.any()) counts.singles = plan.targets.total();
  if (plan.doubles.any()) counts.pairs = PairIndex(matrix, plan.targets).total();
  if (plan.list) counts.listed = plan.list->size();
  return counts;
}

}  // namespace

ScreenPlan make_plan(const ExpressionMatrix& matrix, const ScreenOptions& options, std::int64_t members,
                     Job& job) {
  ScreenPlan plan;
  plan.members = members;
  if (!options.instructions.empty()) plan.instructions = *instruction_set_named(options.instructions);
  plan.targets = select_targets(
      matrix,
      chosen(options.genes, NameIndex("gene", matrix.gene_names(), matrix.gene_ids()), "--knockout-genes"),
      chosen(options.cells, NameIndex("cell", matrix.cell_names()), "--knockout-cells"));
  plan.list = make_list(matrix, plan, options, job.provenance.seed);
  const ScoreSet chosen_scores = options.score.empty() ? both_scores : scores_named(options.score);
  plan.listed = chosen_scores;
  if (options.events.empty() || options.order_given) plan.singles = chosen_scores;
  if (options.order == 2 && options.sample == 0) {
    plan.doubles = options.score.empty() ? ScoreSet{{.impact = true}} : chosen_scores;
  }
  if (members > 1) {
    plan.singles = with_deviations(plan.singles);
    plan.doubles = with_deviations(plan.doubles);
    plan.listed = with_deviations(plan.listed);
  }
  plan.singles = with_share(plan.singles);
  const ScreenCounts events = count_events(matrix, plan);
  if (events.total() == 0) {
    throw InputError(
        "there is nothing to knock out: no chosen gene is expressed in a chosen cell beside another");
  }
  job.log.info("to score: {} single, {} double and {} listed knockouts", with_thousands(events.singles),
               with_thousands(events.pairs), with_thousands(events.listed));
  return plan;
}

void check_screen(const ExpressionMatrix& matrix, const ScreenPlan& plan, const OutputFile& output,
                  MappingKind kind, std::int64_t steps) {
  require_disk_space(
      output.partial_path(),
      screen_file_bytes(matrix, plan) +
          model_notes_bytes(plan.members, matrix.genes(), kind == MappingKind::dko ? steps : 0),
      "the scores");
}

ScreenCounts run_screen(const ScreenPlan& plan, const ExpressionMatrix& matrix,
                        std::span<const CollapsedMapping> members, std::optional<OutputFile>& output,
                        const ModelNotes& notes, std::optional<double> training_seconds, Job& job) {
  const Communicator& ranks = job.ranks();
  const Stopwatch watch;
  std::string path;
  on_root(ranks, [&] {
    path = output->partial_path().string();
    create_screen_file(path, matrix, plan, job.provenance, notes);
  });
  ranks.broadcast(path);
  ScreenWriter writer(path, ranks, plan);
  ScreenCounts counts = count_events(matrix, plan);
  // Rank 0's share costs as much as any other.
  const Stopwatch own_watch;
  screen_shard(plan, matrix, members, ranks.rank(), ranks.size(), writer,
               show_progress(job.log, {"screening", "knockouts", counts.total()}));
  counts.of_ranks = summarize_seconds(own_watch.seconds(), ranks);
  writer.close();
  ranks.barrier();
  counts.seconds = watch.seconds();
  on_root(ranks, [&] {
    complete_screen_file(path, training_seconds, counts.seconds);
    output->commit();
    job.log.info("{}: {} scored in {}", output->final_path().string(), counted(counts.total(), "knockout"),
                 human_seconds(counts.seconds));
    log_balance(counts.of_ranks, job.log);
  });
  return counts;
}

nlohmann::ordered_json to_json(const ScreenCounts& counts) {
  return {{"singles", counts.singles},
          {"pairs", counts.pairs},
          {"listed", counts.listed},
          {"seconds", counts.seconds},
          {"rank_seconds", to_json(counts.of_ranks)}};
}

}  // namespace dko::app
