#include <nlohmann/json.hpp>
#include <optional>

#include "command.hpp"
#include "dko/base/csv_writer.hpp"
#include "dko/base/disk_needs.hpp"
#include "dko/base/stopwatch.hpp"
#include "dko/base/text.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/simulation/cells.hpp"
#include "dko/system/available_memory.hpp"
#include "dko/workflow/effects_truth_run.hpp"
#include "dko/workflow/expression_output.hpp"
#include "dko/workflow/simulation_run.hpp"
#include "dko/workflow/truth_run.hpp"
#include "json_report.hpp"
#include "options/simulation_options.hpp"
#include "start_job.hpp"

namespace dko::app {

namespace {

/// All files of a call, claimed by rank 0 before anything is computed.
struct Outputs {
  ExpressionOutput expression;
  std::optional<ExpressionOutput> levels;
  std::optional<CsvWriter> edges;
  std::optional<CsvWriter> truth_single;
  std::optional<CsvWriter> truth_double;
  std::optional<CsvWriter> truth_activate;
  std::optional<CsvWriter> truth_effects;
  std::optional<CsvWriter> kinds;
  JsonReport summary;
  DiskNeeds disk;

  Outputs(const SimulateOptions& options, int ranks_of_node)
      : expression(options.out, options.common.force), summary(options.common) {
    const auto claim = [&](auto& output, const std::string& path) {
      if (!path.empty()) output.emplace(path, options.common.force);
    };
    claim(levels, options.levels);
    claim(edges, options.edges);
    claim(truth_single, options.truth_path(1));
    claim(truth_double, options.truth_path(2));
    claim(truth_activate, options.activations_path());
    claim(truth_effects, options.effects_path());
    claim(kinds, options.kinds_path());
    const double cells = static_cast<double>(options.cells);
    const double genes = static_cast<double>(options.topology.genes);
    if (truth_single) check_truth_choice(options.truth_single, 1, cells * genes);
    if (truth_double) check_truth_choice(options.truth_double, 2, cells * genes * (genes - 1) / 2);
    const double entries = static_cast<double>(options.topology.genes) * static_cast<double>(options.cells);
    if (truth_activate) check_truth_choice(options.truth_activate, 1, cells * genes);
    constexpr double of_entry =
        48;  // levels, start and rates of the cells, and three times levels while rank 0 gathers
    const double of_effects = truth_effects ? ranks_of_node * effects_truth_bytes(options.topology.genes) : 0;
    require_memory(of_entry * entries + of_effects, "the simulation");
    constexpr double of_value = 20;
    disk.add(options.out, of_value * entries, "the simulation");
    if (levels) disk.add(options.levels, of_value * entries, "its levels");
    constexpr double of_row = 40;
    if (truth_effects) disk.add(options.effects_path(), of_row * genes * genes, "the truth of effects");
  }

