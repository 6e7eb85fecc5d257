#include <fmt/format.h>

#include <boost/program_options/value_semantic.hpp>

#include "command.hpp"
#include "dko/base/csv_writer.hpp"
#include "dko/base/error.hpp"
#include "dko/base/names.hpp"
#include "dko/base/text.hpp"
#include "dko/evaluation/simulation.hpp"
#include "dko/parallel/collective.hpp"
#include "resources.hpp"

namespace dko::app {

namespace po = boost::program_options;

namespace {

struct SimulateOptions {
  std::string out;
  std::string edges;
  std::string network = "erdos-renyi";
  std::int64_t cells = 500;
  double absent = 0.2;
  bool no_names = false;
  NetworkOptions topology;
  CommonOptions common;
};

bool parse(SimulateOptions& options, const std::vector<std::string>& arguments, const Context& context) {
  NetworkOptions& topology = options.topology;
  CommandLine line(
      "simulate -o EXPRESSION [options]",
      "Draws a regulatory network and writes the steady states of cells that each lack some of the\n"
      "genes, genes × cells: dx_j/dt = -x_j + sum a_ij x_i/(1+x_i) + sum r_ij/(1+x_i).",
      "dko simulate --genes 100 --cells 500 -o expression.csv --edges network.csv");
  line.add()("out,o", po::value(&options.out)->value_name("CSV")->required(), "the expression file to write")(
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
      "absent", po::value(&options.absent)->default_value(options.absent, "0.2")->value_name("F"),
      "fraction of the genes that each cell lacks")("no-names", po::bool_switch(&options.no_names),
                                                    "the original's format: no header, no gene names")(
      "edges", po::value(&options.edges)->value_name("CSV"), "write the network too")(
      "force,f", po::bool_switch(&options.common.force), "replace output files that exist");
  add_seed(line, topology.seed, "seed of every random choice");
  add_verbosity(line, options.common);
  if (!line.parse(arguments, context)) return false;
  require_between("--genes", static_cast<double>(topology.genes), 2, 1e6);
  require_between("--cells", static_cast<double>(options.cells), 1, 1e7);
  require_between("--absent", options.absent, 0, 0.99);
  require_between("--mean-degree", topology.mean_degree, 1e-6, 1e6);
  require_between("--exponent", topology.exponent, 2.01, 100);
  require_between("--activating", topology.activating, 0, 1);
  require_distinct({{"--out", options.out}, {"--edges", options.edges}});
  if (options.network == "scale-free")
    topology.kind = NetworkKind::scale_free;
  else if (options.network != "erdos-renyi") {
    throw UsageError(fmt::format("--network must be erdos-renyi or scale-free, not '{}'", options.network));
  }
  return true;
}

void write_expression(CsvWriter& csv, const SimulatedCells& cells, bool names) {
  if (names) {
    csv.field("gene");
    for (const std::string& name : numbered_names("cell", std::ssize(cells.expression))) csv.field(name);
    csv.end_row();
  }
  for (std::int64_t gene = 0; gene < cells.genes; ++gene) {
    if (names) csv.field(fmt::format("gene{}", gene));
    for (const auto& levels : cells.expression) csv.field(levels[static_cast<std::size_t>(gene)]);
    csv.end_row();
  }
  csv.finish();
}

void write_network(CsvWriter& csv, const std::vector<Regulation>& network) {
  csv.field("regulator").field("target").field("sign").field("weight").end_row();
  for (const Regulation& edge : network) {
    csv.field(fmt::format("gene{}", edge.regulator)).field(fmt::format("gene{}", edge.target));
    csv.field(edge.activates ? 1 : -1).field(edge.weight).end_row();
  }
  csv.finish();
}

void simulate(const SimulateOptions& options, Log& log) {
  require_memory(8.0 * static_cast<double>(options.topology.genes) * static_cast<double>(options.cells),
                 "the simulation");
  CsvWriter expression(options.out, options.common.force);
  std::optional<CsvWriter> edges;
  if (!options.edges.empty()) edges.emplace(options.edges, options.common.force);
  const std::vector<Regulation> network = draw_network(options.topology);
  const SimulatedCells cells =
      simulate_cells(network, options.topology.genes, options.cells, options.absent, options.topology.seed);
  if (cells.redrawn > 0) log.warn("{} did not settle and were drawn again", counted(cells.redrawn, "cell"));
  write_expression(expression, cells, !options.no_names);
  if (edges) write_network(*edges, network);
  log.info("{}: {} × {} of a network of {}", options.out, counted(cells.genes, "gene"),
           counted(options.cells, "cell"), counted(std::ssize(network), "regulation"));
}

}  // namespace

void simulate_command(const std::vector<std::string>& arguments, const Context& context) {
  SimulateOptions options;
  if (!parse(options, arguments, context)) return;
  Log log = make_log(options.common, context);
  on_root(context.communicator, [&] { simulate(options, log); });
}

}  // namespace dko::app
