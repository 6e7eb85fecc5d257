#pragma once
// dko summarize --contrast: genes and pairs compared between groups of cells.

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "dko/base/csv_writer.hpp"
#include "dko/results/aggregate/contrast.hpp"
#include "dko/workflow/job.hpp"
#include "summary_tables.hpp"

namespace dko::app {

/// What of one array is compared.
struct ContrastPart {
  ScoreArray array;
  std::string option;  ///< of the file
  std::string path;    ///< empty: none
  Measure by;
};

/// The first measure of an array that contrasts have, of those that rank them: what happens to other genes
/// before what includes own shares.
std::optional<Measure> contrast_measure(const ScreenReader& screen, ScoreArray array,
                                        const std::optional<Measure>& asked);

/// Compares every part, and gives rank 0 the tables: of each shows as many rows as `rows` says, and writes
/// those that are kept to the file of the part, if there is one; returns the JSON. Collective. @throws as
/// contrast_pairs
AtRoot<nlohmann::ordered_json> report_contrasts(
    const ScreenReader& screen, const CellGroups& groups, const std::vector<Contrast>& contrasts,
    const std::vector<ContrastPart>& parts, std::vector<std::optional<CsvWriter>>& files,
    const ContrastOptions& options, const std::function<RowCounts(const ContrastPart&)>& rows, Job& job);

}  // namespace dko::app
