#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <iostream>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "dko/base/error.hpp"
#include "dko/base/printable.hpp"
#include "dko/base/text.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/results/aggregate/cell_groups.hpp"
#include "dko/results/ranking.hpp"
#include "dko/results/score_reader.hpp"
#include "json_report.hpp"
#include "score_names.hpp"
#include "table.hpp"

namespace dko::app {

namespace {

struct TopOptions {
  std::string file;
  std::int64_t count = 10;
  std::optional<ScoreArray> of;
  std::optional<Measure> score;
  std::optional<double> lower_bound;
  bool lowest = false;
  std::string cell;
  std::string group_by;
  std::string group;
  CommonOptions common;
};

void check_lower_bound(const TopOptions& options) {
  const Measure by = options.score.value_or(Measure{});
  if (!options.lower_bound || deviation_of(by)) return;
  throw UsageError(fmt::format(
      "--lower-bound is of impact, network, shift or approach, which have a standard deviation; {} "
      "has none",
      name_of(by).name));
}

CommandLine line_of(TopOptions& options) {
  CommandLine line(
      "top SCREEN [options]",
      "Lists the knockouts with the highest scores, over all cells or in one; of interactions, which "
      "have a\nsign, the largest absolute values.",
      "dko top screen.h5 -n 20 --of double --cell cell17");
  const auto measure = [](const std::string& text) { return ranking_measure_named(text, "--score"); };
  line.argument("SCREEN", options.file);
  line.group("Ranking");
  line.option(",n", options.count, "N", "how many").range(1, 1e7);
  line.choice("of", options.of, score_array_choices(), "only these; default: all that the screen has");
  line.parsed(
      "score", options.score, "S", measure,
      "rank by impact (default), network, interaction, network-interaction or share, or where the screen has "
      "a "
      "direction by shift (then the default), shift-interaction or approach; the others stand beside it");
  line.flag("lowest", options.lowest, "the lowest values first, such as shifts away from B")
      .excludes("lower-bound");
  line.option(
          "lower-bound", options.lower_bound, "Z",
          "rank by the score less Z times its standard deviation over the members of an ensemble, so that "
          "scores on which they disagree come later")
      .range(0, 1e6);
  line.option("cell", options.cell, "C", "only in this cell, by name; #7 is cell number 7, from 0");
  line.option("group-by", options.group_by, "COLUMN",
              "the highest of each group of cells, by the labels of a column that the screen keeps")
      .excludes("cell");
  line.option("group", options.group, "LABEL", "with --group-by: of this group alone");
  add_common(line, options.common);
  line.check([&options](const CommandLine& parsed) {
    if (parsed.given("group") && options.group_by.empty())
      throw UsageError("--group is a label of a column: give --group-by with it");
    require_distinct({{"SCREEN", options.file}, {"--json", options.common.json}});
    check_lower_bound(options);
  });
  return line;
}

const std::string& gene_name(const ScreenReader& screen, std::int32_t gene) {
  return screen.gene_names()[static_cast<std::size_t>(gene)];
}

const std::string& cell_name(const ScreenReader& screen, std::int64_t cell) {
  return screen.cell_names()[static_cast<std::size_t>(cell)];
}

constexpr auto lower_bound = "lower-bound";  // title and key

/// In which cells: all, one, or those of a group.
struct Where {
  std::optional<std::int64_t> cell = {};
  CellsOfGroup group = {};

  /// " in cell17", " in type=A (12 cells)", or nothing.
  std::string text(const ScreenReader& screen) const {
    if (cell) return fmt::format(" in {}", cell_name(screen, *cell));
    if (group.groups == nullptr) return {};
    return fmt::format(" in {}", text_of_group(screen, group));
  }

  /// How many events of an array there are.
  std::int64_t events(const ScreenReader& screen, ScoreArray array) const {
    const std::int64_t all = screen.events(array);
    if (!cell && group.groups == nullptr) return all;
    std::int64_t count = 0;
    if (array == ScoreArray::list) {
      for (std::int64_t number = 0; number < all; ++number)
        count += has(screen.cell_of(array, number)) ? 1 : 0;
      return count;
    }
    for (std::int64_t at = 0; at < std::ssize(screen.cell_names()); ++at) {
      if (has(at)) count += screen.events_of_cell(array, at).size();
    }
    return count;
  }

