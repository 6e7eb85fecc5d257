#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iostream>
#include <nlohmann/json.hpp>
#include <span>

#include "app/command.hpp"
#include "app/json_report.hpp"
#include "app/score_names.hpp"
#include "app/start_job.hpp"
#include "by_group.hpp"
#include "contrasts.hpp"
#include "dko/base/csv_writer.hpp"
#include "dko/base/error.hpp"
#include "dko/base/printable.hpp"
#include "dko/base/stopwatch.hpp"
#include "dko/base/text.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/results/aggregate/pair_summary.hpp"
#include "dko/results/aggregate/summary.hpp"
#include "dko/system/available_memory.hpp"
#include "dko/workflow/progress_display.hpp"
#include "set_tests.hpp"
#include "summary_tables.hpp"

namespace dko::app {

namespace {

constexpr std::int64_t rows_shown = 10;

struct SummarizeOptions {
  std::string file;
  std::string genes;
  std::string pairs;
  std::optional<std::int64_t> count;
  std::optional<Measure> by;
  bool lowest = false;
  std::optional<double> memory;  // GiB
  std::string group_by;
  std::vector<std::string> contrasts;
  std::string gene_contrasts;
  std::string pair_contrasts;
  std::optional<std::int64_t> min_cells;
  SetOptions sets;
  CommonOptions common;

