#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options/value_semantic.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "dko/base/csv_writer.hpp"
#include "dko/base/error.hpp"
#include "dko/base/names.hpp"
#include "dko/base/text.hpp"
#include "dko/expression/h5ad.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/simulation/cells.hpp"
#include "progress.hpp"
#include "resources.hpp"
#include "truth_job.hpp"

namespace dko::app {

namespace po = boost::program_options;

namespace {

struct SimulateOptions {
  std::string out;
  std::string edges;
  std::string levels;
  std::string network = "erdos-renyi";
  std::string repressor = "vanishes";
  std::string truth_single;
  std::string truth_double;
  std::int64_t cells = 500;
  double absent = 0.2;
  double molecules = 0;
  double spread = 0.3;
  bool no_names = false;
  NetworkOptions topology;
  CommonOptions common;

  bool counts() const { return molecules > 0; }
  RepressorLoss repressor_loss() const {
    return repressor == "frees" ? RepressorLoss::frees : RepressorLoss::vanishes;
  }
};

/// "data.csv" → "data.truth_single.csv".
std::string beside(const std::string& out, const char* what) {
  std::filesystem::path path(out);
  return path.replace_extension().string() + "." + what + ".csv";
}

std::string truth_path(const SimulateOptions& options, std::int64_t order) {
  const std::string& wanted = order == 1 ? options.truth_single : options.truth_double;
  if (wanted.empty()) return {};
  return beside(options.out, order == 1 ? "truth_single" : "truth_double");
}

bool is_h5ad(const std::string& path) {
  return std::filesystem::path(path).extension() == ".h5ad";
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
                    {"the truth of single knockouts", truth_path(options, 1)},
                    {"the truth of double knockouts", truth_path(options, 2)}});
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

bool parse(SimulateOptions& options, const std::vector<std::string>& arguments, const Context& context) {
  NetworkOptions& topology = options.topology;
  CommandLine line(
      "simulate -o EXPRESSION [options]",
      "Draws a regulatory network and writes the steady states of cells that each lack some of the\n"
      "genes: dx_j/dt = -x_j + sum a_ij x_i/(1+x_i) + sum r_ij/(1+x_i). CSV, genes × cells, or, by the\n"
      "ending .h5ad, an AnnData file. With --truth-single and --truth-double the network is solved again\n"
      "with genes knocked out, on all ranks, and the true scores go to EXPRESSION.truth_single.csv and\n"
      "EXPRESSION.truth_double.csv (in place of its ending). AnnData files are for Python: dko reads CSV.",
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

/// An expression file to write in either format.
class ExpressionOutput {
 public:
  ExpressionOutput(const std::string& path, bool overwrite) {
    if (is_h5ad(path))
      h5ad_.emplace(path, overwrite);
    else
      csv_.emplace(path, overwrite);
  }

  /// `values` are cells × genes; `layers` are for h5ad only.
  void write(const std::vector<std::vector<double>>& values, bool names, const Layers& layers,
             const Provenance& provenance) {
    if (csv_) return write_csv(values, names);
    write_h5ad(h5ad_->partial_path(), simulated_matrix(values), layers, provenance);
    h5ad_->commit();
  }

 private:
  void write_csv(const std::vector<std::vector<double>>& values, bool names) {
    if (names) {
      csv_->field("gene");
      for (const std::string& name : numbered_names("cell", std::ssize(values))) csv_->field(name);
      csv_->end_row();
    }
    for (std::size_t gene = 0; gene < values.front().size(); ++gene) {
      if (names) csv_->field(fmt::format("gene{}", gene));
      for (const auto& cell : values) csv_->field(cell[gene]);
      csv_->end_row();
    }
    csv_->finish();
  }

  std::optional<CsvWriter> csv_;
  std::optional<OutputFile> h5ad_;
};

/// All files of a call, claimed by rank 0 before anything is computed.
struct Outputs {
  ExpressionOutput expression;
  std::optional<ExpressionOutput> levels;
  std::optional<CsvWriter> edges;
  std::optional<CsvWriter> truth_single;
  std::optional<CsvWriter> truth_double;
  Summary summary;

  explicit Outputs(const SimulateOptions& options)
      : expression(options.out, options.common.force), summary(options.common) {
    const auto claim = [&](auto& output, const std::string& path) {
      if (!path.empty()) output.emplace(path, options.common.force);
    };
    claim(levels, options.levels);
    claim(edges, options.edges);
    claim(truth_single, truth_path(options, 1));
    claim(truth_double, truth_path(options, 2));
    const double cells = static_cast<double>(options.cells);
    const double genes = static_cast<double>(options.topology.genes);
    if (truth_single) check_truth_choice(options.truth_single, 1, cells * genes);
    if (truth_double) check_truth_choice(options.truth_double, 2, cells * genes * (genes - 1) / 2);
    const double entries = static_cast<double>(options.topology.genes) * static_cast<double>(options.cells);
    require_memory(24 * entries, "the simulation");
    require_disk_space(options.out, 20 * entries, "the simulation");
  }
};

/// This rank's contiguous share of the cells. Local.
RankCells simulate_mine(const RegulatoryDynamics& dynamics, const SimulateOptions& options, Job& job) {
  const std::int64_t rank = job.ranks().rank();
  const std::int64_t ranks = job.ranks().size();
  RankCells mine{options.cells * rank / ranks, {}};
  const std::int64_t end = options.cells * (rank + 1) / ranks;
  const ProgressCallback progress = show_progress(job.log, "simulating (rank 0's share)", "cells");
  for (std::int64_t cell = mine.first; cell < end; ++cell) {
    mine.cells.push_back(simulate_cell(dynamics, cell, options.absent, options.topology.seed));
    if (progress) progress(cell - mine.first + 1, end - mine.first);
  }
  return mine;
}

/// The levels of all cells, on rank 0. Warns of cells that had to be drawn again. Collective.
std::vector<std::vector<double>> gather_levels(const RankCells& mine, std::int64_t genes, Job& job) {
  std::vector<double> levels;
  std::int64_t redrawn = 0;
  for (const SimulatedCell& cell : mine.cells) {
    levels.insert(levels.end(), cell.levels.begin(), cell.levels.end());
    redrawn += cell.redrawn > 0 ? 1 : 0;
  }
  redrawn = job.ranks().sum(redrawn);
  if (redrawn > 0) job.log.warn("{} did not settle and were drawn again", counted(redrawn, "cell"));
  const std::vector<double> all = job.ranks().gather(std::span<const double>(levels));
  std::vector<std::vector<double>> cells;
  for (auto from = all.begin(); from != all.end(); from += genes) cells.emplace_back(from, from + genes);
  return cells;
}

void write_network(CsvWriter& csv, const std::vector<Regulation>& network) {
  csv.field("regulator").field("target").field("sign").field("weight").end_row();
  for (const Regulation& edge : network) {
    csv.field(fmt::format("gene{}", edge.regulator)).field(fmt::format("gene{}", edge.target));
    csv.field(edge.activates ? 1 : -1).field(edge.weight).end_row();
  }
  csv.finish();
}

/// Cells in which all is absent or has decayed.
std::int64_t count_silent(const ExpressionMatrix& matrix) {
  std::int64_t silent = 0;
  for (std::int64_t cell = 0; cell < matrix.cells(); ++cell)
    silent += matrix.expressed_count(cell) == 0 ? 1 : 0;
  return silent;
}

/// The expression files, of levels or of counts; the provenance gets the checksum of what --out holds.
void write_cells(Outputs& outputs, const std::vector<std::vector<double>>& levels,
                 const SimulateOptions& options, Provenance& provenance) {
  const bool names = !options.no_names;
  if (!options.counts()) {
    provenance.input_checksum = simulated_matrix(levels).checksum();
    return outputs.expression.write(levels, names, {}, provenance);
  }
  std::vector<std::vector<double>> counts;
  for (std::size_t cell = 0; cell < levels.size(); ++cell)
    counts.push_back(count_molecules(levels[cell], static_cast<std::int64_t>(cell), options.molecules,
                                     options.spread, options.topology.seed));
  provenance.input_checksum = simulated_matrix(counts).checksum();
  outputs.expression.write(counts, names, {{"levels", simulated_matrix(levels)}}, provenance);
  if (outputs.levels) outputs.levels->write(levels, names, {}, provenance);
}

}  // namespace

void simulate_command(const std::vector<std::string>& arguments, const Context& context) {
  SimulateOptions options;
  if (!parse(options, arguments, context)) return;
  Job job(context, options.common, options.topology.seed);

  std::optional<Outputs> outputs;
  on_root(job.ranks(), [&] { outputs.emplace(options); });
  const std::vector<Regulation> network = draw_network(options.topology);
  const RegulatoryDynamics dynamics(network, options.topology.genes, options.repressor_loss());
  const Stopwatch watch;
  const RankCells mine = simulate_mine(dynamics, options, job);
  const std::vector<std::vector<double>> levels = gather_levels(mine, options.topology.genes, job);

  TruthEvents singles;
  TruthEvents pairs;
  on_root(job.ranks(), [&] {
    const ExpressionMatrix matrix = simulated_matrix(levels);
    if (outputs->truth_single)
      singles = choose_truth_events(options.truth_single, 1, matrix, options.topology.seed);
    if (outputs->truth_double)
      pairs = choose_truth_events(options.truth_double, 2, matrix, options.topology.seed);
    const std::int64_t silent = count_silent(matrix);
    if (silent > 0)
      job.log.warn("{} {} nothing", counted(silent, "cell"), silent == 1 ? "expresses" : "express");
  });
  nlohmann::ordered_json truth;
  const auto solve = [&](const char* name, TruthEvents& events, std::optional<CsvWriter> Outputs::*csv,
                         std::int64_t order) {
    if (truth_path(options, order).empty()) return;
    const std::int64_t written =
        write_truth(std::move(events), dynamics, mine, outputs ? &*((*outputs).*csv) : nullptr, job);
    truth[name] = written;
    if (written == 0)
      job.log.warn("{}: there is no knockout to solve: no cell expresses enough genes",
                   truth_path(options, order));
    job.log.info("{}: the truth of {}", truth_path(options, order), counted(written, "knockout"));
  };
  solve("single", singles, &Outputs::truth_single, 1);
  solve("double", pairs, &Outputs::truth_double, 2);

  on_root(job.ranks(), [&] {
    write_cells(*outputs, levels, options, job.provenance);
    if (outputs->edges) write_network(*outputs->edges, network);
    job.log.info("{}: {} × {} of a network of {} in {}", options.out, counted(options.topology.genes, "gene"),
                 counted(options.cells, "cell"), counted(std::ssize(network), "regulation"),
                 human_seconds(watch.seconds()));
    outputs->summary.write({{"provenance", to_json(job.provenance)},
                            {"genes", options.topology.genes},
                            {"cells", options.cells},
                            {"regulations", network.size()},
                            {"truth", truth},
                            {"seconds", watch.seconds()}});
  });
}

}  // namespace dko::app
