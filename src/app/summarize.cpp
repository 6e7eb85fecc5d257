#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <iostream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <span>

#include "command.hpp"
#include "dko/base/csv_writer.hpp"
#include "dko/base/error.hpp"
#include "dko/base/stopwatch.hpp"
#include "dko/base/text.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/results/aggregate/pair_summary.hpp"
#include "dko/results/aggregate/summary.hpp"
#include "dko/system/available_memory.hpp"
#include "dko/workflow/progress_display.hpp"
#include "json_report.hpp"
#include "score_names.hpp"
#include "start_job.hpp"
#include "table.hpp"

namespace dko::app {

namespace {

constexpr std::int64_t rows_shown = 10;

struct SummarizeOptions {
  std::string file;
  std::string genes;
  std::string pairs;
  std::optional<std::int64_t> count;
  std::optional<Measure> by;
  std::optional<double> memory;  // GiB
  CommonOptions common;

  /// Rows of a table that is written to `path`, if any.
  std::int64_t rows(const std::string& path) const {
    return count.value_or(path.empty() ? rows_shown : all_rows);
  }
};

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
              "only the N that rank highest; default: all in files, 10 on the screen")
      .range(1, 1e12);
  line.parsed("by", options.by, "MEASURE", measure,
              "rank by the mean of impact, network, interaction, network-interaction, …; interactions by its "
              "size. Default: genes by impact; pairs by network-interaction where network is stored, else by "
              "interaction");
  line.option("memory", options.memory, "G",
              "GiB that each rank may use for sums over pairs and the table of them; with less the file is "
              "read in smaller pieces. Default: 1, or its part of half of what is free")
      .range(1e-6, 1e6);
  add_common(line, options.common);
  return line;
}

/// What is asked of one array.
struct Part {
  ScoreArray array;
  const char* kind;    // "gene", "pair"
  std::string option;  // of the file
  std::string path;
  Measure by;
  SummaryTable table;
};

/// What ranks where nothing else is asked for: the first of these that an array has. Of pairs what happens to
/// the other genes comes before what includes their own shares.
constexpr std::array gene_order{Measure{Score::impact, false}, Measure{Score::network, false}};
constexpr std::array pair_order{Measure{Score::network, true}, Measure{Score::impact, true},
                                Measure{Score::network, false}, Measure{Score::impact, false}};

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

/// What there is to summarise. @throws UsageError if that is not what was asked for.
std::vector<Part> parts_of(const ScreenReader& screen, const SummarizeOptions& options) {
  std::vector<Part> parts;
  const auto add = [&](ScoreArray array, const char* kind, const char* option, const std::string& path) {
    if (const auto by = ranking_measure(screen, array, options))
      parts.push_back({array, kind, option, path, *by, {}});
  };
  const auto pairs = pairs_of(screen);
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
    throw UsageError(fmt::format("{} has neither single nor double knockouts to summarise", options.file));
  if (!options.by) return parts;
  const auto ranks = [&](const Part& part) { return part.by == *options.by; };
  if (std::none_of(parts.begin(), parts.end(), ranks))
    require_measure(screen, parts.back().array, *options.by);
  return parts;
}

/// What a measure has in a row: impact_mean, impact_sd, and same_sign or network_same_sign.
struct Column {
  enum class Kind { mean, sd, same_sign };

  std::string title;
  std::size_t measure;  ///< its place in the table
  Kind kind;

  /// Gives the value to `use`, a mean as double, else as float: as many digits are written.
  template <class Use>
  auto with_value(const KnockoutSummary& row, Use use) const {
    const OverCells& of = row.of[measure];
    return kind == Kind::mean ? use(of.mean) : use(kind == Kind::sd ? of.sd : of.same_sign);
  }
  /// Whether it is the standard deviation of a single cell, which has none.
  bool is_missing(const KnockoutSummary& row) const {
    return kind == Kind::sd && std::isnan(row.of[measure].sd);
  }
  std::string text(const KnockoutSummary& row) const {
    if (is_missing(row)) return "–";
    return with_value(
        row, [this](auto value) { return fmt::format("{:.{}f}", value, kind == Kind::same_sign ? 3 : 6); });
  }
};

/// The columns of the measures at these places of a table.
std::vector<Column> columns_of(const SummaryTable& table, const std::vector<std::size_t>& places) {
  std::vector<Column> columns;
  for (const std::size_t at : places) {
    const Measure& measure = table.measures[at];
    std::string name(name_of(measure).name);
    std::replace(name.begin(), name.end(), '-', '_');
    columns.push_back({name + "_mean", at, Column::Kind::mean});
    if (!is_deviation(measure.score)) columns.push_back({name + "_sd", at, Column::Kind::sd});
    if (measure.is_interaction)
      columns.push_back(
          {measure.score == Score::impact ? "same_sign" : "network_same_sign", at, Column::Kind::same_sign});
  }
  return columns;
}