  /// Gives tables of true effects their names, once the cells have theirs.
  void finish_truth() {
    for (std::optional<CsvWriter>* csv : {&truth_single, &truth_double, &truth_activate, &truth_effects})
      if (*csv) (*csv)->finish();
  }
};

/// The expression files, of levels or of what is measured of them; the provenance gets the checksum of what
/// --out holds.
void write_cells(Outputs& outputs, const std::vector<std::vector<double>>& levels,
                 const ExpressionMatrix& expressed, const SimulateOptions& options, Provenance& provenance) {
  const bool names = !options.no_names;
  const Observation observation(options.observation, options.topology.genes);
  const CellColumns kinds =
      kinds_of(Population(options.population, options.topology.genes), observation, options.cells);
  if (outputs.kinds) write_kinds(*outputs.kinds, kinds, options.cells);
  if (options.is_exact()) {
    provenance.input_checksum = expressed.checksum();
    return outputs.expression.write(levels, names, {}, kinds, provenance);
  }
  std::vector<std::vector<double>> seen;
  for (std::size_t cell = 0; cell < levels.size(); ++cell)
    seen.push_back(observation.observe(levels[cell], static_cast<std::int64_t>(cell)));
  provenance.input_checksum = simulated_matrix(seen).checksum();
  outputs.expression.write(seen, names, {{"levels", expressed}}, kinds, provenance);
  if (outputs.levels) outputs.levels->write(levels, names, {}, kinds, provenance);
}

/// One table of true effects.
struct TruthPart {
  const char* key;   // in the summary
  const char* kind;  // of what is solved
  std::string path;
  AtRoot<TruthEvents> events;
  AtRoot<CsvWriter*> csv;
};

/// What --truth-single, --truth-double and --truth-activate ask for of the genes that cells express; whatever
/// cannot be had of it is refused before anything is solved. Collective.
std::vector<TruthPart> truth_parts(const SimulateOptions& options, const AtRoot<ExpressionMatrix>& expressed,
                                   AtRoot<Outputs>& outputs, Job& job) {
  std::vector<TruthPart> parts;
  const auto add = [&](const char* key, const char* kind, const std::string& path,
                       std::optional<CsvWriter> Outputs::*csv, auto choose) {
    if (path.empty()) return;
    parts.push_back({key,
                     kind,
                     path,
                     on_root(job.ranks(),
                             [&] {
                               TruthEvents events = choose();
                               const double of_event = events.order == 1 ? 55 : 145;
                               outputs->disk.add(path, of_event * static_cast<double>(events.size()),
                                                 "the tables of true effects");
                               return events;
                             }),
                     {}});
    if (outputs.is_here()) parts.back().csv.emplace(&*((*outputs).*csv));
  };
  const auto knockouts = [&](const std::string& what, std::int64_t order) {
    return choose_truth_events(what, order, *expressed, options.topology.seed, job.nodes.node.size(),
                               job.log);
  };
  add("single", "knockout", options.truth_path(1), &Outputs::truth_single,
      [&] { return knockouts(options.truth_single, 1); });
  add("double", "knockout", options.truth_path(2), &Outputs::truth_double,
      [&] { return knockouts(options.truth_double, 2); });
  add("activate", "activation", options.activations_path(), &Outputs::truth_activate, [&] {
    return choose_truth_activations(options.truth_activate, *expressed, options.topology.seed,
                                    job.nodes.node.size(), job.log);
  });
  return parts;
}

/// The tables of true effects, yet to be finished; returns how many knockouts each has. Collective.
nlohmann::ordered_json solve_truth(const SimulateOptions& options, const AtRoot<ExpressionMatrix>& expressed,
                                   const RegulatoryDynamics& dynamics, const RankCells& mine,
                                   AtRoot<Outputs>& outputs, Job& job) {
  nlohmann::ordered_json truth;
  for (TruthPart& part : truth_parts(options, expressed, outputs, job)) {
    if (part.events.is_here() && part.events->size() == 0)
      job.log.warn("{}: there is no {} to solve: no cell {} enough genes", part.path, part.kind,
                   part.events->activates ? "lacks" : "expresses");
    const std::int64_t written =
        job.ranks().broadcast(write_truth(std::move(part.events), dynamics, mine, part.csv, job));
    truth[part.key] = written;
    job.log.info("{}: the truth of {}", part.path, counted(written, part.kind));
  }
  if (options.truth_effects) {
    AtRoot<CsvWriter*> csv;
    if (outputs.is_here()) csv.emplace(&*outputs->truth_effects);
    truth["effects"] = job.ranks().broadcast(write_effects_truth(dynamics, mine, csv, job));
    job.log.info("{}: what the loss of each gene changes", options.effects_path());
  }
  return truth;
}

void run(const SimulateOptions& options, const Context& context) {
  Job job = start_job(context, options.common, options.topology.seed);

  AtRoot<Outputs> outputs = on_root(job.ranks(), [&] { return Outputs(options, job.nodes.node.size()); });
  const std::vector<Regulation> network =
      on_every_rank(job.ranks(), [&] { return draw_network(options.topology); });
  const RegulatoryDynamics dynamics(network, options.topology.genes, options.repressor_loss,
                                    options.kinetics);
  const Stopwatch watch;
  const Population population(options.population, options.topology.genes);
  const RankCells mine = simulate_share(dynamics, population, options.cells, job);
  const auto levels = gather_levels(mine, options.topology.genes, job);

  const auto expressed = on_root(job.ranks(), [&] { return simulated_matrix(*levels); });
  const nlohmann::ordered_json truth = solve_truth(options, expressed, dynamics, mine, outputs, job);
  on_root(job.ranks(), [&] {
    warn_of_silent(*levels, job.log);
    write_cells(*outputs, *levels, *expressed, options, job.provenance);
    outputs->finish_truth();
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

}  // namespace

std::unique_ptr<Command> simulate_command() {
  return make_command<SimulateOptions>(simulation_line, run);
}

}  // namespace dko::app
