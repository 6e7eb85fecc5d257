#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common_options.hpp"
#include "dko/simulation/dynamics.hpp"
#include "dko/simulation/observation.hpp"
#include "dko/simulation/population.hpp"
#include "dko/simulation/regulatory_network.hpp"

namespace dko::app {

/// The options of dko simulate.
struct SimulateOptions {
  std::string out;
  std::string edges;
  std::string levels;
  std::string truth_single;
  std::string truth_double;
  std::string truth_activate;
  bool truth_effects = false;
  std::int64_t cells = 500;
  bool no_names = false;
  Kinetics kinetics = Kinetics::additive;
  RepressorLoss repressor_loss = RepressorLoss::vanishes;
  NetworkOptions topology;  ///< its seed is that of the call
  PopulationOptions population;
  ObservationOptions observation;
  CommonOptions common;

  /// Whether counts are written, not levels.
  bool counts() const { return observation.molecules > 0; }
  /// Whether what is written is what the cells hold.
  bool is_exact() const { return !counts() && observation.batches == 1 && !(observation.dropout > 0); }
  /// Whether cells are of several kinds, so that a table tells them.
  bool has_kinds() const { return population.types > 1 || population.states > 1 || observation.batches > 1; }
  /// Tables beside --out; empty if not written.
  std::string effects_path() const;
  std::string kinds_path() const;
  std::string activations_path() const;
  /// The table of the truth of knockouts of `order` genes, beside --out; empty if none is asked for.
  std::string truth_path(std::int64_t order) const;
};

CommandLine simulation_line(SimulateOptions& options);

}  // namespace dko::app
