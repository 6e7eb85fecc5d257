#include "dko/workflow/simulation_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "dko/base/text.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/workflow/progress_display.hpp"

namespace dko {

RankCells simulate_share(const RegulatoryDynamics& dynamics, const Population& population, std::int64_t cells,
                         Job& job) {
  const auto [first, end] = job.ranks().share_of(cells);
  RankCells mine{first, {}};
  const ProgressCallback progress = show_progress(job.log, "simulating (rank 0's share)", "cells");
  for (std::int64_t cell = mine.first; cell < end; ++cell) {
    mine.cells.push_back(simulate_cell(dynamics, population, cell));
    if (progress) progress(cell - mine.first + 1, end - mine.first);
  }
  return mine;
}

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

void warn_of_silent(const std::vector<std::vector<double>>& levels, Log& log) {
  const auto silent = std::count_if(levels.begin(), levels.end(), [](const std::vector<double>& cell) {
    return std::all_of(cell.begin(), cell.end(), [](double level) { return level <= 0; });
  });
  if (silent > 0) log.warn("{} {} nothing", counted(silent, "cell"), silent == 1 ? "expresses" : "express");
}

CellColumns kinds_of(const Population& population, const Observation& observation, std::int64_t cells) {
  CellColumns columns;
  const auto add = [&](const char* name, std::int64_t groups, auto group_of) {
    if (groups == 1) return;
    Names& values = columns.emplace_back(name, Names{}).second;
    for (std::int64_t cell = 0; cell < cells; ++cell)
      values.push_back(fmt::format("{}{}", name, group_of(cell)));
  };
  add("type", population.options().types, [&](std::int64_t cell) { return population.kind(cell).type; });
  add("state", population.options().states, [&](std::int64_t cell) { return population.kind(cell).state; });
  add("batch", observation.options().batches, [&](std::int64_t cell) { return observation.batch(cell); });
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

}  // namespace dko
