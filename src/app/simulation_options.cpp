#include "simulation_options.hpp"

#include <fmt/format.h>

#include <boost/program_options/value_semantic.hpp>
#include <filesystem>

#include "dko/base/error.hpp"
#include "dko/workflow/expression_output.hpp"

namespace dko::app {

namespace po = boost::program_options;

namespace {

/// "data.csv" → "data.truth_single.csv".
std::string beside(const std::string& out, const char* what) {
  std::filesystem::path path(out);
  return path.replace_extension().string() + "." + what + ".csv";
}

void check(SimulateOptions& options, const CommandLine& line) {
  NetworkOptions& topology = options.topology;
  require_between("--genes", static_cast<double>(topology.genes), 2, 1e6);
  require_between("--cells", static_cast<double>(options.cells), 1, 1e7);
  require_between("--absent", options.absent, 0, 0.99);
  require_between("--mean-degree", topology.mean_degree, 1e-6, 1e6);
  require_between("--exponent", topology.exponent, 2.01, 100);
  require_between("--activating", topology.activating, 0, 1);
  require_between("--umi", options.molecules, 0, 1e9);
  require_between("--umi-spread", options.spread, 0, 3);
  require_distinct({{"--out", options.out},
                    {"--edges", options.edges},
                    {"--levels", options.levels},
                    {"--json", options.common.json},
                    {"the truth of single knockouts", options.truth_path(1)},
                    {"the truth of double knockouts", options.truth_path(2)}});
  if (options.network != "scale-free" && options.network != "erdos-renyi") {
    throw UsageError(fmt::format("--network must be erdos-renyi or scale-free, not '{}'", options.network));
  }
  if (options.repressor != "vanishes" && options.repressor != "frees") {
    throw UsageError(fmt::format("--lost-repressor must be vanishes or frees, not '{}'", options.repressor));
  }
  if (line.given("exponent") && options.network != "scale-free")
    throw UsageError("--exponent is for --network scale-free");
  if (line.given("umi-spread") && !options.counts()) throw UsageError("--umi-spread is for --umi");
  if (options.no_names && is_h5ad(options.out)) throw UsageError("--no-names is for CSV; h5ad holds names");
  if (!options.levels.empty() && !options.counts()) {
    throw UsageError("--levels writes the levels behind the counts of --umi; without it --out has them");
  }
  topology.kind = options.network == "scale-free" ? NetworkKind::scale_free : NetworkKind::erdos_renyi;
}

}  // namespace

std::string SimulateOptions::truth_path(std::int64_t order) const {
  const std::string& wanted = order == 1 ? truth_single : truth_double;
  if (wanted.empty()) return {};
  return beside(out, order == 1 ? "truth_single" : "truth_double");
}

bool parse_simulation(SimulateOptions& options, const std::vector<std::string>& arguments,
                      const Context& context) {
  NetworkOptions& topology = options.topology;
  CommandLine line(
      "simulate -o EXPRESSION [options]",
      "Draws a regulatory network and writes the steady states of cells that each lack some of the\n"
      "genes: dx_j/dt = -x_j + sum a_ij x_i/(1+x_i) + sum r_ij/(1+x_i). CSV, genes × cells, or, by the\n"
      "ending .h5ad, an AnnData file. With --truth-single and --truth-double the network is solved again\n"
      "with genes knocked out, on all ranks, and the true scores go to EXPRESSION.truth_single.csv and\n"
      "EXPRESSION.truth_double.csv (in place of its ending).",
      "mpirun -n 4 dko simulate --genes 100 --cells 500 --truth-single all -o data.csv");
  line.add()("out,o", po::value(&options.out)->value_name("FILE")->required(),
             "the expression file to write: .csv or .h5ad")(
      "genes", po::value(&topology.genes)->default_value(topology.genes)->value_name("N"), "genes")(
      "cells", po::value(&options.cells)->default_value(options.cells)->value_name("C"), "cells")(
      "network",
      po::value(&options.network)->default_value(options.network)->value_name("erdos-renyi|scale-free"),
      "kind of network")(
      "exponent", po::value(&topology.exponent)->default_value(topology.exponent, "3")->value_name("G"),
      "of the degrees of a scale-free network")(
      "mean-degree",
      po::value(&topology.mean_degree)->default_value(topology.mean_degree, "3")->value_name("K"),
      "regulations per gene")(
      "activating",
      po::value(&topology.activating)->default_value(topology.activating, "0.5")->value_name("F"),
      "fraction of the regulations that activate")(
      "lost-repressor",
      po::value(&options.repressor)->default_value(options.repressor)->value_name("vanishes|frees"),
      "what an absent or knocked-out repressor's term becomes: it vanishes, as in the original, or its "
      "target is freed")("absent",
                         po::value(&options.absent)->default_value(options.absent, "0.2")->value_name("F"),
                         "fraction of the genes that each cell lacks")(
      "umi", po::value(&options.molecules)->value_name("M"),
      "write Poisson counts of M molecules a cell on average instead of the levels: genes drop out")(
      "umi-spread", po::value(&options.spread)->default_value(options.spread, "0.3")->value_name("S"),
      "standard deviation of the logarithm of a cell's mean number of molecules")(
      "levels", po::value(&options.levels)->value_name("FILE"),
      "with --umi: write the levels too, .csv or .h5ad")(
      "truth-single", po::value(&options.truth_single)->value_name("all|M|FILE"),
      "the true effect of all single knockouts, of M random "
      "ones, or of those listed (as for --events of dko run)")(
      "truth-double", po::value(&options.truth_double)->value_name("M|all|FILE"), "the same of pairs")(
      "no-names", po::bool_switch(&options.no_names), "the original's format: no header, no gene names")(
      "edges", po::value(&options.edges)->value_name("CSV"), "write the network too");
  add_seed(line, topology.seed, "seed of every random choice");
  add_common(line, options.common);
  if (!line.parse(arguments, context)) return false;
  if (line.given("umi") && !(options.molecules > 0)) throw UsageError("--umi must be above 0");
  check(options, line);
  return true;
}

}  // namespace dko::app
