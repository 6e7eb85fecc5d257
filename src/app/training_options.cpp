#include "training_options.hpp"

#include <fmt/format.h>

#include <array>
#include <boost/program_options/value_semantic.hpp>
#include <string>

#include "dko/base/error.hpp"

namespace dko::app {

namespace po = boost::program_options;

namespace {

MappingKind kind_named(const std::string& name) {
  for (const MappingKind kind : {MappingKind::dko, MappingKind::sparse}) {
    if (name == name_of(kind)) return kind;
  }
  throw UsageError(fmt::format("--mapping must be dko or sparse, not '{}'", name));
}

constexpr std::array options_of_dko{"steps",    "batch",          "learning-rate", "schedule", "weight-decay",
                                    "patience", "validate-every", "parallel",      "hidden"};

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
      "validate-every",
      po::value(&options.validate_every)->default_value(options.validate_every)->value_name("K"),
      "validate at every K-th step only; 0: at each, or where that would take long so seldom that it takes a "
      "tenth of the time at most")(
      "parallel",
      po::value<std::string>()
          ->default_value(std::string(name_of(options.parallel)))
          ->value_name("auto|data|sharded")
          ->notifier([&options](const std::string& name) { options.parallel = parallel_form_named(name); }),
      "what ranks share: data, the cells of a step; sharded, the hidden units, and with them the memory; "
      "auto: the quicker by an estimate")(
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
  require_between("--validate-every", static_cast<double>(options.validate_every), 0, 1e9);
  if (options.validate_every > 1 && options.validate_every >= options.steps) {
    throw UsageError(
        "--validate-every must be less than --steps: at step 0 alone there is nothing to choose from");
  }
  if (options.validate_every > 0 && options.validation == 0) {
    throw UsageError("--validate-every needs validation cells: give --validation above 0");
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

}  // namespace dko::app
