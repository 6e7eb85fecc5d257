#include "export.hpp"

#include "dko/base/error.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/results/export/perturbed.hpp"
#include "dko/results/prediction_file.hpp"
#include "score_names.hpp"

namespace dko::app {

namespace {

void add_score_options(CommandLine& line, ExportOptions& options) {
  const auto measures = [](const std::string& text) { return measures_named(text); };
  line.group("Scores of a screen");
  line.option("single", options.single, "CSV", "single knockouts: gene_id,cell_id,k_pred").usual().writes();
  line.option("double", options.pairs, "CSV",
              "double knockouts: gene1_id,gene2_id,cell_id,k_pred (of the list, if only sampled or listed "
              "ones are there)")
      .usual()
      .writes();
  line.option("list", options.list, "CSV", "the listed or sampled knockouts, in their own order").writes();
  line.option("h5ad", options.h5ad, "FILE",
              "single knockouts or activations as AnnData, cells × genes: X the impact, the other scores as "
              "layers, means over cells in var")
      .usual()
      .writes();
  line.option("table", options.table, "FILE",
              "all knockouts with all their scores, as long tables in HDF5 for pandas")
      .usual()
      .writes();
  line.option("compress", options.compress, "FILE",
              "the whole screen again, its arrays compressed (gzip): the same numbers to every reader, a "
              "little slower")
      .writes();
  line.parsed("score", options.scores, "LIST", measures,
              "what to write of them: impact (column k_pred), network, interaction, network-interaction, "
              "share, and of several members impact-sd (k_pred_sd) and network-sd, with commas between; "
              "default: impact, or where it is not stored network, or shift");
  line.flag("names", options.names, "write names of genes and cells instead of numbers from 0").usual();
}

void add_perturbed_options(CommandLine& line, ExportOptions& options) {
  line.group("Perturbed data");
  line.option("input", options.input.path, "FILE",
              "the screened expression data, for the following, with the same choice of cells and genes")
      .reads();
  line.option("ptest", options.ptest, "CSV",
              "the perturbed data, genes × events: each event's cell with its knocked-out genes set to 0")
      .writes();
  line.option("ztest", options.ztest, "CSV", "their presence, 0 or 1").writes();
  line.option("recorder", options.recorder, "CSV", "the list of those events").writes();
  line.choice("of", options.of, score_array_choices(),
              "which events these hold; default: the first of the three that the screen has");
  line.option("max-gigabytes", options.most_gigabytes, "G", "refuse to write more perturbed data than this")
      .range(0, 1e9);
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
  if (!options.scores.empty() && !options.wants_csv() && options.table.empty())
    throw UsageError("--score is for --single, --double, --list and --table");
  if (options.names && !options.wants_csv()) throw UsageError("--names is for --single, --double and --list");
  if (options.of && !options.wants_perturbed())
    throw UsageError("--of is for --ptest, --ztest and --recorder");
  if (options.input.path.empty() && (!options.input.selection.empty() || given_of(options.input.read)))
    throw UsageError(
        "options that read and choose cells and genes are for --input: they say which data were screened; "
        "what is exported they do not restrict");
  if (!(options.ptest.empty() && options.ztest.empty()) && options.input.path.empty()) {
    throw UsageError("--ptest and --ztest hold expression data: give the screened file with --input");
  }
}

CommandLine line_of(ExportOptions& options) {
  CommandLine line(
      "export FILE [options]",
      "Writes scores of a screen, or profiles of a prediction: as CSV files in the original's formats, as "
      "AnnData,\nor as tables for pandas.",
      "dko export screen.h5 --single singles.csv --double doubles.csv --names --h5ad singles.h5ad");
  line.argument("FILE", options.file);
  add_score_options(line, options);
  line.group("Profiles of a prediction");
  line.option("true", options.truth, "CSV", "true profiles of a prediction, cells × genes").writes();
  line.option("predicted", options.predicted, "CSV", "predicted profiles, cells × genes").writes();
  add_perturbed_options(line, options);
  add_input_options(line, options.input);
  add_force(line, options.common);
  add_verbosity(line, options.common);
  line.check([&options](const CommandLine&) { check_options(options); });
  return line;
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

void run(const ExportOptions& options, const Context& context) {
  Log log = make_log(options.common, context);
  on_root(context.communicator, [&] {
    if (options.wants_scores() || options.wants_perturbed())
      export_screen(options, context.command_line, log);
    if (options.wants_profiles()) export_prediction(options);
  });
}

}  // namespace

std::unique_ptr<Command> export_command() {
  return make_command<ExportOptions>(line_of, run);
}

}  // namespace dko::app