  bool has(std::int64_t number) const { return cell ? number == *cell : group.has(number); }
};

/// The highest of one array, with all measures of each.
struct Ranking {
  ScoreArrayName kind;
  std::optional<double> lower_bound;  // Z, if the lower bound ranks
  bool lowest = false;
  std::int64_t total = 0;         // events in these cells
  std::vector<Measure> measures;  // first the one that ranks, then its standard deviation
  std::vector<RankedEvent> events;
  std::vector<std::vector<float>> values;  // of each event, one per measure
};

/// The shift where there is a direction, else the leading one.
Measure default_measure(const ScreenReader& screen, ScoreArray array) {
  const Measure shift{Score::shift};
  return screen.has(array, shift) ? shift : screen.leading_measure(array);
}

Ranking rank(const ScreenReader& screen, const ScoreArrayName& kind, const TopOptions& options,
             const Where& where) {
  Ranking ranking{kind,
                  options.lower_bound,
                  options.lowest,
                  where.events(screen, kind.array),
                  screen.measures(kind.array),
                  {},
                  {}};
  const Measure by = options.score.value_or(default_measure(screen, kind.array));
  require_measure(screen, kind.array, by);
  const std::optional<Measure> deviation = deviation_of(by);
  if (options.lower_bound) require_measure(screen, kind.array, *deviation);
  for (const std::optional<Measure>& first : {deviation, std::optional(by)}) {
    std::stable_partition(ranking.measures.begin(), ranking.measures.end(),
                          [&](const Measure& measure) { return measure == first; });
  }
  ranking.events = highest_scores(screen, kind.array, by, options.count, where.cell, options.lower_bound,
                                  where.group, options.lowest);
  ranking.values.resize(ranking.events.size());
  for (const Measure& measure : ranking.measures) {
    ScoreReader reader(screen, kind.array, measure);
    for (std::size_t at = 0; at < ranking.events.size(); ++at)
      ranking.values[at].push_back(reader.at(ranking.events[at].number));
  }
  return ranking;
}

std::string what_ranks(const Ranking& ranking) {
  const auto score = name_of(ranking.measures.front()).name;
  if (!ranking.lower_bound) return std::string(score);
  return fmt::format("{0}, {1} - {2:g} {1}-sd", lower_bound, score, *ranking.lower_bound);
}

/// Why the lost genes cannot be seen, by name where there are several; empty if all can.
std::string hidden_genes(const ScreenReader& screen, const Event& event,
                         const std::vector<GeneVisibility>& visibility) {
  std::string text;
  for (const std::int32_t gene : event.genes) {
    const std::string why = why_not_visible(visibility[static_cast<std::size_t>(gene)]);
    if (why.empty()) continue;
    if (!text.empty()) text += "; ";
    text += event.genes.size() == 1 ? why : gene_name(screen, gene) + ": " + why;
  }
  return text;
}

/// Q-values of the genes that single knockouts lose; none of others, and where they were not computed.
std::vector<GeneRates> q_values_of(const ScreenReader& screen, const Ranking& ranking) {
  return screen.order(ranking.kind.array) == 1 ? gene_rates(screen) : std::vector<GeneRates>();
}

/// NaN of the shift of a gene that is switched on: q-values of shifts are of losses.
double of_event(const GeneRates& rates, const RankedEvent& ranked) {
  const bool is_added = !ranked.event.added.empty() && ranked.event.added.front() != 0;
  if (is_added && rates.title == shift_rates) return std::nan("");
  return rates.values[static_cast<std::size_t>(ranked.event.genes.front())];
}

/// A table on standard output.
void print_table(const ScreenReader& screen, const Ranking& ranking, const std::string& where) {
  if (ranking.events.empty()) {
    std::cout << fmt::format("no {}{} in this screen\n", ranking.kind.title, where);
    return;
  }
  const auto genes = static_cast<std::size_t>(screen.order(ranking.kind.array));
  std::vector<std::string> titles{"rank"};
  for (std::size_t gene = 1; gene <= genes; ++gene)
    titles.push_back(genes == 1 ? "gene" : fmt::format("gene{}", gene));
  titles.push_back("cell");
  if (ranking.lower_bound) titles.emplace_back(lower_bound);
  for (const Measure& measure : ranking.measures) titles.emplace_back(name_of(measure).name);
  const std::vector<GeneVisibility> visibility = screen.visibility();
  const bool any_hidden = std::any_of(visibility.begin(), visibility.end(), std::not_fn(is_visible));
  const std::vector<GeneRates> q_values = q_values_of(screen, ranking);
  for (const GeneRates& rates : q_values) titles.push_back(rates.title);
  if (any_hidden) titles.emplace_back("not visible");
  Table table(titles);
  for (std::size_t at = 0; at < ranking.events.size(); ++at) {
    std::vector<std::string> row{fmt::format("{}", at + 1)};
    const Event& event = ranking.events[at].event;
    for (std::size_t gene = 0; gene < event.genes.size(); ++gene) row.push_back(screen.label(event, gene));
    row.push_back(cell_name(screen, ranking.events[at].event.cell));
    if (ranking.lower_bound) row.push_back(fmt::format("{:.6f}", ranking.events[at].score));
    for (const float value : ranking.values[at]) row.push_back(fmt::format("{:.6f}", value));
    for (const GeneRates& rates : q_values) row.push_back(q_value_text(of_event(rates, ranking.events[at])));
    if (any_hidden) row.push_back(hidden_genes(screen, ranking.events[at].event, visibility));
    table.add(row);
  }
  std::cout << fmt::format("{}{}, the {} of {} with the {} {}\n", ranking.kind.title, where,
                           ranking.events.size(), with_thousands(ranking.total),
                           ranking.lowest                            ? "lowest"
                           : ranking.measures.front().is_interaction ? "largest"
                                                                     : "highest",
                           what_ranks(ranking))
            << table.text();
  if (ranking.kind.array == ScoreArray::list && screen.list_is_selected())
    std::cout << kept_note(screen) << '\n';
}

nlohmann::ordered_json json_of(const ScreenReader& screen, const Ranking& ranking) {
  auto json = nlohmann::ordered_json::array();
  const std::vector<GeneVisibility> visibility = screen.visibility();
  const std::vector<GeneRates> q_values = q_values_of(screen, ranking);
  for (std::size_t at = 0; at < ranking.events.size(); ++at) {
    const Event& event = ranking.events[at].event;
    auto genes = nlohmann::ordered_json::array();
    for (std::size_t gene = 0; gene < event.genes.size(); ++gene) genes.push_back(screen.label(event, gene));
    nlohmann::ordered_json entry{{"genes", genes}, {"cell", cell_name(screen, event.cell)}};
    if (ranking.lower_bound) entry[lower_bound] = ranking.events[at].score;
    for (std::size_t of = 0; of < ranking.measures.size(); ++of)
      entry[std::string(name_of(ranking.measures[of]).name)] = ranking.values[at][of];
    for (const GeneRates& rates : q_values) entry[rates.title] = of_event(rates, ranking.events[at]);
    if (!visibility.empty()) entry["not_visible"] = hidden_genes(screen, event, visibility);
    json.push_back(entry);
  }
  return json;
}

std::string way_to_pairs(const std::string& file) {
  return fmt::format("{} holds its double knockouts as a summary over cells: dko summarize {} ranks them",
                     file, file);
}

/// The scores that are asked for, by the words of the command line.
std::string_view wanted(const TopOptions& options) {
  const auto is_wanted = [&](const ScoreArrayName& kind) { return kind.array == options.of; };
  if (options.of) return std::ranges::find_if(score_arrays, is_wanted)->option;
  return options.score ? name_of(*options.score).name : "";
}

/// Prints the rankings in some cells; returns them as JSON, with nothing in it if there are none.
nlohmann::ordered_json print_rankings(const ScreenReader& screen, const TopOptions& options,
                                      const Where& where) {
  auto json = nlohmann::ordered_json::object();
  for (const ScoreArrayName& kind : score_arrays) {
    if (!screen.has(kind.array) || (options.of && options.of != kind.array)) continue;
    if (options.score && !options.of && !screen.has(kind.array, *options.score)) continue;
    const Ranking ranking = rank(screen, kind, options, where);
    if (!json.empty()) std::cout << '\n';
    print_table(screen, ranking, printable(where.text(screen)));
    json[std::string(kind.option)] = json_of(screen, ranking);
  }
  return json;
}

/// Whether any ranking in this JSON is of single genes.
bool shows_genes(const ScreenReader& screen, const nlohmann::ordered_json& found) {
  if (found.is_array()) return shows_genes(screen, found.front());
  return std::any_of(score_arrays.begin(), score_arrays.end(), [&](const ScoreArrayName& kind) {
    return found.contains(std::string(kind.option)) && screen.order(kind.array) == 1;
  });
}

/// The groups that are asked for, each with its rankings.
nlohmann::ordered_json print_groups(const ScreenReader& screen, const TopOptions& options) {
  const CellGroups groups = group_cells(screen, options.group_by);
  std::vector<std::int32_t> asked;
  if (!options.group.empty()) asked.push_back(group_named(groups, options.group, "--group"));
  for (std::int32_t group = 0; options.group.empty() && group < groups.count(); ++group)
    asked.push_back(group);
  auto json = nlohmann::ordered_json::array();
  for (const std::int32_t group : asked) {
    if (!json.empty()) std::cout << '\n';
    nlohmann::ordered_json found = print_rankings(screen, options, {{}, {&groups, group}});
    if (found.empty()) return found;
    json.push_back({{"group", groups.labels[static_cast<std::size_t>(group)]}});
    json.back().update(found);
  }
  if (groups.without > 0)
    std::cout << printable(fmt::format("{} without a value in {}: in no group",
                                       counted(groups.without, "cell"), groups.column))
              << '\n';
  return json;
}

std::optional<std::int64_t> cell_asked(const ScreenReader& screen, const TopOptions& options, Log& log) {
  if (options.cell.empty()) return std::nullopt;
  Names notes;
  const std::int64_t cell = NameIndex("cell", screen.cell_names()).single(options.cell, "--cell", notes);
  for (const std::string& note : notes) log.info("--cell: {}", note);
  return cell;
}

std::string lacks_scores(const ScreenReader& screen, const TopOptions& options) {
  const std::string_view scores = wanted(options);
  if (screen.has_summary())
    return fmt::format("{}: its single knockouts have no {} scores; dko info tells what it has. {}",
                       options.file, scores, way_to_pairs(options.file));
  return fmt::format("{} has no {} scores; dko info tells what it has, --score of dko screen stores more",
                     options.file, scores);
}

void print_top(const TopOptions& options, Log log) {
  const ScreenReader screen(options.file);
  JsonReport summary(options.common);
  const auto cell = cell_asked(screen, options, log);
  nlohmann::ordered_json json{{"provenance", to_json(screen.provenance())}, {"base", name_of(screen.base())}};
  if (screen.has_summary() && options.of == ScoreArray::pairs) throw UsageError(way_to_pairs(options.file));
  const nlohmann::ordered_json found =
      options.group_by.empty() ? print_rankings(screen, options, {cell}) : print_groups(screen, options);
  if (found.empty()) throw UsageError(lacks_scores(screen, options));
  std::cout << base_note(screen.base()) << '\n'
            << events_note(screen) << (shows_genes(screen, found) ? gene_rates_note(screen) : "");
  if (screen.has_summary() && !options.of) std::cout << way_to_pairs(options.file) << '\n';
  if (options.group_by.empty()) {
    json.update(found);
  } else {
    json["group_by"] = options.group_by;
    json["groups"] = found;
  }
  summary.write(json);
}

void run(const TopOptions& options, const Context& context) {
  on_root(context.communicator, [&] { print_top(options, make_log(options.common, context)); });
}

}  // namespace

std::unique_ptr<Command> top_command() {
  return make_command<TopOptions>(line_of, run);
}

}  // namespace dko::app
