#include "dko/evaluation/simulation.hpp"

#include <fmt/format.h>

#include <cmath>
#include <optional>

#include "dko/base/error.hpp"
#include "dko/base/random.hpp"
#include "dko/evaluation/steady_state.hpp"

namespace dko {

namespace {

constexpr std::int64_t most_draws = 10;

std::optional<std::vector<double>> draw_cell(const std::vector<Regulation>& network, std::int64_t genes,
                                             std::int64_t absent_count, RandomStream stream) {
  std::vector<bool> absent(static_cast<std::size_t>(genes), false);
  for (const std::int64_t gene : stream.distinct(absent_count, genes))
    absent[static_cast<std::size_t>(gene)] = true;
  std::vector<double> start(static_cast<std::size_t>(genes));
  for (double& level : start) level = stream.uniform(0, 1);
  return steady_state(network, absent, std::move(start));
}

}  // namespace

SimulatedCells simulate_cells(const std::vector<Regulation>& network, std::int64_t genes, std::int64_t count,
                              double absent, std::uint64_t seed) {
  const auto absent_count = static_cast<std::int64_t>(std::llround(absent * static_cast<double>(genes)));
  SimulatedCells cells{genes, {}, 0};
  for (std::int64_t cell = 0; cell < count; ++cell) {
    std::optional<std::vector<double>> levels;
    for (std::int64_t draw = 0; !levels; ++draw) {
      if (draw == most_draws) {
        throw Error(
            ExitCode::failure,
            fmt::format("cell {} of this network settles in no steady state; try another --seed", cell));
      }
      if (draw > 0) ++cells.redrawn;
      const auto index = static_cast<std::uint64_t>(cell * most_draws + draw);
      levels = draw_cell(network, genes, absent_count, RandomStream(seed, "cells", index));
    }
    cells.expression.push_back(std::move(*levels));
  }
  return cells;
}

}  // namespace dko
