#include "dko/benchmark/fit_speed.hpp"

#include <utility>
#include <vector>

#include "dko/base/stopwatch.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/planning/training_memory.hpp"
#include "dko/simulation/cells.hpp"
#include "dko/simulation/observation.hpp"
#include "dko/system/available_memory.hpp"
#include "dko/system/peak_memory.hpp"
#include "dko/workflow/progress_display.hpp"
#include "dko/workflow/training_run.hpp"

namespace dko {

namespace {

/// Counts above 0 of consecutive cells, by rows.
struct CountRows {
  std::vector<std::int64_t> lengths;  // genes that each cell expresses
  std::vector<std::int32_t> genes;
  std::vector<float> counts;

  void add(const std::vector<double>& seen) {
    const auto before = std::ssize(genes);
    for (std::size_t gene = 0; gene < seen.size(); ++gene) {
      if (!(seen[gene] > 0)) continue;
      genes.push_back(static_cast<std::int32_t>(gene));
      counts.push_back(static_cast<float>(seen[gene]));
    }
    lengths.push_back(std::ssize(genes) - before);
  }
};

constexpr double bytes_of_entry = 24;  // what is gathered, with its shares, and the copy that a node holds

/// Those of this rank's share of the cells. Local. @throws as draw_network and simulate_cell, and on rank 0
/// InputError if all cells together will not fit into its memory, the first taken for all.
CountRows count_share(const FitBench& bench, const Job& job) {
  NetworkOptions topology;
  topology.genes = bench.genes;
  topology.seed = bench.seed;
  const RegulatoryDynamics dynamics(draw_network(topology), bench.genes, RepressorLoss::vanishes);
  PopulationOptions natures;
  natures.seed = bench.seed;
  const Population population(natures, bench.genes);
  ObservationOptions counting;
  counting.molecules = bench.molecules;
  counting.seed = bench.seed;
  const Observation observation(counting, bench.genes);
  const auto [first, last] = job.ranks().share_of(bench.cells);
  const ProgressCallback progress = show_progress(job.log, "simulating (rank 0's share)", "cells");
  CountRows rows;
  for (std::int64_t cell = first; cell < last; ++cell) {
    rows.add(observation.observe(simulate_cell(dynamics, population, cell).levels, cell));
    if (cell == 0) {
      const auto entries = static_cast<double>(rows.lengths.front()) * static_cast<double>(bench.cells);
      require_memory(bytes_of_entry * entries, "gathering the simulated cells");
    }
    if (progress) progress(cell - first + 1, last - first);
  }
  return rows;
}

/// Local: rank 0.
RelativeProfiles profiles_of(CountRows all, std::int64_t genes) {
  std::vector<std::int64_t> starts{0};
  for (const std::int64_t length : all.lengths) starts.push_back(starts.back() + length);
  return ExpressionMatrix(numbered_names("gene", genes), numbered_names("cell", std::ssize(all.lengths)),
                          NodeArray(std::move(starts)), NodeArray(std::move(all.genes)),
                          NodeArray(std::move(all.counts)))
      .relative_profiles();
}

ModelOptions options_of(const FitBench& bench) {
  ModelOptions options;
  options.kind = MappingKind::sparse;
  options.training.seed = bench.seed;
  return options;
}

}  // namespace

RelativeProfiles simulate_counts(const FitBench& bench, Job& job) {
  const Communicator& ranks = job.ranks();
  const CountRows mine = on_every_rank(ranks, [&] { return count_share(bench, job); });
  const auto entries = static_cast<double>(ranks.sum(static_cast<std::int64_t>(std::ssize(mine.genes))));
  run_on_root(ranks, [&] { require_memory(bytes_of_entry * entries, "gathering the simulated cells"); });
  AtRoot<std::vector<std::int64_t>> lengths = ranks.gather(std::span<const std::int64_t>(mine.lengths));
  AtRoot<std::vector<std::int32_t>> genes = ranks.gather(std::span<const std::int32_t>(mine.genes));
  AtRoot<std::vector<float>> counts = ranks.gather(std::span<const float>(mine.counts));
  return RelativeProfiles::replicate(
      job.nodes, on_root(ranks, [&] {
        return profiles_of({std::move(*lengths), std::move(*genes), std::move(*counts)}, bench.genes);
      }));
}

FitSpeed measure_fit(const FitBench& bench, Job& job) {
  const Communicator& ranks = job.ranks();
  FitSpeed speed;
  Stopwatch watch;
  const RelativeProfiles profiles = simulate_counts(bench, job);
  speed.making = watch.seconds();
  speed.expressed = static_cast<double>(profiles.nonzeros()) / static_cast<double>(profiles.cells());
  const ModelOptions options = options_of(bench);
  const Split split = on_every_rank(ranks, [&] {
    Split cells = split_cells(profiles, 0, 0, {}, bench.seed);
    check_training(cells, options);
    return cells;
  });
  speed.memory = require_on_every_node(
      on_root(ranks,
              [&] { return training_memory(profiles, split, options, ranks.size(), job.nodes.node.size()); }),
      job);
  speed.forecast = on_root(ranks, [&] { return forecast_fit(profiles, options, ranks.size(), 1); });
  watch = Stopwatch();
  AtRoot<std::vector<Member>> members = make_members(
      profiles, split, options, ranks, show_progress(job.log, {"fitting", "genes", bench.genes}));
  speed.seconds = watch.seconds();
  speed.record = members.transform(
      [](const std::vector<Member>& made) { return std::get<FittedMapping>(made.front()).record; });
  speed.checksum = on_root(ranks, [&] {
    Model model;
    model.members = std::move(*members);
    model.genes = profiles.gene_names();
    return checksum_of(model);
  });
  speed.peak_bytes = ranks.max(peak_memory());
  return speed;
}

}  // namespace dko
