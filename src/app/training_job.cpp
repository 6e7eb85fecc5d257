#include "training_job.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/program_options/value_semantic.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "dko/base/error.hpp"
#include "dko/base/stopwatch.hpp"
#include "dko/base/text.hpp"
#include "progress.hpp"
#include "resources.hpp"

namespace dko::app {

namespace po = boost::program_options;

namespace {

MappingKind kind_named(const std::string& name) {
  for (const MappingKind kind : {MappingKind::dko, MappingKind::sparse}) {
    if (name == name_of(kind)) return kind;
  }
  throw UsageError(fmt::format("--mapping must be dko or sparse, not '{}'", name));
}

constexpr std::array options_of_dko{"steps",        "batch",    "learning-rate", "schedule",
                                    "weight-decay", "patience", "hidden"};

void add_options_of_dko(CommandLine& line, TrainingOptions& options) {
  line.add()("steps", po::value(&options.steps)->default_value(options.steps)->value_name("N"),
             "training steps")("batch",
                               po::value(&options.batch)->default_value(options.batch)->value_name("N"),
                               "distinct training cells a step")(
      "learning-rate",
      po::value(&options.learning_rate)->default_value(options.learning_rate, "0.01")->value_name("R"),
      "step size of Adam")(
      "schedule",
      po::value<std::string>()
          ->default_value(std::string(name_of(options.schedule)))
          ->value_name("constant|cosine")
          ->notifier([&options](const std::string& name) { options.schedule = schedule_named(name); }),
      "of the learning rate; cosine lets it fall towards 0 at the last step")(
      "weight-decay",
      po::value(&options.weight_decay)->default_value(options.weight_decay, "0")->value_name("L"),
      "of the weights, not the biases, as in AdamW: each step takes the share rate × L of them")(
      "validation", po::value(&options.validation)->default_value(options.validation, "0.2")->value_name("F"),
      "fraction of the cells that choose the best weights; 0 keeps the last")(
      "patience", po::value(&options.patience)->default_value(options.patience)->value_name("P"),
      "stop after P steps without a better validation loss; 0: never")(
      "hidden", po::value(&options.hidden)->default_value(options.hidden)->value_name("H"),
      "width of the hidden layer; 0: as many as genes");
}

void check_options_of_dko(const TrainingOptions& options) {
  require_between("--steps", static_cast<double>(options.steps), 1, 1e9);
  require_between("--batch", static_cast<double>(options.batch), 1, 1e9);
  require_between("--learning-rate", options.learning_rate, 1e-12, 1e3);
  require_between("--weight-decay", options.weight_decay, 0, 1e6);
  if (options.learning_rate * options.weight_decay > 1) {
    throw UsageError("--learning-rate times --weight-decay must be 1 at most: it is the share a step takes");
  }
  require_between("--validation", options.validation, 0, 0.95);
  require_between("--patience", static_cast<double>(options.patience), 0, 1e9);
  if (options.patience > 0 && options.validation == 0) {
    throw UsageError("--patience needs validation cells: give --validation above 0");
  }
  require_between("--hidden", static_cast<double>(options.hidden), 0, 1e6);
}

}  // namespace

void add_training_options(CommandLine& line, ModelOptions& options) {
  line.add()(
      "mapping",
      po::value<std::string>()
          ->default_value("dko")
          ->value_name("dko|sparse")
          ->notifier([&options](const std::string& name) { options.kind = kind_named(name); }),
      "dko: the original's two layers; sparse: few direct effects per gene, better where genes are many")(
      "ensemble", po::value(&options.members)->default_value(options.members)->value_name("K"),
      "make K mappings, each with its own split and seed; scores are their mean, with standard deviation");
  add_options_of_dko(line, options.training);
  add_seed(line, options.training.seed, "seed of every random choice");
}

void check_training_options(const CommandLine& line, const ModelOptions& options) {
  require_between("--ensemble", static_cast<double>(options.members), 1, static_cast<double>(most_members));
  check_options_of_dko(options.training);
  if (options.kind == MappingKind::dko) return;
  for (const char* name : options_of_dko) {
    if (line.given(name)) throw UsageError(fmt::format("--{} is of --mapping dko; sparse needs none", name));
  }
  if (options.members > 1 && options.training.validation == 0) {
    throw UsageError(
        "--validation: each member of a sparse ensemble must leave some cells out, or all are alike");
  }
  if (line.given("validation") && options.members == 1) {
    throw UsageError(
        "--validation: a lone sparse mapping takes all cells and chooses its penalties by cross-validation; "
        "only the members of an --ensemble leave cells out");
  }
}

double training_bytes(const ExpressionMatrix& matrix, const ModelOptions& options, int ranks) {
  if (options.kind == MappingKind::dko) {
    // Weights, best weights, gradient and two moments, and the other members.
    const double arrays = 4 + static_cast<double>(options.members);
    return arrays * 4.0 * static_cast<double>(mapping_shape(matrix, options.training).parameters());
  }
  // Presence as bits; the rank's part of the cells by gene, in vectors that may have grown to twice their
  // content; columns and products of the candidates of one gene at a time.
  const auto cells = static_cast<double>(matrix.cells());
  const auto genes = static_cast<double>(matrix.genes());
  const double of_group = std::max(1.0, static_cast<double>(ranks) / static_cast<double>(options.members));
  const double candidates = std::min(genes, 2000.0);
  constexpr double products = 6 * 4;  // of five folds and of all rows, at twice the room
  return cells * genes / 8 + 32.0 * static_cast<double>(matrix.nonzeros()) / of_group +
         4 * candidates * (3 * cells + products * candidates);
}

double model_bytes(const ExpressionMatrix& matrix, const ModelOptions& options) {
  constexpr double sparse_bytes_per_gene = 2000;
  const double of_member =
      options.kind == MappingKind::dko
          ? model_file_bytes(mapping_shape(matrix, options.training), options.training.steps)
          : sparse_bytes_per_gene * static_cast<double>(matrix.genes()) + 65536;
  return static_cast<double>(options.members) * of_member;
}

void check_training(const ExpressionMatrix& matrix, const Split& split, const ModelOptions& options,
                    const Job& job) {
  if (options.kind == MappingKind::dko)
    require_enough_cells(split, options.training.batch, options.training.validation);
  else
    require_enough_cells_to_fit(std::ssize(split.training) +
                                (options.members == 1 ? std::ssize(split.validation) : 0));
  const int ranks = job.nodes.node.size();
  require_memory(
      training_bytes(matrix, options, job.ranks().size()) * ranks,
      fmt::format("training {} on {} of this node", counted(matrix.genes(), "gene"), counted(ranks, "rank")));
}

namespace {

void report(const TrainingRecord& record, const TrainingOptions& options, Log& log) {
  if (record.steps < options.steps) {
    log.info("stopped early at step {} of {}: {} without a better validation loss", record.steps - 1,
             counted(options.steps, "step"), counted(options.patience, "step"));
  }
  if (record.validation_losses.empty()) return log.info("kept the last weights");
  log.info("kept the weights of step {}, mean validation Bray-Curtis {:.4f}", record.best_step,
           record.best_validation_loss);
  if (!std::isfinite(record.validation_losses.back()))
    log.warn("training diverged after the weights that are kept; try a smaller --learning-rate");
}

void report(const SparseRecord& record, const TrainingOptions&, Log& log) {
  log.info("{} ({:.1f} a gene), {} of cell state, cross-validated Bray-Curtis about {:.4f}",
           counted(record.effects, "effect"),
           static_cast<double>(record.effects) /
               static_cast<double>(std::max<std::size_t>(1, record.penalties.size())),
           counted(record.factors, "factor"), record.cross_validated_distance);
}

void announce(const Split& split, const ModelOptions& options, Log& log) {
  const std::string members = options.members == 1 ? "" : fmt::format("{} members, each ", options.members);
  if (options.kind == MappingKind::dko) {
    log.info("training {}on {}, validating on {}, {} of {}", members,
             counted(std::ssize(split.training), "cell"), counted(std::ssize(split.validation), "cell"),
             counted(options.training.steps, "step"), counted(options.training.batch, "cell"));
  } else {
    const auto all = std::ssize(split.training) + std::ssize(split.validation);
    log.info("fitting {}the sparse mapping to {}", members,
             counted(options.members == 1 ? all : std::ssize(split.training), "cell"));
  }
}

/// Of an ensemble whose members are made side by side, progress is that of rank 0's group.
ProgressText progress_text(const ExpressionMatrix& profiles, const ModelOptions& options) {
  if (options.kind == MappingKind::dko) return {"training", "steps", 0, options.training.patience > 0};
  return {"fitting", "genes", profiles.genes() * options.members};
}

}  // namespace

TrainedModel run_training(const ExpressionMatrix& profiles, Split split, const ModelOptions& options,
                          Job& job) {
  for (auto* cells : {&split.training, &split.validation, &split.held_out}) job.ranks().broadcast(*cells);
  announce(split, options, job.log);
  const Stopwatch watch;
  const bool is_dko = options.kind == MappingKind::dko;
  TrainedModel trained;
  trained.model.members = make_members(profiles, split, options, job.ranks(),
                                       show_progress(job.log, progress_text(profiles, options)));
  trained.seconds = watch.seconds();
  job.log.info("{} in {}", is_dko ? "trained" : "fitted", human_seconds(trained.seconds));
  for (const Member& member : trained.model.members)
    std::visit([&](const auto& made) { report(made.record, options.training, job.log); }, member);
  trained.model.genes = profiles.gene_names();
  job.provenance.model_checksum = checksum_of(trained.model);
  trained.model.provenance = job.provenance;
  // Only rank 0 writes and collapses them; they are large.
  if (!job.ranks().is_root()) trained.model.members.clear();
  return trained;
}

namespace {

nlohmann::ordered_json to_json(const TrainingRecord& record) {
  nlohmann::ordered_json json{{"seed", record.seed},
                              {"steps", record.steps},
                              {"batch", record.batch},
                              {"learning_rate", record.learning_rate},
                              {"schedule", record.schedule},
                              {"weight_decay", record.weight_decay},
                              {"patience", record.patience},
                              {"training_cells", record.training_cells},
                              {"validation_cells", record.validation_cells},
                              {"best_step", record.best_step}};
  if (std::isfinite(record.best_validation_loss)) json["best_validation_loss"] = record.best_validation_loss;
  return json;
}

nlohmann::ordered_json to_json(const SparseRecord& record) {
  return {{"seed", record.seed},
          {"cells", record.cells},
          {"effects", record.effects},
          {"factors", record.factors},
          {"cross_validated_distance", record.cross_validated_distance}};
}

}  // namespace

nlohmann::ordered_json training_json(const Model& model) {
  const auto of_member = [](const Member& member) {
    return std::visit([](const auto& made) { return to_json(made.record); }, member);
  };
  nlohmann::ordered_json json{{"mapping", name_of(model.kind())}, {"members", model.members.size()}};
  if (model.members.size() == 1) {
    json.update(of_member(model.members.front()));
  } else {
    for (const Member& member : model.members) json["of_members"].push_back(of_member(member));
  }
  return json;
}

nlohmann::ordered_json to_json(const TrainedModel& trained) {
  nlohmann::ordered_json json = training_json(trained.model);
  json["seconds"] = trained.seconds;
  return json;
}

}  // namespace dko::app