  /// Rows of a table that is written to `path`, if any.
  std::int64_t rows(const std::string& path) const {
    return count.value_or(path.empty() ? rows_shown : all_rows);
  }
  /// Those of them that are printed.
  std::int64_t shown(const std::string& path) const { return path.empty() ? rows(path) : rows_shown; }
  /// Whether tables over cells are asked for, and not only contrasts.
  bool wants_tables() const { return contrasts.empty() || !genes.empty() || !pairs.empty(); }
};

void add_groups(CommandLine& line, SummarizeOptions& options) {
  line.group("Groups of cells");
  line.option("group-by", options.group_by, "COLUMN",
              "the tables within each group of cells, by the labels of a column that the screen keeps "
              "(dko info lists them)")
      .usual();
  line.option("contrast", options.contrasts, "A,B",
              "with --group-by: compare each gene in the cells of A with those of B: difference of means, "
              "rank-sum test, q-values; A alone: with all others; each: every label with all others; may be "
              "given again");
  line.option("contrast-table", options.gene_contrasts, "FILE",
              "with --contrast: write a row for each gene (CSV)")
      .writes();
  line.option("pair-contrast-table", options.pair_contrasts, "FILE",
              "with --contrast: compare pairs too, and write a row for each (CSV)")
      .writes();
  line.check([&options](const CommandLine& parsed) {
    if (options.group_by.empty() && !options.contrasts.empty())
      throw UsageError("--contrast compares groups: give --group-by with it");
    for (const char* option : {"contrast-table", "pair-contrast-table"})
      if (parsed.given(option) && options.contrasts.empty())
        throw UsageError(fmt::format("--{} is for --contrast", option));
  });
}

CommandLine line_of(SummarizeOptions& options) {
  CommandLine line(
      "summarize SCREEN [options]",
      "Aggregates the knockouts of each gene and each pair over cells: number of cells, mean "
      "and standard\ndeviation over them, and in how many the interaction has the sign of its "
      "mean. On all ranks.",
      "mpirun -n 4 dko summarize screen.h5 --gene-table genes.csv --pair-table pairs.csv -n 1000");
  const auto measure = [](const std::string& text) { return ranking_measure_named(text, "--by"); };
  line.argument("SCREEN", options.file);
  line.group("Tables");
  line.option("gene-table", options.genes, "FILE", "write a row for each gene (CSV)").writes();
  line.option("pair-table", options.pairs, "FILE", "write a row for each pair (CSV)").writes();
  line.option(",n", options.count, "N",
              "only the N that rank highest; default: all rows in files, 10 in the terminal, which shows no "
              "more of a table that goes to a file")
      .range(1, 1e12);
  line.option(
          "min-cells", options.min_cells, "C",
          "leave out genes and pairs with fewer cells; with --contrast in one of the groups. Default: 1; of "
          "contrasts 3")
      .range(1, 1e9);
  line.parsed("by", options.by, "MEASURE", measure,
              "rank by the mean of impact, network, interaction, network-interaction, …; interactions by its "
              "size. Default: shift where the screen has a direction; else genes by impact, pairs by "
              "network-interaction where network is stored, else by interaction");
  line.flag("lowest", options.lowest, "the lowest means first, such as of shifts away from B");
  line.check([&options](const CommandLine&) {
    if (options.lowest && !options.contrasts.empty())
      throw UsageError("--lowest ranks by means, and contrasts are ranked by p: give them in two commands");
  });
  line.option("memory", options.memory, "G",
              "GiB that each rank may use for sums over pairs and the table of them; with less the file is "
              "read in smaller pieces. Default: 1, or its part of half of what is free")
      .range(1e-6, 1e6);
  add_groups(line, options);
  add_set_options(line, options.sets, "the means of what ranks the genes, of visible ones");
  line.check([&options](const CommandLine& parsed) {
    if (parsed.given("group-by") && options.sets.any())
      throw UsageError("--gene-sets and --rnk are of the means over all cells: leave out --group-by");
  });
  add_common(line, options.common);
  return line;
}

/// What ranks where nothing else is asked for: the first of these that an array has. Of pairs what happens to
/// the other genes comes before what includes their own shares.
constexpr std::array gene_order{Measure{Score::shift, false}, Measure{Score::impact, false},
                                Measure{Score::network, false}};
constexpr std::array pair_order{Measure{Score::shift, false}, Measure{Score::network, true},
                                Measure{Score::impact, true}, Measure{Score::network, false},
                                Measure{Score::impact, false}};

/// The measure that ranks an array: the one asked for if the array has it, else the first of its order.
std::optional<Measure> ranking_measure(const ScreenReader& screen, ScoreArray array,
                                       const SummarizeOptions& options) {
  const std::vector<Measure> measures = summarized_measures(screen, array);
  const auto has = [&](const Measure& measure) {
    return std::find(measures.begin(), measures.end(), measure) != measures.end();
  };
  if (options.by && has(*options.by)) return options.by;
  const std::span<const Measure> order = array == ScoreArray::singles ? std::span<const Measure>(gene_order)
                                                                      : std::span<const Measure>(pair_order);
  const auto first = std::find_if(order.begin(), order.end(), has);
  return first == order.end() ? std::nullopt : std::optional(*first);
}

/// Whether pairs are there for each cell, and not only summed up over all.
bool has_pairs_of_cells(const ScreenReader& screen) {
  const auto pairs = pairs_of(screen);
  return pairs && screen.has(*pairs);
}

std::string summary_note(const std::string& file) {
  return fmt::format(
      "{} holds its double knockouts as a summary over all cells: for groups of them screen with another "
      "--keep",
      file);
}

/// What there is to summarise. @throws UsageError if that is not what was asked for.
std::vector<Part> parts_of(const ScreenReader& screen, const SummarizeOptions& options) {
  std::vector<Part> parts;
  const auto add = [&](ScoreArray array, const char* kind, const char* option, const std::string& path) {
    if (const auto by = ranking_measure(screen, array, options))
      parts.push_back({array, kind, option, path, {*by, options.lowest, options.min_cells.value_or(1)}, {}});
  };
  auto pairs = pairs_of(screen);
  if (!options.group_by.empty() && pairs && !has_pairs_of_cells(screen)) {
    if (!options.pairs.empty()) throw UsageError("--pair-table: " + summary_note(options.file));
    pairs.reset();
  }
  if (screen.has(ScoreArray::singles)) {
    add(ScoreArray::singles, "gene", "--gene-table", options.genes);
  } else if (!options.genes.empty()) {
    throw UsageError(fmt::format("--gene-table: {} has no single knockouts", options.file));
  }
  if (pairs) {
    add(*pairs, "pair", "--pair-table", options.pairs);
  } else if (!options.pairs.empty()) {
    throw UsageError(
        fmt::format("--pair-table: {} has no double knockouts: screen with --order 2", options.file));
  }
  if (parts.empty())
    throw UsageError(fmt::format("{} has neither single nor double knockouts to summarise{}", options.file,
                                 screen.list_adds_genes()
                                     ? "; of a list that switches genes on dko top and dko "
                                       "export show the events one by one"
                                     : ""));
  if (!options.by) return parts;
  const auto ranks = [&](const Part& part) { return part.by == *options.by; };
  if (std::none_of(parts.begin(), parts.end(), ranks))
    require_measure(screen, parts.back().array, *options.by);
  return parts;
}

/// What there is to compare. @throws UsageError if that is not what was asked for.
std::vector<ContrastPart> contrasts_of(const ScreenReader& screen, const SummarizeOptions& options) {
  std::vector<ContrastPart> parts;
  if (options.contrasts.empty()) return parts;
  const auto add = [&](ScoreArray array, const char* option, const std::string& path) {
    if (const auto by = contrast_measure(screen, array, options.by))
      parts.push_back({array, option, path, *by});
  };
  if (screen.has(ScoreArray::singles)) {
    add(ScoreArray::singles, "--contrast-table", options.gene_contrasts);
  } else if (!options.gene_contrasts.empty()) {
    throw UsageError(fmt::format("--contrast-table: {} has no single knockouts", options.file));
  }
  if (!options.pair_contrasts.empty()) {
    if (!pairs_of(screen))
      throw UsageError(fmt::format("--pair-contrast-table: {} has no double knockouts: screen with --order 2",
                                   options.file));
    if (!has_pairs_of_cells(screen)) throw UsageError("--pair-contrast-table: " + summary_note(options.file));
    add(*pairs_of(screen), "--pair-contrast-table", options.pair_contrasts);
  }
  if (parts.empty()) throw UsageError(fmt::format("{} has no single knockouts to compare", options.file));
  const auto ranks = [&](const ContrastPart& part) { return part.by == *options.by; };
  if (options.by && !options.wants_tables() && std::none_of(parts.begin(), parts.end(), ranks))
    throw UsageError(fmt::format("--by: what is compared has no {}", name_of(*options.by).name));
  return parts;
}

/// What a run is to do, the same on all ranks.
struct Work {
  std::vector<Part> parts;
  std::optional<CellGroups> groups;
  std::vector<ContrastPart> compared;
  std::vector<Contrast> contrasts;
};

Work work_of(const ScreenReader& screen, const SummarizeOptions& options) {
  Work work;
  if (!options.group_by.empty()) work.groups = group_cells(screen, options.group_by);
  for (const std::string& text : options.contrasts)
    for (const Contrast& contrast : contrasts_named(*work.groups, text)) work.contrasts.push_back(contrast);
  work.compared = contrasts_of(screen, options);
  if (options.wants_tables()) work.parts = parts_of(screen, options);
  if (options.sets.any() && !screen.has(ScoreArray::singles))
    throw UsageError(fmt::format("--gene-sets and --rnk: {} has no single knockouts", options.file));
  return work;
}

/// The files of parts that have a path, on rank 0.
template <class OnePart>
std::vector<std::optional<CsvWriter>> open_files(const std::vector<OnePart>& parts,
                                                 const SummarizeOptions& options, const Job& job) {
  std::vector<std::optional<CsvWriter>> files(parts.size());
  on_root(job.ranks(), [&] {
    for (std::size_t at = 0; at < parts.size(); ++at)
      if (!parts[at].path.empty()) files[at].emplace(parts[at].path, options.common.force);
  });
  return files;
}

/// Tables over all cells.
void summarize_all(const ScreenReader& screen, std::vector<Part>& parts,
                   std::vector<std::optional<CsvWriter>>& files, const SummarizeOptions& options,
                   double memory, Job& job, nlohmann::ordered_json& json) {
  const Stopwatch watch;
  for (Part& part : parts) {
    const std::int64_t count = options.rows(part.path);
    part.table = part.array == ScoreArray::singles
                     ? summarize_genes(screen, part.by, count, job.ranks())
                     : summarize_pairs(screen, part.by, count, memory, job.ranks(),
                                       show_progress(job.log, "summarizing", "events"));
    job.log.info("{} over {}: {}", counted(part.table.total, part.kind),
                 counted(screen.targets().cells(), "cell"), human_seconds(watch.seconds()));
  }
  on_root(job.ranks(), [&] {
    for (std::size_t at = 0; at < parts.size(); ++at) {
      const Part& part = parts[at];
      const auto shown =
          static_cast<std::size_t>(std::min(options.shown(part.path), std::ssize(part.table.rows)));
      if (at > 0) std::cout << '\n';
      print_table(screen, part, shown);
      json[part.kind + std::string("s")] = to_json(screen, part, shown);
      if (!files[at]) continue;
      require_disk_space(part.path, table_bytes(part, std::ssize(part.table.rows)), part.option.c_str());
      write_header(screen, part, false, *files[at]);
      write_rows(screen, part, nullptr, *files[at]);
    }
  });
}

/// Tables within groups of cells, and contrasts of them.
void summarize_groups(const ScreenReader& screen, Work& work, std::vector<std::optional<CsvWriter>>& files,
                      std::vector<std::optional<CsvWriter>>& contrast_files, const SummarizeOptions& options,
                      double memory, Job& job, nlohmann::ordered_json& json) {
  const CellGroups& groups = *work.groups;
  AtRoot<nlohmann::ordered_json> tables = summarize_by_group(
      screen, groups, work.parts, files,
      [&](const Part& part) {
        return RowCounts{options.rows(part.path), options.shown(part.path)};
      },
      memory, job);
  on_root(job.ranks(), [&] {
    json["group_by"] = groups.column;
    json["cells_without_group"] = groups.without;
    if (!work.parts.empty()) json["groups"] = *tables;
    if (!work.parts.empty() && !work.contrasts.empty()) std::cout << '\n';
  });
  AtRoot<nlohmann::ordered_json> contrasts = report_contrasts(
      screen, groups, work.contrasts, work.compared, contrast_files, {options.min_cells.value_or(3), memory},
      [&](const ContrastPart& part) {
        const std::int64_t shown = part.path.empty() ? options.count.value_or(rows_shown) : rows_shown;
        return RowCounts{options.count.value_or(all_rows), shown};
      },
      job);
  on_root(job.ranks(), [&] {
    if (!work.contrasts.empty()) {
      json["contrasts"] = *contrasts;
      const bool of_pairs =
          std::any_of(work.compared.begin(), work.compared.end(),
                      [](const ContrastPart& part) { return part.array != ScoreArray::singles; });
      std::cout << test_q_note(of_pairs ? "genes or pairs" : "genes");
    }
    if (pairs_of(screen) && !has_pairs_of_cells(screen)) std::cout << summary_note(options.file) << '\n';
    if (const std::string note = note_on_missing(groups); !note.empty()) std::cout << printable(note) << '\n';
  });
}

void run(const SummarizeOptions& options, const Context& context) {
  Job job = start_job(context, options.common, 0);
  const ScreenReader screen(options.file, job.nodes);
  Work work = on_every_rank(job.ranks(), [&] { return work_of(screen, options); });
  const double memory = job.ranks().broadcast(
      on_root(job.ranks(), [&] { return memory_of_each_rank(options.memory, job.nodes.node.size()); }));
  AtRoot<JsonReport> summary = on_root(job.ranks(), [&] { return JsonReport(options.common); });
  auto files = open_files(work.parts, options, job);
  auto contrast_files = open_files(work.compared, options, job);
  SetTests sets(screen, options.sets, options.common.force, job);
  nlohmann::ordered_json json{{"provenance", to_json(screen.provenance())}, {"base", name_of(screen.base())}};
  if (work.groups)
    summarize_groups(screen, work, files, contrast_files, options, memory, job, json);
  else
    summarize_all(screen, work.parts, files, options, memory, job, json);
  if (options.sets.any())
    sets.run({*ranking_measure(screen, ScoreArray::singles, options), false, options.min_cells.value_or(1)},
             options.count.value_or(rows_shown), json);
  on_root(job.ranks(), [&] {
    for (auto* of_tables : {&files, &contrast_files}) {  // all of them or none
      for (std::optional<CsvWriter>& file : *of_tables)
        if (file) file->finish();
    }
    const bool of_genes = std::any_of(work.parts.begin(), work.parts.end(),
                                      [](const Part& part) { return part.array == ScoreArray::singles; });
    std::cout << base_note(screen.base()) << '\n'
              << events_note(screen) << (of_genes ? gene_rates_note(screen) : "");
    summary->write(json);
  });
}

}  // namespace

std::unique_ptr<Command> summarize_command() {
  return make_command<SummarizeOptions>(line_of, run);
}

}  // namespace dko::app
