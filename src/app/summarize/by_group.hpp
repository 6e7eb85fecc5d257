#pragma once
// dko summarize --group-by: the same tables within each group of cells.

#include <functional>
#include <optional>
#include <vector>

#include "dko/base/csv_writer.hpp"
#include "dko/results/aggregate/cell_groups.hpp"
#include "dko/workflow/job.hpp"
#include "summary_tables.hpp"

namespace dko::app {

/// Summarises each part within each group, with `memory` bytes of each rank. Rank 0 shows the tables, writes
/// them to the file of the part if there is one, and has the JSON. Collective.
/// @throws as summarize_pairs
AtRoot<nlohmann::ordered_json> summarize_by_group(const ScreenReader& screen, const CellGroups& groups,
                                                  std::vector<Part>& parts,
                                                  std::vector<std::optional<CsvWriter>>& files,
                                                  const std::function<RowCounts(const Part& part)>& rows,
                                                  double memory, Job& job);

/// "7 cells have no value in type, and are in no group"; empty if all have.
std::string note_on_missing(const CellGroups& groups);

}  // namespace dko::app
