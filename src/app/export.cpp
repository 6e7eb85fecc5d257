#include "dko/results/export.hpp"

#include <fmt/format.h>

#include <boost/program_options/value_semantic.hpp>
#include <optional>

#include "command.hpp"
#include "dko/base/error.hpp"
#include "dko/expression/reader.hpp"
#include "dko/hdf5/header.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/results/perturbed.hpp"
#include "dko/results/prediction_file.hpp"
#include "dko/results/screen_reader.hpp"

namespace dko::app {

namespace po = boost::program_options;

namespace {

struct ExportCommandOptions {
  std::string file;
  std::string single;
  std::string pairs;
  std::string list;
  bool names = false;
  std::string truth;
  std::string predicted;
  std::string input;
  std::string of;
  std::string ptest;
  std::string ztest;
  std::string recorder;
  double most_gigabytes = 10;
  CommonOptions common;

  bool wants_scores() const { return !(single.empty() && pairs.empty() && list.empty()); }
  bool wants_perturbed() const { return !(ptest.empty() && ztest.empty() && recorder.empty()); }
  bool wants_profiles() const { return !(truth.empty() && predicted.empty()); }
};

bool parse(ExportCommandOptions& options, const std::vector<std::string>& arguments, const Context& context) {
  CommandLine line(
      "export FILE [options]",
      "Writes scores of a screen, or profiles of a prediction, as CSV files in the original's formats.",
      "dko export screen.h5 --single singles.csv --double doubles.csv --names");
  line.add_positional("FILE", options.file);
  line.add()("single", po::value(&options.single)->value_name("CSV"),
             "single knockouts: gene_id,cell_id,k_pred")(
      "double", po::value(&options.pairs)->value_name("CSV"),
      "double knockouts: gene1_id,gene2_id,cell_id,k_pred (of the list, if only sampled or listed ones are "
      "there)")("list", po::value(&options.list)->value_name("CSV"),
                "the listed or sampled knockouts, in their own order")(
      "names", po::bool_switch(&options.names), "write names of genes and cells instead of numbers from 0")(
      "input", po::value(&options.input)->value_name("FILE"),
      "the screened expression data, for the following")(
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
  add_verbosity(line, options.common);
  if (!line.parse(arguments, context)) return false;
  if (!(options.wants_scores() || options.wants_perturbed() || options.wants_profiles())) {
    throw UsageError(
        "nothing to export: give --single, --double, --list, --true, --predicted, --ptest, --ztest or "
        "--recorder");
  }
  if (!(options.ptest.empty() && options.ztest.empty()) && options.input.empty()) {
    throw UsageError("--ptest and --ztest hold expression data: give the screened file with --input");
  }
  return true;
}

/// `wanted` if the screen has it, else the list if it holds knockouts of as many genes.
ScoreArray find_scores(const ScreenReader& screen, ScoreArray wanted, std::int64_t order,
                       const char* option) {
  if (screen.has(wanted)) return wanted;
  if (screen.has(ScoreArray::list) && screen.order(ScoreArray::list) == order) return ScoreArray::list;
  throw UsageError(fmt::format("{}: the screen has no such scores; dko info tells what it has", option));
}

ScoreArray find_list(const ScreenReader& screen, const char* option) {
  if (screen.has(ScoreArray::list)) return ScoreArray::list;
  throw UsageError(
      fmt::format("{}: the screen has no list of knockouts; dko info tells what it has", option));
}

ScoreArray events_of(const ScreenReader& screen, const std::string& of) {
  if (of == "single") return find_scores(screen, ScoreArray::singles, 1, "--of single");
  if (of == "double") return find_scores(screen, ScoreArray::pairs, 2, "--of double");
  if (of == "list") return find_list(screen, "--of list");
  if (!of.empty()) throw UsageError(fmt::format("--of must be single, double or list, not '{}'", of));
  return screen.has(ScoreArray::singles) ? ScoreArray::singles : find_list(screen, "--of");
}

std::optional<std::filesystem::path> path_if_given(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional<std::filesystem::path>(text);
}

void export_screen(const ExportCommandOptions& options, Log& log) {
  const ScreenReader screen(options.file);
  const ExportOptions how{options.names ? Labels::names : Labels::ids, options.common.force};
  if (!options.single.empty()) {
    export_scores(screen, find_scores(screen, ScoreArray::singles, 1, "--single"), options.single, how);
  }
  if (!options.pairs.empty()) {
    export_scores(screen, find_scores(screen, ScoreArray::pairs, 2, "--double"), options.pairs, how);
  }
  if (!options.list.empty()) export_scores(screen, find_list(screen, "--list"), options.list, how);
  if (!options.wants_perturbed()) return;
  const PerturbedFiles files{path_if_given(options.ptest), path_if_given(options.ztest),
                             path_if_given(options.recorder), options.most_gigabytes * 1e9};
  const std::optional<ExpressionMatrix> matrix =
      options.input.empty() ? std::nullopt : std::optional(read_expression(options.input, log));
  export_perturbed(screen, events_of(screen, options.of), matrix, files, how);
}

void export_prediction(const ExportCommandOptions& options) {
  const Prediction prediction = read_prediction(options.file);
  const auto genes = std::ssize(prediction.genes);
  if (!options.truth.empty()) export_profiles(options.truth, options.common.force, prediction.truth, genes);
  if (!options.predicted.empty())
    export_profiles(options.predicted, options.common.force, prediction.predicted, genes);
}

}  // namespace

void export_command(const std::vector<std::string>& arguments, const Context& context) {
  ExportCommandOptions options;
  if (!parse(options, arguments, context)) return;
  Log log = make_log(options.common, context);
  on_root(context.communicator, [&] {
    if (options.wants_scores() || options.wants_perturbed()) export_screen(options, log);
    if (options.wants_profiles()) export_prediction(options);
  });
}

}  // namespace dko::app
