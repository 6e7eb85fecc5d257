#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "command.hpp"
#include "dko/base/csv_writer.hpp"
#include "dko/base/stopwatch.hpp"
#include "dko/base/text.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/simulation/cells.hpp"
#include "dko/system/available_memory.hpp"
#include "dko/workflow/effects_truth_run.hpp"
#include "dko/workflow/expression_output.hpp"
#include "dko/workflow/progress_display.hpp"
#include "dko/workflow/truth_run.hpp"
#include "json_report.hpp"
#include "options/simulation_options.hpp"
#include "start_job.hpp"

namespace dko::app {

namespace {

/// All files of a call, claimed by rank 0 before anything is computed.
struct Outputs {
  ExpressionOutput expression;
  std::optional<ExpressionOutput> levels;
  std::optional<CsvWriter> edges;
  std::optional<CsvWriter> truth_single;
  std::optional<CsvWriter> truth_double;
  std::optional<CsvWriter> truth_effects;
  std::optional<CsvWriter> kinds;
  JsonReport summary;

  explicit Outputs(const SimulateOptions& options)
      : expression(options.out, options.common.force), summary(options.common) {
    const auto claim = [&](auto& output, const std::string& path) {
      if (!path.empty()) output.emplace(path, options.common.force);
    };
    claim(levels, options.levels);
    claim(edges, options.edges);
    claim(truth_single, options.truth_path(1));
    claim(truth_double, options.truth_path(2));
    claim(truth_effects, options.effects_path());
    claim(kinds, options.kinds_path());
    const double cells = static_cast<double>(options.cells);
    const double genes = static_cast<double>(options.topology.genes);
    if (truth_single) check_truth_choice(options.truth_single, 1, cells * genes);
    if (truth_double) check_truth_choice(options.truth_double, 2, cells * genes * (genes - 1) / 2);
    const double entries = static_cast<double>(options.topology.genes) * static_cast<double>(options.cells);
    require_memory(24 * entries + (truth_effects ? effects_truth_bytes(options.topology.genes) : 0),
                   "the simulation");
    require_disk_space(options.out, 20 * entries, "the simulation");
  }
};

/// This rank's contiguous share of the cells. Local.
RankCells simulate_mine(const RegulatoryDynamics& dynamics, const SimulateOptions& options, Job& job) {
  const Population population(options.population, options.topology.genes);
  const auto [first, end] = job.ranks().share_of(options.cells);
  RankCells mine{first, {}};
  const ProgressCallback progress = show_progress(job.log, "simulating (rank 0's share)", "cells");
  for (std::int64_t cell = mine.first; cell < end; ++cell) {
    mine.cells.push_back(simulate_cell(dynamics, population, cell));
    if (progress) progress(cell - mine.first + 1, end - mine.first);
  }
  return mine;
}

/// The levels of all cells. Warns of cells that had to be drawn again. Collective.
AtRoot<std::vector<std::vector<double>>> gather_levels(const RankCells& mine, std::int64_t genes, Job& job) {
  std::vector<double> levels;
  std::int64_t redrawn = 0;
  for (const SimulatedCell& cell : mine.cells) {
    levels.insert(levels.end(), cell.levels.begin(), cell.levels.end());
    redrawn += cell.redrawn > 0 ? 1 : 0;
  }
  redrawn = job.ranks().sum(redrawn);
  if (redrawn > 0) job.log.warn("{} did not settle and were drawn again", counted(redrawn, "cell"));
  return job.ranks().gather(std::span<const double>(levels)).transform([&](const std::vector<double>& all) {
    std::vector<std::vector<double>> cells;
    for (auto from = all.begin(); from != all.end(); from += genes) cells.emplace_back(from, from + genes);
    return cells;
  });
}

void write_network(CsvWriter& csv, const std::vector<Regulation>& network) {
  csv.field("regulator").field("target").field("sign").field("weight").end_row();
  for (const Regulation& edge : network) {
    csv.field(fmt::format("gene{}", edge.regulator)).field(fmt::format("gene{}", edge.target));
    csv.field(edge.activates ? 1 : -1).field(edge.weight).end_row();
  }
  csv.finish();
}

/// Cells in which all is absent or has decayed are of no use to anyone.
void warn_of_silent(const std::vector<std::vector<double>>& levels, Log& log) {
  const auto silent = std::count_if(levels.begin(), levels.end(), [](const std::vector<double>& cell) {
    return std::all_of(cell.begin(), cell.end(), [](double level) { return level <= 0; });
  });
  if (silent > 0) log.warn("{} {} nothing", counted(silent, "cell"), silent == 1 ? "expresses" : "express");
}

/// Kinds of the cells, by column.
CellColumns kinds_of(const SimulateOptions& options) {
  const Population population(options.population, options.topology.genes);
  const Observation observation(options.observation, options.topology.genes);
  CellColumns columns;
  const auto add = [&](const char* name, std::int64_t groups, auto group_of) {
    if (groups == 1) return;
    Names& values = columns.emplace_back(name, Names{}).second;
    for (std::int64_t cell = 0; cell < options.cells; ++cell)
      values.push_back(fmt::format("{}{}", name, group_of(cell)));
  };
  add("type", options.population.types, [&](std::int64_t cell) { return population.kind(cell).type; });
  add("state", options.population.states, [&](std::int64_t cell) { return population.kind(cell).state; });
  add("batch", options.observation.batches, [&](std::int64_t cell) { return observation.batch(cell); });
  return columns;
}

void write_kinds(CsvWriter& csv, const CellColumns& columns, std::int64_t cells) {
  csv.field("cell");
  for (const auto& column : columns) csv.field(column.first);
  csv.end_row();
  for (std::int64_t cell = 0; cell < cells; ++cell) {
    csv.field(fmt::format("cell{}", cell));
    for (const auto& column : columns) csv.field(column.second[static_cast<std::size_t>(cell)]);
    csv.end_row();
  }
  csv.finish();
}

/// The expression files, of levels or of what is measured of them; the provenance gets the checksum of what
/// --out holds.
void write_cells(Outputs& outputs, const std::vector<std::vector<double>>& levels,
                 const ExpressionMatrix& expressed, const SimulateOptions& options, Provenance& provenance) {
  const bool names = !options.no_names;
  const CellColumns kinds = kinds_of(options);
  if (outputs.kinds) write_kinds(*outputs.kinds, kinds, options.cells);
  if (options.is_exact()) {
    provenance.input_checksum = expressed.checksum();
    return outputs.expression.write(levels, names, {}, kinds, provenance);
  }
  const Observation observation(options.observation, options.topology.genes);
  std::vector<std::vector<double>> seen;
  for (std::size_t cell = 0; cell < levels.size(); ++cell)
    seen.push_back(observation.observe(levels[cell], static_cast<std::int64_t>(cell)));
  provenance.input_checksum = simulated_matrix(seen).checksum();
  outputs.expression.write(seen, names, {{"levels", expressed}}, kinds, provenance);
  if (outputs.levels) outputs.levels->write(levels, names, {}, kinds, provenance);
}

/// The tables of --truth-single and --truth-double for the genes that cells express; returns how many
/// knockouts each has. Collective.
nlohmann::ordered_json solve_truth(const SimulateOptions& options, const AtRoot<ExpressionMatrix>& expressed,
                                   const RegulatoryDynamics& dynamics, const RankCells& mine,
                                   AtRoot<Outputs>& outputs, Job& job) {
  nlohmann::ordered_json truth;
  for (const std::int64_t order : {1, 2}) {
    const std::string path = options.truth_path(order);
    if (path.empty()) continue;
    AtRoot<TruthEvents> events = on_root(job.ranks(), [&] {
      return choose_truth_events(order == 1 ? options.truth_single : options.truth_double, order, *expressed,
                                 options.topology.seed, job.log);
    });
    AtRoot<CsvWriter*> csv;
    if (outputs.is_here()) csv.emplace(order == 1 ? &*outputs->truth_single : &*outputs->truth_double);
    const std::int64_t written =
        job.ranks().broadcast(write_truth(std::move(events), dynamics, mine, csv, job));
    truth[order == 1 ? "single" : "double"] = written;
    if (written == 0) job.log.warn("{}: there is no knockout to solve: no cell expresses enough genes", path);
    job.log.info("{}: the truth of {}", path, counted(written, "knockout"));
  }
  if (options.truth_effects) {
    AtRoot<CsvWriter*> csv;
    if (outputs.is_here()) csv.emplace(&*outputs->truth_effects);
    truth["effects"] = job.ranks().broadcast(write_effects(dynamics, mine, csv, job));
    job.log.info("{}: what the loss of each gene changes", options.effects_path());
  }
  return truth;
}

void run(const SimulateOptions& options, const Context& context) {
  Job job = start_job(context, options.common, options.topology.seed);

  AtRoot<Outputs> outputs = on_root(job.ranks(), [&] { return Outputs(options); });
  const std::vector<Regulation> network =
      on_every_rank(job.ranks(), [&] { return draw_network(options.topology); });
  const RegulatoryDynamics dynamics(network, options.topology.genes, options.repressor_loss,
                                    options.kinetics);
  const Stopwatch watch;
  const RankCells mine = simulate_mine(dynamics, options, job);
  const auto levels = gather_levels(mine, options.topology.genes, job);

  const auto expressed = on_root(job.ranks(), [&] { return simulated_matrix(*levels); });
  const nlohmann::ordered_json truth = solve_truth(options, expressed, dynamics, mine, outputs, job);
  on_root(job.ranks(), [&] {
    warn_of_silent(*levels, job.log);
    write_cells(*outputs, *levels, *expressed, options, job.provenance);
    if (outputs->edges) write_network(*outputs->edges, network);
    job.log.info("{}: {} × {} of a network of {} in {}", options.out, counted(options.topology.genes, "gene"),
                 counted(options.cells, "cell"), counted(std::ssize(network), "regulation"),
                 human_seconds(watch.seconds()));
    outputs->summary.write({{"provenance", to_json(job.provenance)},
                            {"genes", options.topology.genes},
                            {"cells", options.cells},
                            {"regulations", network.size()},
                            {"truth", truth},
                            {"seconds", watch.seconds()}});
  });
}

}  // namespace

std::unique_ptr<Command> simulate_command() {
  return make_command<SimulateOptions>(simulation_line, run);
}

}  // namespace dko::app
