#include <fmt/format.h>

#include <boost/program_options/value_semantic.hpp>
#include <iostream>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "dko/base/error.hpp"
#include "dko/base/text.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/results/ranking.hpp"
#include "score_arrays.hpp"

namespace dko::app {

namespace po = boost::program_options;

namespace {

struct TopOptions {
  std::string file;
  std::int64_t count = 10;
  std::string of;
  std::string cell;
  CommonOptions common;
};

bool parse(TopOptions& options, const std::vector<std::string>& arguments, const Context& context) {
  CommandLine line("top SCREEN [options]",
                   "Lists the knockouts with the highest impact, over all cells or in one.",
                   "dko top screen.h5 -n 20 --of double --cell cell17");
  line.add_positional("SCREEN", options.file);
  line.add()(",n", po::value(&options.count)->default_value(options.count)->value_name("N"), "how many")(
      "of", po::value(&options.of)->value_name("single|double|list"),
      "only these; default: all that the screen has")("cell", po::value(&options.cell)->value_name("C"),
                                                      "only in this cell, by name or number from 0");
  add_common(line, options.common);
  if (!line.parse(arguments, context)) return false;
  require_distinct({{"SCREEN", options.file}, {"--json", options.common.json}});
  require_between("-n", static_cast<double>(options.count), 1, 1e7);
  if (!options.of.empty()) score_array_named(options.of);
  return true;
}

const std::string& gene_name(const ScreenReader& screen, std::int32_t gene) {
  return screen.gene_names()[static_cast<std::size_t>(gene)];
}

const std::string& cell_name(const ScreenReader& screen, std::int64_t cell) {
  return screen.cell_names()[static_cast<std::size_t>(cell)];
}

/// A table on standard output, columns as wide as they need to be.
void print_table(const ScreenReader& screen, const ScoreArrayName& kind,
                 const std::vector<RankedEvent>& ranked, std::optional<std::int64_t> cell) {
  const std::string where = cell ? fmt::format(" in {}", cell_name(screen, *cell)) : std::string();
  if (ranked.empty()) {
    std::cout << fmt::format("no {}{} in this screen\n", kind.title, where);
    return;
  }
  const auto genes = static_cast<std::size_t>(screen.order(kind.array));
  std::vector<std::vector<std::string>> rows{{"rank"}};
  for (std::size_t gene = 1; gene <= genes; ++gene)
    rows[0].push_back(genes == 1 ? "gene" : fmt::format("gene{}", gene));
  rows[0].insert(rows[0].end(), {"cell", "impact"});
  for (std::size_t at = 0; at < ranked.size(); ++at) {
    rows.push_back({fmt::format("{}", at + 1)});
    for (const std::int32_t gene : ranked[at].event.genes) rows.back().push_back(gene_name(screen, gene));
    rows.back().push_back(cell_name(screen, ranked[at].event.cell));
    rows.back().push_back(fmt::format("{:.6f}", ranked[at].score));
  }
  std::vector<std::size_t> width(rows[0].size());
  for (const auto& row : rows) {
    for (std::size_t at = 0; at < row.size(); ++at) width[at] = std::max(width[at], row[at].size());
  }
  std::cout << fmt::format("highest {}{}, of {} in all\n", kind.title, where,
                           with_thousands(screen.events(kind.array)));
  for (const auto& row : rows) {
    std::string text;
    for (std::size_t at = 0; at < row.size(); ++at) text += fmt::format("{:<{}}  ", row[at], width[at]);
    std::cout << text.substr(0, text.find_last_not_of(' ') + 1) << '\n';
  }
}

nlohmann::ordered_json to_json(const ScreenReader& screen, const std::vector<RankedEvent>& ranked) {
  auto json = nlohmann::ordered_json::array();
  for (const RankedEvent& entry : ranked) {
    auto genes = nlohmann::ordered_json::array();
    for (const std::int32_t gene : entry.event.genes) genes.push_back(gene_name(screen, gene));
    json.push_back(
        {{"genes", genes}, {"cell", cell_name(screen, entry.event.cell)}, {"impact", entry.score}});
  }
  return json;
}

void print_top(const TopOptions& options) {
  const ScreenReader screen(options.file);
  Summary summary(options.common);
  std::optional<std::int64_t> cell;
  if (!options.cell.empty()) cell = NameIndex("cell", screen.cell_names()).by_either(options.cell, "--cell");
  nlohmann::ordered_json json{{"provenance", app::to_json(screen.provenance())}};
  bool any = false;
  for (const ScoreArrayName& kind : score_arrays) {
    if (!screen.has(kind.array) || !(options.of.empty() || options.of == kind.option)) continue;
    const std::vector<RankedEvent> ranked = highest_scores(screen, kind.array, options.count, cell);
    if (any) std::cout << '\n';
    print_table(screen, kind, ranked, cell);
    json[std::string(kind.option)] = to_json(screen, ranked);
    any = true;
  }
  if (!any)
    throw UsageError(
        fmt::format("{} has no {} scores; dko info tells what it has", options.file, options.of));
  summary.write(json);
}

}  // namespace

void top_command(const std::vector<std::string>& arguments, const Context& context) {
  TopOptions options;
  if (!parse(options, arguments, context)) return;
  on_root(context.communicator, [&] { print_top(options); });
}

}  // namespace dko::app
