#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "app/set_report.hpp"
#include "dko/results/aggregate/summary.hpp"
#include "dko/results/screen_file/screen_reader.hpp"
#include "dko/workflow/job.hpp"

namespace dko::app {

/// Sets of genes and the ranked list of a screen's single knockouts.
class SetTests {
 public:
  /// Claims the outputs, and reads the sets. Collective. @throws CollectiveFailure as SetOutputs,
  /// sets_asked_for
  SetTests(const ScreenReader& screen, const SetOptions& options, bool overwrite, Job& job);

  /// Ranks visible genes, of those in enough cells, by the mean of a measure over all, and reports as
  /// report_sets(); at root in json["sets"]. Does nothing where nothing was asked for. Collective.
  void run(const RankBy& by, std::int64_t count, nlohmann::ordered_json& json);

 private:
  const ScreenReader& screen_;
  const SetOptions& options_;
  Job& job_;
  AtRoot<SetOutputs> outputs_;
  AtRoot<std::vector<GeneSet>> sets_;
};

}  // namespace dko::app
