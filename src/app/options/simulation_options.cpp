#include "simulation_options.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <utility>

#include "dko/base/error.hpp"
#include "dko/base/names.hpp"
#include "dko/base/output_path.hpp"
#include "dko/base/text.hpp"
#include "dko/workflow/expression_output.hpp"

namespace dko::app {

namespace {

/// "data.csv" → "data.truth_single.csv".
std::string beside(const std::string& out, const char* what) {
  std::filesystem::path path(out);
  return path.replace_extension().string() + "." + what + ".csv";
}

/// @throws UsageError if a list of what is to be solved has the name of a table that is written
void refuse_lists_that_are_written(const SimulateOptions& options) {
  const Names written{options.truth_path(1), options.truth_path(2), options.activations_path(),
                      options.effects_path(), options.kinds_path()};
  for (const auto& [option, list] :
       {std::pair("--truth-single", options.truth_single), std::pair("--truth-double", options.truth_double),
        std::pair("--truth-activate", options.truth_activate)}) {
    if (list.empty()) continue;
    for (const std::string& table : written) {
      if (!table.empty() && identity_of(list) == identity_of(table))
        throw UsageError(fmt::format("{} and the table that is written beside {} are the same file, {}",
                                     option, options.out, table));
    }
  }
}

/// @throws UsageError for options that do not go together
void check(const CommandLine& line, const SimulateOptions& options) {
  const NetworkOptions& topology = options.topology;
  require_distinct({{"--out", options.out},
                    {"--edges", options.edges},
                    {"--levels", options.levels},
                    {"--json", options.common.json},
                    {"the truth of single knockouts", options.truth_path(1)},
                    {"the truth of double knockouts", options.truth_path(2)},
                    {"the truth of genes that are switched on", options.activations_path()},
                    {"the truth of effects", options.effects_path()},
                    {"the kinds of the cells", options.kinds_path()}});
  refuse_lists_that_are_written(options);
  if (line.given("exponent") && topology.kind != NetworkKind::scale_free)
    throw UsageError("--exponent is for --network scale-free");
  if (line.given("umi-spread") && !options.counts()) throw UsageError("--umi-spread is for --umi");
  if (options.no_names && is_h5ad(options.out)) throw UsageError("--no-names is for CSV; h5ad holds names");
  if (!options.levels.empty() && options.is_exact()) {
    throw UsageError(
        "--levels writes the levels behind what --umi, --batches or --dropout make of them; without "
        "these --out has them");
  }
  const auto require_several = [&](const char* spread, const char* groups, std::int64_t count) {
    if (line.given(spread) && count == 1) throw UsageError(fmt::format("--{} is for --{}", spread, groups));
  };
  require_several("type-spread", "types", options.population.types);
  require_several("state-spread", "states", options.population.states);
  require_several("batch-spread", "batches", options.observation.batches);
  if (line.given("lost-repressor") && options.kinetics == Kinetics::multiplicative)
    throw UsageError("--lost-repressor is for additive kinetics: a multiplicative factor that is lost is 1");
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
  line.flag("acyclic", topology.acyclic, "regulators come before their targets in a random order");
  line.choice<Kinetics>("kinetics", options.kinetics,
                        {{"additive", Kinetics::additive}, {"multiplicative", Kinetics::multiplicative}},
                        "how the regulators of a gene act together: terms a x/(1+x) and r/(1+x) that add up, "
                        "as in the original, "
                        "or factors 1 + a x^2/(1+x^2), by which repressors divide");
  line.option("strength", topology.strength, "A", "greatest weight a or r of a regulation").range(1e-3, 1e3);
  line.choice<RepressorLoss>(
      "lost-repressor", options.repressor_loss,
      {{"vanishes", RepressorLoss::vanishes}, {"frees", RepressorLoss::frees}},
      "what an absent or knocked-out repressor's term becomes: it vanishes, as in the original, or its "
      "target is freed");
  line.option("edges", options.edges, "CSV", "write the network too").writes();
}

void add_simulated_cells(CommandLine& line, SimulateOptions& options) {
  PopulationOptions& population = options.population;
  line.group("Cells");
  line.option("cells", options.cells, "C", "cells").range(1, 1e7).usual();
  line.option("absent", population.absent, "F",
              "fraction that each cell lacks of the genes that are not always on; with several --types, F "
              "above 0.49 gives less")
      .range(0, 0.99);
  line.option("always-on", population.always_on, "F", "fraction of the genes that no cell lacks").range(0, 1);
  line.option("types", population.types, "T", "cell types, each with its own basal rates and absences")
      .range(1, 1000);
  line.option("type-spread", population.type_spread, "S",
              "standard deviation of the logarithm of a gene's basal rate between types")
      .range(0, 5);
  line.option("states", population.states, "S", "basal states, each with its own basal rates").range(1, 1000);
  line.option("state-spread", population.state_spread, "S", "the same between states").range(0, 5);
  line.option("rate-noise", population.rate_noise, "S",
              "the same between cells: noise of every gene's basal rate, which travels downstream")
      .range(0, 5);
}

void add_observation_options(CommandLine& line, SimulateOptions& options) {
  const auto molecules = [](const std::string& text) {
    const auto value = parse_number(text);
    if (value && *value > 0 && *value <= 1e9) return *value;
    throw UsageError(fmt::format("--umi must be above 0 and at most 1e9, not '{}'", text));
  };
  ObservationOptions& observation = options.observation;
  line.group("Measurement");
  line.parsed("umi", observation.molecules, "M", molecules,
              "write Poisson counts of M molecules a cell on average instead of the levels: genes drop out");
  line.option("umi-spread", observation.spread, "S",
              "standard deviation of the logarithm of a cell's mean number of molecules")
      .range(0, 3);
  line.option("batches", observation.batches, "B",
              "batches, each with factors of its own for genes and depth")
      .range(1, 1000);
  line.option("batch-spread", observation.batch_spread, "S",
              "standard deviation of the logarithm of these factors")
      .range(0, 5);
  line.option("dropout", observation.dropout, "D", "probability with which an expressed gene is read as 0")
      .range(0, 0.99);
  line.option("levels", options.levels, "FILE", "write the levels before measurement too, .csv or .h5ad")
      .writes();
  line.flag("no-names", options.no_names, "the original's format: no header, no gene names");
}

void add_truth_options(CommandLine& line, SimulateOptions& options) {
  line.group("Truth");
  line.option("truth-single", options.truth_single, "all|M|FILE",
              "the true effect of all single knockouts, of M random ones, or of those listed (as for "
              "--events of dko run)")
      .usual()
      .reads();
  line.option("truth-double", options.truth_double, "M|all|FILE", "the same of pairs").usual().reads();
  line.option("truth-activate", options.truth_activate, "all|M|FILE",
              "the true effect of switching on all genes in all cells that lack them, one at a time, of M "
              "random ones, or of those listed (with + before the gene)")
      .reads();
  line.flag("truth-effects", options.truth_effects,
            "the mean relative change of every gene's level by the loss of every other");
}

}  // namespace

std::string SimulateOptions::truth_path(std::int64_t order) const {
  const std::string& wanted = order == 1 ? truth_single : truth_double;
  if (wanted.empty()) return {};
  return beside(out, order == 1 ? "truth_single" : "truth_double");
}

std::string SimulateOptions::effects_path() const {
  return truth_effects ? beside(out, "truth_effects") : "";
}

std::string SimulateOptions::activations_path() const {
  return truth_activate.empty() ? "" : beside(out, "truth_activate");
}

std::string SimulateOptions::kinds_path() const {
  return has_kinds() ? beside(out, "cells") : "";
}

CommandLine simulation_line(SimulateOptions& options) {
  CommandLine line(
      "simulate -o EXPRESSION [options]",
      "Draws a regulatory network and writes the steady states of cells that each lack some of the\n"
      "genes: dx_j/dt = -x_j + sum a_ij x_i/(1+x_i) + sum r_ij/(1+x_i). CSV, genes × cells, or, by the\n"
      "ending .h5ad, an AnnData file. Types, states and batches of cells go to EXPRESSION.cells.csv, and to\n"
      "obs of an AnnData file. With --truth-single and --truth-double the network is solved again\n"
      "with genes knocked out, on all ranks, and the true scores go to EXPRESSION.truth_single.csv and\n"
      "EXPRESSION.truth_double.csv (in place of its ending), those of genes that are switched on by\n"
      "--truth-activate to EXPRESSION.truth_activate.csv; with --truth-effects who changes\n"
      "when a gene is lost goes to EXPRESSION.truth_effects.csv.",
      "mpirun -n 4 dko simulate --genes 100 --cells 500 --truth-single all -o data.csv");
  line.option("out,o", options.out, "FILE", "the expression file to write: .csv or .h5ad")
      .usual()
      .required()
      .writes();
  add_network_options(line, options);
  add_simulated_cells(line, options);
  add_observation_options(line, options);
  add_truth_options(line, options);
  add_seed(line, options.topology.seed, "seed of every random choice").usual();
  add_common(line, options.common);
  line.check([&options](const CommandLine& parsed) {
    options.population.seed = options.topology.seed;
    options.observation.seed = options.topology.seed;
    check(parsed, options);
  });
  return line;
}

}  // namespace dko::app
