#include "set_tests.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "dko/parallel/collective.hpp"
#include "dko/results/ranked_list.hpp"

namespace dko::app {

SetTests::SetTests(const ScreenReader& screen, const SetOptions& options, bool overwrite, Job& job)
    : screen_(screen),
      options_(options),
      job_(job),
      outputs_(on_root(job.ranks(), [&] { return SetOutputs(options, overwrite); })),
      sets_(on_root(job.ranks(), [&] {
        return sets_asked_for(options, screen.gene_names(), screen.gene_ids(), job.log);
      })) {}

void SetTests::run(const RankBy& by, std::int64_t count, nlohmann::ordered_json& json) {
  if (!options_.any()) return;
  const SummaryTable table = summarize_genes(screen_, by, all_rows, job_.ranks());
  const std::string where =
      "that are visible and lost in the screen" +
      (by.least_cells > 1 ? fmt::format(", in {} cells or more", by.least_cells) : std::string());
  on_root(job_.ranks(), [&] {
    const std::vector<double> means = ranking_means(table, screen_.visibility(), screen_.gene_names().size());
    const nlohmann::ordered_json tested =
        report_sets(means, where, screen_.gene_names(), *sets_, options_, count, *outputs_);
    if (!options_.gene_sets.empty()) json["sets"] = tested;
  });
}

}  // namespace dko::app
