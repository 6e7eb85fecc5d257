#include "training_job.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options/value_semantic.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "dko/base/error.hpp"
#include "dko/base/text.hpp"
#include "dko/expression/reader.hpp"
#include "progress.hpp"
#include "resources.hpp"

namespace dko::app {

namespace po = boost::program_options;

void add_training_options(CommandLine& line, TrainingOptions& options) {
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
  add_seed(line, options.seed, "seed of every random choice");
}

void check_training_options(const TrainingOptions& options) {
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

ExpressionMatrix load_input(const std::string& path, Job& job) {
  ExpressionMatrix matrix = read_expression(path, job.log);
  job.provenance.input = path;
  job.provenance.input_checksum = matrix.checksum();
  return matrix;
}

void require_same_genes(const Model& model, const std::string& model_path, const ExpressionMatrix& matrix,
                        const std::string& input_path) {
  const Names& ours = matrix.gene_names();
  if (model.genes.size() != ours.size()) {
    throw InputError(fmt::format("{} is a model of {}, and {} has {}", model_path,
                                 counted(std::ssize(model.genes), "gene"), input_path,
                                 counted(std::ssize(ours), "gene")));
  }
  const auto differ = std::mismatch(ours.begin(), ours.end(), model.genes.begin());
  if (differ.first == ours.end()) return;
  throw InputError(fmt::format("{} is a model of other genes: gene {} is {} there and {} in {}", model_path,
                               differ.first - ours.begin(), *differ.second, *differ.first, input_path));
}

void check_training(const ExpressionMatrix& matrix, const Split& split, const TrainingOptions& options,
                    const Job& job) {
  require_enough_cells(split, options.batch, options.validation);
  const MappingShape shape = mapping_shape(matrix, options);
  // Weights, best weights, gradient and two moments, on every rank of the node.
  constexpr double arrays = 5;
  const double per_rank = arrays * 4.0 * static_cast<double>(shape.parameters());
  require_memory(per_rank * job.nodes.node.size(),
                 fmt::format("training {} on {} of this node", counted(shape.genes, "gene"),
                             counted(job.nodes.node.size(), "rank")));
}

TrainedModel run_training(const ExpressionMatrix& profiles, Split split, const TrainingOptions& options,
                          Job& job) {
  for (auto* cells : {&split.training, &split.validation, &split.held_out}) job.ranks().broadcast(*cells);
  job.log.info("training on {}, validating on {}, {} of {}", counted(std::ssize(split.training), "cell"),
               counted(std::ssize(split.validation), "cell"), counted(options.steps, "step"),
               counted(options.batch, "cell"));
  const Stopwatch watch;
  TrainedMapping trained =
      train(profiles, split, options, job.ranks(), show_progress(job.log, "training", "steps"));
  const double seconds = watch.seconds();
  const TrainingRecord& record = trained.record;
  if (record.steps < options.steps) {
    job.log.info("stopped early at step {} of {}: {} without a better validation loss", record.steps - 1,
                 counted(options.steps, "step"), counted(options.patience, "step"));
  }
  if (record.validation_losses.empty()) {
    job.log.info("trained in {}; kept the last weights", human_seconds(seconds));
  } else {
    job.log.info("trained in {}; kept the weights of step {}, mean validation Bray-Curtis {:.4f}",
                 human_seconds(seconds), record.best_step, record.best_validation_loss);
    if (!std::isfinite(record.validation_losses.back())) {
      job.log.warn("training diverged after the weights that are kept; try a smaller --learning-rate");
    }
  }
  job.provenance.model_checksum = trained.mapping.checksum(profiles.gene_names());
  return {{std::move(trained.mapping), profiles.gene_names(), std::move(trained.record), job.provenance},
          seconds};
}

nlohmann::ordered_json to_json(const TrainingRecord& record) {
  nlohmann::ordered_json json{{"steps", record.steps},
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

nlohmann::ordered_json to_json(const TrainedModel& trained) {
  nlohmann::ordered_json json = to_json(trained.model.training);
  json["seconds"] = trained.seconds;
  return json;
}

}  // namespace dko::app
