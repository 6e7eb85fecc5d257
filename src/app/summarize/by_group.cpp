#include "by_group.hpp"

#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "app/score_names.hpp"
#include "dko/base/output_path.hpp"
#include "dko/base/printable.hpp"
#include "dko/base/text.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/results/aggregate/pair_summary.hpp"
#include "dko/workflow/progress_display.hpp"

namespace dko::app {

namespace {

using Json = nlohmann::ordered_json;

/// Shows the table of one part in one group, and writes it.
void report(const ScreenReader& screen, const CellGroups& groups, std::int32_t group, const Part& part,
            std::int64_t shown, std::optional<CsvWriter>& file, Json& json) {
  const auto rows = static_cast<std::size_t>(std::min(shown, std::ssize(part.table.rows)));
  if (json.size() > 2 || group > 0) std::cout << '\n';
  print_table(screen, part, rows, " in " + printable(text_of_group(screen, {&groups, group})));
  json[part.kind + std::string("s")] = to_json(screen, part, rows);
  if (!file) return;
  require_disk_space(part.path, table_bytes(part, std::ssize(part.table.rows)), part.option.c_str());
  if (group == 0) write_header(screen, part, true, *file);
  write_rows(screen, part, &groups.labels[static_cast<std::size_t>(group)], *file);
}

}  // namespace

std::string note_on_missing(const CellGroups& groups) {
  if (groups.without == 0) return {};
  return fmt::format("{} without a value in {}: in no group", counted(groups.without, "cell"), groups.column);
}

AtRoot<Json> summarize_by_group(const ScreenReader& screen, const CellGroups& groups,
                                std::vector<Part>& parts, std::vector<std::optional<CsvWriter>>& files,
                                const std::function<RowCounts(const Part& part)>& rows, double memory,
                                Job& job) {
  const Communicator& ranks = job.ranks();
  AtRoot<Json> json = at_root(ranks, Json::array());
  std::vector<SummaryTable> of_genes;
  for (const Part& part : parts) {
    if (part.array == ScoreArray::singles)
      of_genes = summarize_genes_by_group(screen, groups, part.by, rows(part).kept, memory, ranks);
  }
  for (std::int32_t group = 0; group < groups.count(); ++group) {
    const auto at = static_cast<std::size_t>(group);
    on_root(ranks, [&] { json->push_back({{"group", groups.labels[at]}, {"cells", groups.sizes[at]}}); });
    for (std::size_t number = 0; number < parts.size(); ++number) {
      Part& part = parts[number];
      part.table = part.array == ScoreArray::singles
                       ? std::move(of_genes[at])
                       : summarize_pairs(screen, part.by, rows(part).kept, memory, ranks,
                                         show_progress(job.log, "summarizing", "events"), {&groups, group});
      on_root(ranks,
              [&] { report(screen, groups, group, part, rows(part).shown, files[number], json->back()); });
      part.table.rows.clear();
    }
  }
  return json;
}

}  // namespace dko::app