/// All columns, in the order of the measures.
std::vector<Column> columns_of(const SummaryTable& table) {
  std::vector<std::size_t> places(table.measures.size());
  std::iota(places.begin(), places.end(), std::size_t{0});
  return columns_of(table, places);
}

std::size_t genes_of(const Part& part) {
  return part.array == ScoreArray::singles ? 1 : 2;
}

const std::string& gene_name(const ScreenReader& screen, std::int32_t gene) {
  return screen.gene_names()[static_cast<std::size_t>(gene)];
}

/// Visibility of the genes of a table; empty of pairs, and where it is not known.
std::vector<GeneVisibility> visibility_of(const ScreenReader& screen, const Part& part) {
  return genes_of(part) == 1 ? screen.visibility() : std::vector<GeneVisibility>();
}

const GeneVisibility& of_row(const std::vector<GeneVisibility>& visibility, const KnockoutSummary& row) {
  return visibility[static_cast<std::size_t>(row.genes[0])];
}

/// Q-values of the genes of a table; empty of pairs, and where they were not computed.
std::vector<double> q_values_of(const ScreenReader& screen, const Part& part) {
  return genes_of(part) == 1 ? screen.gene_q_values() : std::vector<double>();
}

double of_row(const std::vector<double>& q_values, const KnockoutSummary& row) {
  return q_values[static_cast<std::size_t>(row.genes[0])];
}

void write_header(const Part& part, bool has_visibility, bool has_q_values, CsvWriter& csv) {
  csv.field("rank");
  if (genes_of(part) == 1)
    csv.field("gene").field("id");
  else
    csv.field("gene1").field("gene2");
  csv.field("cells");
  for (const Column& column : columns_of(part.table)) csv.field(column.title);
  if (has_q_values) csv.field("q_value");
  if (has_visibility) csv.field("information").field("not_visible");
  csv.end_row();
}

void write_table(const ScreenReader& screen, const Part& part, CsvWriter& csv) {
  const std::vector<GeneVisibility> visibility = visibility_of(screen, part);
  const std::vector<double> q_values = q_values_of(screen, part);
  write_header(part, !visibility.empty(), !q_values.empty(), csv);
  const Names ids = genes_of(part) == 1 ? screen.gene_ids() : Names();
  const std::vector<Column> columns = columns_of(part.table);
  std::int64_t rank = 0;
  for (const KnockoutSummary& row : part.table.rows) {
    csv.field(++rank).field(gene_name(screen, row.genes[0]));
    if (genes_of(part) == 1)
      csv.field(ids[static_cast<std::size_t>(row.genes[0])]);
    else
      csv.field(gene_name(screen, row.genes[1]));
    csv.field(row.cells);
    for (const Column& column : columns) {
      if (column.is_missing(row))
        csv.field("");
      else
        column.with_value(row, [&](auto value) { csv.field(value); });
    }
    if (!q_values.empty()) csv.field(of_row(q_values, row));
    if (!visibility.empty()) {
      const GeneVisibility& gene = of_row(visibility, row);
      csv.field(gene.information).field(why_not_visible(gene));
    }
    csv.end_row();
  }
  csv.finish();
}

/// Approximate file size in bytes.
double table_bytes(const Part& part, std::int64_t rows) {
  constexpr double of_labels = 40;
  constexpr double of_measure = 30;
  return static_cast<double>(rows) *
         (of_labels + of_measure * static_cast<double>(part.table.measures.size()));
}

/// The places of the measures of a table, the one that ranks first.
std::vector<std::size_t> ranking_first(const SummaryTable& table) {
  std::vector<std::size_t> places{table.by};
  for (std::size_t at = 0; at < table.measures.size(); ++at)
    if (at != table.by) places.push_back(at);
  return places;
}

std::size_t shown(const Part& part, const SummarizeOptions& options) {
  const std::int64_t most = part.path.empty() ? options.rows(part.path) : rows_shown;
  return static_cast<std::size_t>(std::min(most, std::ssize(part.table.rows)));
}

