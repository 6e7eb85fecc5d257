#include "screen_options.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/score_names.hpp"
#include "direction_options.hpp"
#include "dko/base/error.hpp"
#include "keep_options.hpp"

namespace dko::app {

namespace {

/// @throws UsageError
void check_keeping(const ScreenRequest& options) {
  const PairKeeping& keeping = options.keeping;
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
  const auto stored = std::find_if(mean_scores.begin(), mean_scores.end(),
                                   [&](Score score) { return options.scores->has(score); });
  throw UsageError(
      fmt::format("{} selects by {}, which --score leaves out: give --keep-by {}, or --score {},{}", option,
                  name_of(keeping.by).name, name_of(Measure{*stored}).name, name_of(Measure{*stored}).name,
                  name_of(Measure{keeping.by.score}).name));
}

/// Adds shift to scores that are named, where there is a direction: it is for nothing else.
void complete_scores(ScreenRequest& options) {
  if (!options.scores || !options.direction.is_given() || options.scores->shift) return;
  options.scores->shift = true;
  options.adds_shift = true;
}

/// @throws UsageError for half a direction, and scores that need one
void check_direction(const ScreenRequest& options) {
  const DirectionRequest& direction = options.direction;
  require_whole(direction);
  if (direction.is_given()) return;
  if (options.scores && (options.scores->shift || options.scores->approach))
    throw UsageError("--score: shift and approach are along a direction: give --from and --toward");
  if (is_directed(options.keeping.by.score))
    throw UsageError("--keep-by: shift is along a direction: give --from and --toward");
}

/// @throws UsageError for what is of genes that are lost with genes that are switched on
void check_kind(const CommandLine& line, const ScreenRequest& options) {
  if (options.activate.empty()) return;
  for (const char* option : {"knockout-genes", "knockdown", "events"}) {
    if (!line.given(option)) continue;
    throw UsageError(fmt::format("--activate switches genes on, --{} is of {}: give one of them", option,
                                 option == std::string_view("events")
                                     ? "a list, in which + before a gene does so"
                                     : "genes that are lost"));
  }
}

/// @throws UsageError for options that do not go together
void check(const CommandLine& line, ScreenRequest& options) {
  options.order_given = line.given("order");
  check_kind(line, options);
  complete_scores(options);
  if (options.sample && options.order != 2) throw UsageError("--sample draws pairs: give --order 2 with it");
  check_keeping(options);
  check_direction(options);
  if (!options.events.empty() && !options.order_given && !(options.genes.empty() && options.cells.empty())) {
    throw UsageError(
        "--knockout-genes and --knockout-cells restrict --order 1 and 2, not --events: restrict the list "
        "itself");
  }
}

}  // namespace

void add_screen_options(CommandLine& line, ScreenRequest& options) {
  line.group("Choosing knockouts and scores");
  line.choice<int>("order", options.order, {{"1", 1}, {"2", 2}},
                   "1: every single knockout; 2: every pair as well")
      .usual();
  line.option("sample", options.sample, "M", "with --order 2: M distinct random pairs instead of all")
      .range(1, 1e15)
      .excludes("events");
  line.parsed(
          "score", options.scores, "impact,network", scores_named,
          "which scores to store: impact, network, and with --toward approach, where shift is stored in any "
          "case; default: all; for all-pairs screens only impact (and shift), to save disk space. All pairs "
          "have "
          "no approach")
      .usual();
  line.option("events", options.events, "FILE",
              "score the knockouts of this list: CSV with columns gene_id (or gene1_id, gene2_id, ...) and "
              "cell_id, or gene_name or gene_index and so on; with + before a gene that the cell lacks it is "
              "switched "
              "on; replaces --order 1 unless --order is also given")
      .reads();
  line.option(
          "knockout-genes", options.genes, "LIST",
          "knock out only these genes: a file with one name a line, or names with commas between, or #7 for "
          "gene number 7; unlike --genes, all the others stay in the cells")
      .reads();
  line.option(
          "activate", options.activate, "LIST|all",
          "instead of knocking genes out, switch these on, one at a time (with --order 2 pairs as well), in "
          "every cell that lacks them: a list as for --knockout-genes, or all")
      .reads();
  line.option("knockdown", options.presence, "F",
              "lost genes keep a part F of their presence and of their share: 0 is a knockout")
      .range(0, 0.999999);
  line.option("knockout-cells", options.cells, "LIST",
              "only in these cells; unlike with --cells, the mapping is trained on all")
      .reads();
  add_direction_options(line, options.direction);
  add_base(line, options.base).usual();
  add_instructions(line, options.instructions,
                   "the widest instruction set for pairs, to get the same bits as on another machine; "
                   "default: the widest that every rank has");
  add_keep_options(line, options);
  line.check([&options](const CommandLine& parsed) { check(parsed, options); });
}

Option& add_base(CommandLine& line, std::optional<Base>& base) {
  std::vector<Choice<Base>> choices;
  for (const Base one : every_base) choices.push_back({name_of(one), one});
  return line.choice("base", base, choices,
                     "the profile whose change is scored: fitted, the mapping's; observed, the cell's own; "
                     "shrunk, between them, by the noise of counting; default: fitted with --mapping dko, "
                     "shrunk with sparse");
}

Option& add_instructions(CommandLine& line, std::optional<InstructionSet>& instructions, const char* help) {
  std::vector<Choice<InstructionSet>> choices;
  for (const InstructionSet set : every_instruction_set) choices.push_back({std::string(name_of(set)), set});
  return line.choice("instructions", instructions, choices, help);
}

}  // namespace dko::app
