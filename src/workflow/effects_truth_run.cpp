#include "dko/workflow/effects_truth_run.hpp"

#include <span>

#include "dko/base/names.hpp"
#include "dko/base/text.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/simulation/effects_truth.hpp"
#include "dko/workflow/progress_display.hpp"

namespace dko {

namespace {

std::int64_t write_rows(CsvWriter& csv, const EffectSums& sums) {
  csv.field("gene_lost").field("gene").field("relative_change").field("cells").end_row();
  const Names names = numbered_names("gene", sums.genes);
  std::int64_t rows = 0;
  for (std::int64_t lost = 0; lost < sums.genes; ++lost) {
    for (std::int64_t gene = 0; gene < sums.genes; ++gene) {
      const auto mean = sums.mean(lost, gene);
      if (!mean) continue;
      const auto cells = sums.cells[static_cast<std::size_t>(lost * sums.genes + gene)];
      csv.field(names[static_cast<std::size_t>(lost)]).field(names[static_cast<std::size_t>(gene)]);
      csv.field(*mean).field(cells).end_row();
      ++rows;
    }
  }
  return rows;
}

}  // namespace

double effects_truth_bytes(std::int64_t genes) {
  return 16.0 * static_cast<double>(genes) * static_cast<double>(genes);
}

AtRoot<std::int64_t> write_effects_truth(const RegulatoryDynamics& dynamics, const RankCells& mine,
                                         const AtRoot<CsvWriter*>& csv, Job& job) {
  EffectSums sums(dynamics.genes(), job.ranks().sum(std::ssize(mine.cells)));
  std::int64_t unsettled = 0;
  const ProgressCallback progress = show_progress(job.log, "solving losses (rank 0's share)", "cells");
  for (std::int64_t at = 0; at < std::ssize(mine.cells); ++at) {
    unsettled += add_effects(dynamics, mine.cells[static_cast<std::size_t>(at)], sums);
    if (progress) progress(at + 1, std::ssize(mine.cells));
  }
  job.ranks().sum(std::span(sums.change));
  job.ranks().sum(std::span(sums.cells));
  unsettled = job.ranks().sum(unsettled);
  if (unsettled > 0)
    job.log.warn("{} did not reach a steady state and were skipped", counted(unsettled, "knockout"));
  return on_root(job.ranks(), [&] { return write_rows(**csv, sums); });
}

}  // namespace dko
