#pragma once
// What dko bench train finds out, and its report.

#include <array>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "dko/planning/step_forecast.hpp"

namespace dko::app {

/// Bytes a second and rank that an update can move (update_bandwidth()).
struct Bandwidths {
  double alone = 0;     ///< of one rank while the others rest
  double together = 0;  ///< of each rank while all work
};

/// A training of one size in one form.
struct TrainingRun {
  ParallelForm form = ParallelForm::sharded;
  int ranks = 1;
  StepTime time;
  double bandwidth = 0;  ///< bytes a second and rank, of as many ranks at once
  StepBytes bytes;

  /// Part of the bandwidth that the update has; above 1 where caches help; 0 if the update took no time.
  double update_of_bandwidth() const;
  /// Part of the step in which its least bytes could be moved.
  double step_of_bound() const { return bytes.least / bandwidth / time.total; }
};

/// "alone" of one rank, or that of its form.
std::string name_of_run(const TrainingRun& run);

struct TrainingRuns {
  TrainingSize size;
  std::vector<TrainingRun> runs;     ///< that of one rank first, unless it was skipped
  std::vector<std::string> skipped;  ///< names of the runs that memory has no room for

  /// That of one rank; null if it was skipped.
  const TrainingRun* alone() const;
};

/// What the time between ranks is forecast with.
struct Network {
  AllreduceModel model;
  bool is_measured = false;  ///< between the ranks of this run, not given by hand
};

/// Numbers of ranks that forecasts are made for.
inline constexpr std::array forecast_ranks{4, 16, 64, 256, 1024};

/// Tables for the terminal; `ranks` worked together.
void print_report(const std::vector<TrainingRuns>& all, const Bandwidths& bandwidths,
                  const std::optional<Network>& network, int ranks);

/// Keys of one size: genes, hidden, batch, expressed (genes a cell), validation_cells, parameters; skipped,
/// names of runs that memory has no room for; runs, a list with form ("alone", "data", "sharded"), ranks,
/// validate_every, steps and validations (of a repeat), seconds_per_step, seconds (of a step's parts:
/// forward, backward, communication, update, validation, other), update_of_bandwidth (null if the update took
/// no time), step_of_bound and speed_up (null without one rank alone); forecast, a list with form, ranks,
/// communication_seconds and seconds_per_step, empty without a network or without one rank alone.
nlohmann::ordered_json to_json(const TrainingRuns& runs, const std::optional<Network>& network);

/// Keys: latency_seconds, seconds_per_byte, measured; null without a network.
nlohmann::ordered_json to_json(const std::optional<Network>& network);

}  // namespace dko::app
