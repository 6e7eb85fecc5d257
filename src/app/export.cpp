#include "export.hpp"

#include <boost/program_options/value_semantic.hpp>

#include "dko/base/error.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/results/export/perturbed.hpp"
#include "dko/results/prediction_file.hpp"
#include "score_names.hpp"

namespace dko::app {

namespace po = boost::program_options;

namespace {

void add_options(CommandLine& line, ExportOptions& options) {
  line.add_positional("FILE", options.file);
  line.add()("single", po::value(&options.single)->value_name("CSV"),
             "single knockouts: gene_id,cell_id,k_pred")(
      "double", po::value(&options.pairs)->value_name("CSV"),
      "double knockouts: gene1_id,gene2_id,cell_id,k_pred (of the list, if only sampled or listed ones are "
      "there)")("list", po::value(&options.list)->value_name("CSV"),
                "the listed or sampled knockouts, in their own order")(
      "h5ad", po::value(&options.h5ad)->value_name("FILE"),
      "single knockouts as AnnData, cells × genes: X the impact, the other scores as layers, means over "
      "cells "
      "in var")("table", po::value(&options.table)->value_name("FILE"),
                "all knockouts with all their scores, as long tables in HDF5 for pandas")(
      "compress", po::value(&options.compress)->value_name("FILE"),
      "the whole screen again, its arrays compressed (gzip): the same numbers to every reader, a little "
      "slower")(
      "score", po::value(&options.score)->value_name("LIST"),
      "what to write of them: impact (column k_pred), network, interaction, network-interaction, share, and "
      "of several members impact-sd (k_pred_sd) and network-sd, with commas between; default: impact, or "
      "network where no impact is stored")("names", po::bool_switch(&options.names),
                                           "write names of genes and cells instead of numbers from 0")(
      "input", po::value(&options.input.path)->value_name("FILE"),
      "the screened expression data, for the following, with the same choice of cells and genes")(
      "ptest", po::value(&options.ptest)->value_name("CSV"),
      "the perturbed data, genes × events: each event's cell with its knocked-out genes set to 0")(
      "ztest", po::value(&options.ztest)->value_name("CSV"), "their presence, 0 or 1")(
      "recorder", po::value(&options.recorder)->value_name("CSV"), "the list of those events")(
      "of", po::value(&options.of)->value_name("single|double|list"),
      "which events these hold; default: the first of the three that the screen has")(
      "max-gigabytes",
      po::value(&options.most_gigabytes)->default_value(options.most_gigabytes, "10")->value_name("G"),
      "refuse to write more perturbed data than this")("true", po::value(&options.truth)->value_name("CSV"),
                                                       "true profiles of a prediction, cells × genes")(
      "predicted", po::value(&options.predicted)->value_name("CSV"), "predicted profiles, cells × genes")(
      "force,f", po::bool_switch(&options.common.force), "replace output files that exist");
  add_input_options(line, options.input);
  add_verbosity(line, options.common);
}

/// @throws UsageError for options that do not go together.
void check_options(const ExportOptions& options) {
  if (!(options.wants_scores() || options.wants_perturbed() || options.wants_profiles())) {
    throw UsageError(
        "nothing to export: give --single, --double, --list, --h5ad, --table, --compress, --true, "
        "--predicted, --ptest, "
        "--ztest or --recorder");
  }
  if (options.wants_profiles() && (options.wants_scores() || options.wants_perturbed())) {
    throw UsageError("--true and --predicted are of a prediction, the others of a screen");
  }
  if (options.wants_profiles() && options.names)
    throw UsageError("--names is for scores; profiles are bare numbers");
  if (!options.of.empty()) score_array_named(options.of);
  if (!options.score.empty()) measures_named(options.score);
  if (!options.score.empty() && !options.wants_csv() && options.table.empty())
    throw UsageError("--score is for --single, --double, --list and --table");
  require_between("--max-gigabytes", options.most_gigabytes, 0, 1e9);
  require_distinct({{"FILE", options.file},
                    {"--input", options.input.path},
                    {"--single", options.single},
                    {"--double", options.pairs},
                    {"--list", options.list},
                    {"--h5ad", options.h5ad},
                    {"--table", options.table},
                    {"--compress", options.compress},
                    {"--ptest", options.ptest},
                    {"--ztest", options.ztest},
                    {"--recorder", options.recorder},
                    {"--true", options.truth},
                    {"--predicted", options.predicted}});
  if (!(options.ptest.empty() && options.ztest.empty()) && options.input.path.empty()) {
    throw UsageError("--ptest and --ztest hold expression data: give the screened file with --input");
  }
}

bool parse(ExportOptions& options, const std::vector<std::string>& arguments, const Context& context) {
  CommandLine line(
      "export FILE [options]",
      "Writes scores of a screen, or profiles of a prediction: as CSV files in the original's formats, as "
      "AnnData,\nor as tables for pandas.",
      "dko export screen.h5 --single singles.csv --double doubles.csv --names --h5ad singles.h5ad");
  add_options(line, options);
  if (!line.parse(arguments, context)) return false;
  check_options(options);
  return true;
}

void export_screen(const ExportOptions& options, const std::string& command, Log& log) {
  const ScreenReader screen(options.file);
  ExportFiles files(options.common.force);
  add_scores(files, screen, options, command);
  ExpressionMatrix matrix;
  if (options.wants_perturbed()) add_perturbed(files, screen, options, matrix);
  if (!options.input.path.empty()) {
    matrix = read_input(options.input, log).matrix;
    require_same_data(screen, matrix);
  }
  files.write();
}

void export_prediction(const ExportOptions& options) {
  const Prediction prediction = read_prediction(options.file);
  const auto genes = std::ssize(prediction.genes);
  ExportFiles files(options.common.force);
  const auto add = [&](const std::string& path, const std::vector<float>& profiles) {
    if (path.empty()) return;
    constexpr double bytes_of_share = 13;
    files.add_csv(path, bytes_of_share * static_cast<double>(profiles.size()),
                  [&profiles, genes](CsvWriter& csv) { export_profiles(profiles, genes, csv); });
  };
  add(options.truth, prediction.truth);
  add(options.predicted, prediction.predicted);
  files.write();
}

}  // namespace

void export_command(const std::vector<std::string>& arguments, const Context& context) {
  ExportOptions options;
  if (!parse(options, arguments, context)) return;
  Log log = make_log(options.common, context);
  on_root(context.communicator, [&] {
    if (options.wants_scores() || options.wants_perturbed())
      export_screen(options, context.command_line, log);
    if (options.wants_profiles()) export_prediction(options);
  });
}

}  // namespace dko::app