void print_table(const ScreenReader& screen, const Part& part, const SummarizeOptions& options) {
  const SummaryTable& summary = part.table;
  const std::size_t rows = shown(part, options);
  std::vector<std::string> titles{"rank"};
  for (std::size_t gene = 1; gene <= genes_of(part); ++gene)
    titles.push_back(genes_of(part) == 1 ? "gene" : fmt::format("gene {}", gene));
  titles.emplace_back("cells");
  const std::vector<Column> columns = columns_of(summary, ranking_first(summary));
  for (const Column& column : columns) titles.push_back(column.title);
  const std::vector<GeneVisibility> visibility = visibility_of(screen, part);
  const bool any_hidden = std::any_of(visibility.begin(), visibility.end(), std::not_fn(is_visible));
  const std::vector<double> q_values = q_values_of(screen, part);
  if (!q_values.empty()) titles.emplace_back("q_value");
  if (any_hidden) titles.emplace_back("not visible");
  Table table(titles);
  for (std::size_t rank = 0; rank < rows; ++rank) {
    const KnockoutSummary& row = summary.rows[rank];
    std::vector<std::string> cells{fmt::format("{}", rank + 1)};
    for (std::size_t gene = 0; gene < genes_of(part); ++gene)
      cells.push_back(gene_name(screen, row.genes[gene]));
    cells.push_back(with_thousands(row.cells));
    for (const Column& column : columns) cells.push_back(column.text(row));
    if (!q_values.empty()) cells.push_back(q_value_text(of_row(q_values, row)));
    if (any_hidden) cells.push_back(why_not_visible(of_row(visibility, row)));
    table.add(cells);
  }
  const Measure& by = summary.measures[summary.by];
  std::cout << fmt::format("{}s over cells, the {} of {} with the {} mean {}\n", part.kind, rows,
                           with_thousands(summary.total), by.is_interaction ? "largest" : "highest",
                           name_of(by).name)
            << table.text();
  if (part.array == ScoreArray::list && screen.list_is_selected()) {
    std::cout << kept_note(screen)
              << ":\nmeans over these are not means over all cells, and are biased by the choice\n";
  }
}

nlohmann::ordered_json to_json(const ScreenReader& screen, const Part& part,
                               const SummarizeOptions& options) {
  nlohmann::ordered_json json{{"total", part.table.total},
                              {"by", name_of(part.table.measures[part.table.by]).name},
                              {"top", nlohmann::ordered_json::array()}};
  const std::vector<GeneVisibility> visibility = visibility_of(screen, part);
  const std::vector<double> q_values = q_values_of(screen, part);
  for (std::size_t rank = 0; rank < shown(part, options); ++rank) {
    const KnockoutSummary& row = part.table.rows[rank];
    nlohmann::ordered_json entry{{"genes", nlohmann::ordered_json::array()}, {"cells", row.cells}};
    for (std::size_t gene = 0; gene < genes_of(part); ++gene)
      entry["genes"].push_back(gene_name(screen, row.genes[gene]));
    for (const Column& column : columns_of(part.table))  // null if it is no number
      column.with_value(row, [&](auto value) { entry[column.title] = value; });
    if (!q_values.empty()) entry["q_value"] = of_row(q_values, row);
    if (!visibility.empty()) {
      entry["information"] = of_row(visibility, row).information;
      entry["not_visible"] = why_not_visible(of_row(visibility, row));
    }
    json["top"].push_back(entry);
  }
  return json;
}

void run(const SummarizeOptions& options, const Context& context) {
  Job job = start_job(context, options.common, 0);
  const ScreenReader screen(options.file, job.nodes);
  std::vector<Part> parts = on_every_rank(job.ranks(), [&] { return parts_of(screen, options); });
  const double memory = job.ranks().broadcast(
      on_root(job.ranks(), [&] { return memory_of_each_rank(options.memory, job.nodes.node.size()); }));
  AtRoot<JsonReport> summary = on_root(job.ranks(), [&] { return JsonReport(options.common); });
  std::vector<std::optional<CsvWriter>> files(parts.size());
  on_root(job.ranks(), [&] {
    for (std::size_t at = 0; at < parts.size(); ++at)
      if (!parts[at].path.empty()) files[at].emplace(parts[at].path, options.common.force);
  });
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
    nlohmann::ordered_json json{{"provenance", app::to_json(screen.provenance())},
                                {"base", name_of(screen.base())}};
    for (std::size_t at = 0; at < parts.size(); ++at) {
      if (at > 0) std::cout << '\n';
      print_table(screen, parts[at], options);
      json[parts[at].kind + std::string("s")] = to_json(screen, parts[at], options);
      if (!files[at]) continue;
      require_disk_space(parts[at].path, table_bytes(parts[at], std::ssize(parts[at].table.rows)),
                         parts[at].option.c_str());
      write_table(screen, parts[at], *files[at]);
    }
    std::cout << base_note(screen.base()) << '\n';
    summary->write(json);
  });
}

}  // namespace

std::unique_ptr<Command> summarize_command() {
  return make_command<SummarizeOptions>(line_of, run);
}

}  // namespace dko::app
