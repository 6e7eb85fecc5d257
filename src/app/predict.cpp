#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "dko/base/error.hpp"
#include "dko/base/parameter.hpp"
#include "dko/base/text.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/planning/training_memory.hpp"
#include "dko/system/available_memory.hpp"
#include "dko/workflow/prediction_run.hpp"
#include "dko/workflow/training_run.hpp"
#include "json_report.hpp"
#include "options/input.hpp"
#include "options/training_options.hpp"
#include "run_json.hpp"
#include "setup.hpp"
#include "start_job.hpp"

namespace dko::app {

namespace {

struct PredictOptions {
  InputOptions input;
  std::string out;
  std::string held_out;
  double held_out_fraction = 0.2;
  ModelOptions mapping;
  CommonOptions common;
};

CommandLine line_of(PredictOptions& options) {
  CommandLine line(
      "predict INPUT -o PREDICTION [options]",
      "Trains on part of the cells, predicts the profiles of the others from their assemblages, and\n"
      "tells how well they agree with the true ones, beside the mean-share baseline.\n" +
          std::string(input_formats),
      "mpirun -n 4 dko predict Ptrain.csv -o prediction.h5");
  line.option("out,o", options.out, "FILE", "the prediction file to write (HDF5)")
      .usual()
      .required()
      .writes();
  line.option("held-out", options.held_out, "FILE",
              "the cells to hold out, one name a line; #7 is cell number 7, from 0")
      .usual()
      .excludes("held-out-fraction")
      .reads();
  line.option("held-out-fraction", options.held_out_fraction, "F",
              "without --held-out: hold out this fraction, at random")
      .range(0, 0.95)
      .usual();
  add_input(line, options.input, {{"covariate"}});
  add_training_options(line, options.mapping, options.input.covariates);
  add_common(line, options.common);
  return line;
}

void prepare(Preparation& ready, const PredictOptions& options, Job& job) {
  const ExpressionMatrix matrix = load_input(options.input, job);
  std::optional<std::vector<std::int32_t>> held_out;
  if (!options.held_out.empty()) {
    held_out =
        read_name_list(options.held_out, matrix.cell_index(), options.input.selection.missing(), job.log);
  }
  const TrainingOptions& training = options.mapping.training;
  Split split = split_cells(matrix, training.validation, options.held_out_fraction, held_out, training.seed);
  if (split.held_out.empty())
    throw InputError(
        fmt::format("{}: no cell that is held out expresses any of the genes used: choose others by {} "
                    "or more by {}",
                    options.input.path, parameter("held-out"), parameter("held-out-fraction")));
  const double bytes = 4.0 * static_cast<double>(split.held_out.size()) * static_cast<double>(matrix.genes());
  set_up_training(ready, matrix, std::move(split), options.mapping, job);
  ready.needs.push_back(prediction_memory(matrix, options.mapping, bytes));
  require_disk_space(ready.out.partial_path(), 2 * bytes + (1 << 20), "the predictions");
  ready.data = matrix.relative_profiles();
}

std::string figure(std::optional<double> value) {
  return value ? fmt::format("{:.4f}", *value) : "none";
}

void print_row(const char* name, const ProfileAgreement& agreement) {
  std::cout << fmt::format("{:<22}{:>16.4f}{:>16}{:>24}\n", name, agreement.bray_curtis,
                           figure(agreement.spearman_all), figure(agreement.spearman_within_gene));
}

void print_table(const Prediction& prediction) {
  std::cout << fmt::format("{:<22}{:>16}{:>16}{:>24}\n", "held-out cells", "Bray-Curtis *", "Spearman, all",
                           "Spearman, within gene");
  print_row("mapping", prediction.mapping);
  print_row("mean-share baseline", prediction.mean_share);
  std::cout
      << "* a distance: lower is better; of Spearman, higher. Within gene: over the held-out cells "
         "that express it,\n"
         "  the median over the genes with three such cells or more. dko evaluate INPUT --prediction FILE "
         "compares with more.\n";
}

nlohmann::ordered_json json_of(const ProfileAgreement& agreement) {
  nlohmann::ordered_json json{{"bray_curtis", agreement.bray_curtis}};
  if (agreement.spearman_all) json["spearman_all"] = *agreement.spearman_all;
  if (agreement.spearman_within_gene) json["spearman_within_gene"] = *agreement.spearman_within_gene;
  json["genes_scored"] = agreement.genes_scored;
  return json;
}

void run(const PredictOptions& options, const Context& context) {
  Job job = start_job(context, options.common, options.mapping.training.seed);

  Setup setup = set_up(options.out, options.common, job, [&](auto& ready) { prepare(ready, options, job); });
  const TrainedModel training =
      run_training(setup.data, setup.split, setup.prior, setup.visibility, options.mapping, nullptr, job);
  on_root(job.ranks(), [&] {
    const Prediction prediction = make_prediction(*training.model, setup.data, *setup.split);
    write_prediction(*setup.out, prediction);
    job.log.info("{}: profiles of {}", options.out, counted(std::ssize(prediction.cells), "held-out cell"));
    if (job.log.speaks(Verbosity::normal)) print_table(prediction);
    setup.summary->write({{"provenance", to_json(job.provenance)},
                          {"training", to_json(training)},
                          {"held_out_cells", prediction.cells.size()},
                          {"mapping", json_of(prediction.mapping)},
                          {"mean_share_baseline", json_of(prediction.mean_share)},
                          {"memory", to_json(*setup.memory)}});
  });
}

}  // namespace

std::unique_ptr<Command> predict_command() {
  return make_command<PredictOptions>(line_of, run);
}

}  // namespace dko::app
