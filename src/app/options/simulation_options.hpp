#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common_options.hpp"
#include "dko/simulation/dynamics.hpp"
#include "dko/simulation/regulatory_network.hpp"

namespace dko::app {

/// The options of dko simulate.
struct SimulateOptions {
  std::string out;
  std::string edges;
  std::string levels;
  std::string truth_single;
  std::string truth_double;
  std::int64_t cells = 500;
  double absent = 0.2;
  double molecules = 0;
  double spread = 0.3;
  bool no_names = false;
  RepressorLoss repressor_loss = RepressorLoss::vanishes;
  NetworkOptions topology;
  CommonOptions common;

  /// Whether counts are written, not levels.
  bool counts() const { return molecules > 0; }
  /// The table of the truth of knockouts of `order` genes, beside --out; empty if none is asked for.
  std::string truth_path(std::int64_t order) const;
};

CommandLine simulation_line(SimulateOptions& options);

}  // namespace dko::app
