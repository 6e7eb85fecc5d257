#pragma once
// The report of dko bench train.

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <vector>

#include "dko/benchmark/training_speed.hpp"

namespace dko::app {

/// Tables for the terminal; `ranks` worked together.
void print_report(const std::vector<TrainingRuns>& all, const UpdateBandwidths& bandwidths,
                  const std::optional<RankNetwork>& network, int ranks);

/// Keys of one size: genes, hidden, batch, expressed (genes a cell), validation_cells, parameters; skipped,
/// names of runs that memory has no room for; runs, a list with form ("alone", "data", "sharded"), ranks,
/// validate_every, steps and validations (of a repeat), seconds_per_step, seconds (of a step's parts:
/// forward, backward, communication, update, validation, other), update_of_bandwidth (null if the update took
/// no time), step_of_bound and speed_up (null without one rank alone); forecast, a list with form, ranks,
/// communication_seconds and seconds_per_step, empty without a network or without one rank alone.
nlohmann::ordered_json to_json(const TrainingRuns& runs, const std::optional<RankNetwork>& network);

/// Keys: latency_seconds, seconds_per_byte, measured; null without a network.
nlohmann::ordered_json to_json(const std::optional<RankNetwork>& network);

}  // namespace dko::app
