#include "simulation_options.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "dko/base/error.hpp"
#include "dko/base/text.hpp"
#include "dko/workflow/expression_output.hpp"

namespace dko::app {

namespace {

/// "data.csv" → "data.truth_single.csv".
std::string beside(const std::string& out, const char* what) {
  std::filesystem::path path(out);
  return path.replace_extension().string() + "." + what + ".csv";
}

/// @throws UsageError for options that do not go together
void check(const CommandLine& line, const SimulateOptions& options) {
  const NetworkOptions& topology = options.topology;
  require_distinct({{"--out", options.out},
                    {"--edges", options.edges},
                    {"--levels", options.levels},
                    {"--json", options.common.json},
                    {"the truth of single knockouts", options.truth_path(1)},
                    {"the truth of double knockouts", options.truth_path(2)}});
  if (line.given("exponent") && topology.kind != NetworkKind::scale_free)
    throw UsageError("--exponent is for --network scale-free");
  if (line.given("umi-spread") && !options.counts()) throw UsageError("--umi-spread is for --umi");
  if (options.no_names && is_h5ad(options.out)) throw UsageError("--no-names is for CSV; h5ad holds names");
  if (!options.levels.empty() && !options.counts()) {
    throw UsageError("--levels writes the levels behind the counts of --umi; without it --out has them");
  }
}

void add_network_options(CommandLine& line, SimulateOptions& options) {
  NetworkOptions& topology = options.topology;
  line.group("Network");
  line.option("genes", topology.genes, "N", "genes").range(2, 1e6).usual();
  line.choice<NetworkKind>(
      "network", topology.kind,
      {{"erdos-renyi", NetworkKind::erdos_renyi}, {"scale-free", NetworkKind::scale_free}},
      "kind of network");
  line.option("exponent", topology.exponent, "G", "of the degrees of a scale-free network").range(2.01, 100);
  line.option("mean-degree", topology.mean_degree, "K", "regulations per gene").range(1e-6, 1e6);
  line.option("activating", topology.activating, "F", "fraction of the regulations that activate")
      .range(0, 1);
  line.choice<RepressorLoss>(
      "lost-repressor", options.repressor_loss,
      {{"vanishes", RepressorLoss::vanishes}, {"frees", RepressorLoss::frees}},
      "what an absent or knocked-out repressor's term becomes: it vanishes, as in the original, or its "
      "target is freed");
  line.option("edges", options.edges, "CSV", "write the network too").writes();
}

void add_cell_options(CommandLine& line, SimulateOptions& options) {
  const auto molecules = [](const std::string& text) {
    const auto value = parse_number(text);
    if (value && *value > 0 && *value <= 1e9) return *value;
    throw UsageError(fmt::format("--umi must be above 0 and at most 1e9, not '{}'", text));
  };
  line.group("Cells");
  line.option("cells", options.cells, "C", "cells").range(1, 1e7).usual();
  line.option("absent", options.absent, "F", "fraction of the genes that each cell lacks").range(0, 0.99);
  line.parsed("umi", options.molecules, "M", molecules,
              "write Poisson counts of M molecules a cell on average instead of the levels: genes drop out");
  line.option("umi-spread", options.spread, "S",
              "standard deviation of the logarithm of a cell's mean number of molecules")
      .range(0, 3);
  line.option("levels", options.levels, "FILE", "with --umi: write the levels too, .csv or .h5ad").writes();
  line.flag("no-names", options.no_names, "the original's format: no header, no gene names");
}

void add_truth_options(CommandLine& line, SimulateOptions& options) {
  line.group("Truth");
  line.option("truth-single", options.truth_single, "all|M|FILE",
              "the true effect of all single knockouts, of M random ones, or of those listed (as for "
              "--events of dko run)")
      .usual();
  line.option("truth-double", options.truth_double, "M|all|FILE", "the same of pairs").usual();
}

}  // namespace

std::string SimulateOptions::truth_path(std::int64_t order) const {
  const std::string& wanted = order == 1 ? truth_single : truth_double;
  if (wanted.empty()) return {};
  return beside(out, order == 1 ? "truth_single" : "truth_double");
}

CommandLine simulation_line(SimulateOptions& options) {
  CommandLine line(
      "simulate -o EXPRESSION [options]",
      "Draws a regulatory network and writes the steady states of cells that each lack some of the\n"
      "genes: dx_j/dt = -x_j + sum a_ij x_i/(1+x_i) + sum r_ij/(1+x_i). CSV, genes × cells, or, by the\n"
      "ending .h5ad, an AnnData file. With --truth-single and --truth-double the network is solved again\n"
      "with genes knocked out, on all ranks, and the true scores go to EXPRESSION.truth_single.csv and\n"
      "EXPRESSION.truth_double.csv (in place of its ending).",
      "mpirun -n 4 dko simulate --genes 100 --cells 500 --truth-single all -o data.csv");
  line.option("out,o", options.out, "FILE", "the expression file to write: .csv or .h5ad")
      .usual()
      .required()
      .writes();
  add_network_options(line, options);
  add_cell_options(line, options);
  add_truth_options(line, options);
  add_seed(line, options.topology.seed, "seed of every random choice").usual();
  add_common(line, options.common);
  line.check([&options](const CommandLine& parsed) { check(parsed, options); });
  return line;
}

}  // namespace dko::app
