#include "dko/results/export.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options/value_semantic.hpp>
#include <functional>
#include <vector>

#include "command.hpp"
#include "dko/base/error.hpp"
#include "dko/base/text.hpp"
#include "dko/expression/reader.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/results/perturbed.hpp"
#include "dko/results/prediction_file.hpp"
#include "dko/results/screen_reader.hpp"
#include "score_names.hpp"

namespace dko::app {

namespace po = boost::program_options;

namespace {

struct ExportCommandOptions {
  std::string file;
  std::string single;
  std::string pairs;
  std::string list;
  std::string score;
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
      "score", po::value(&options.score)->value_name("LIST"),
      "what to write of them: impact (column k_pred), network, interaction, network-interaction, share, and "
      "of several members impact-sd (k_pred_sd) and network-sd, with commas between; default: impact, or "
      "network where no impact is stored")("names", po::bool_switch(&options.names),
                                           "write names of genes and cells instead of numbers from 0")(
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
  if (options.wants_profiles() && (options.wants_scores() || options.wants_perturbed())) {
    throw UsageError("--true and --predicted are of a prediction, the others of a screen");
  }
  if (options.wants_profiles() && options.names)
    throw UsageError("--names is for scores; profiles are bare numbers");
  if (!options.of.empty()) score_array_named(options.of);
  if (!options.score.empty()) measures_named(options.score);
  if (!options.score.empty() && !options.wants_scores())
    throw UsageError("--score is for --single, --double and --list");
  require_between("--max-gigabytes", options.most_gigabytes, 0, 1e9);
  require_distinct({{"FILE", options.file},
                    {"--input", options.input},
                    {"--single", options.single},
                    {"--double", options.pairs},
                    {"--list", options.list},
                    {"--ptest", options.ptest},
                    {"--ztest", options.ztest},
                    {"--recorder", options.recorder},
                    {"--true", options.truth},
                    {"--predicted", options.predicted}});
  if (!(options.ptest.empty() && options.ztest.empty()) && options.input.empty()) {
    throw UsageError("--ptest and --ztest hold expression data: give the screened file with --input");
  }
  return true;
}

/// `wanted` if the screen has it, else the list if it holds knockouts of as many genes.
ScoreArray find_scores(const ScreenReader& screen, ScoreArray wanted, const char* option) {
  if (screen.has(wanted)) return wanted;
  const std::int64_t order = wanted == ScoreArray::singles ? 1 : 2;
  const bool list_serves =
      wanted != ScoreArray::list && screen.has(ScoreArray::list) && screen.order(ScoreArray::list) == order;
  if (list_serves) return ScoreArray::list;
  throw UsageError(fmt::format("{}: the screen has no such scores; dko info tells what it has", option));
}

/// Which events the perturbed data sets hold.
ScoreArray events_of(const ScreenReader& screen, const std::string& of) {
  if (!of.empty()) return find_scores(screen, score_array_named(of), "--of");
  return screen.has(ScoreArray::singles) ? ScoreArray::singles : ScoreArray::list;
}

/// A file to write: claimed before anything is computed, and written when all others are claimed too.
struct Output {
  CsvWriter csv;
  double bytes;
  std::function<void(CsvWriter&)> write;
};

/// All outputs of a call.
class Outputs {
 public:
  explicit Outputs(bool overwrite) : overwrite_(overwrite) {}

  void add(const std::string& path, double bytes, std::function<void(CsvWriter&)> write) {
    outputs_.push_back({CsvWriter(path, overwrite_), bytes, std::move(write)});
    total_ += bytes;
    require_disk_space(path, total_, "the exports");
  }
  void write() {
    for (Output& output : outputs_) output.write(output.csv);
  }

 private:
  bool overwrite_;
  double total_ = 0;
  std::vector<Output> outputs_;
};

/// What --score asks for, or else the score that is there. @throws UsageError for what the screen has not.
std::vector<Measure> find_measures(const ScreenReader& screen, ScoreArray array, const std::string& score) {
  if (score.empty()) return {screen.measures(array).front()};
  std::vector<Measure> wanted = measures_named(score);
  // What is asked for of singles and pairs at once: singles have no interactions.
  const bool any_score =
      std::any_of(wanted.begin(), wanted.end(), [](const Measure& m) { return !m.is_interaction; });
  if (any_score && screen.order(array) == 1)
    std::erase_if(wanted, [](const Measure& measure) { return measure.is_interaction; });
  for (const Measure& measure : wanted) require_measure(screen, array, measure);
  return wanted;
}

void add_scores(Outputs& outputs, const ScreenReader& screen, const ExportCommandOptions& options) {
  const Labels labels = options.names ? Labels::names : Labels::ids;
  const auto add = [&](const std::string& path, ScoreArray wanted, const char* option) {
    if (path.empty()) return;
    const ScoreArray array = find_scores(screen, wanted, option);
    const std::vector<Measure> measures = find_measures(screen, array, options.score);
    outputs.add(path, export_bytes(screen, array, measures.size()),
                [&screen, array, labels, measures](CsvWriter& csv) {
                  export_scores(screen, array, measures, labels, csv);
                });
  };
  add(options.single, ScoreArray::singles, "--single");
  add(options.pairs, ScoreArray::pairs, "--double");
  add(options.list, ScoreArray::list, "--list");
}

void add_perturbed(Outputs& outputs, const ScreenReader& screen, const ExportCommandOptions& options,
                   const ExpressionMatrix& matrix) {
  const ScoreArray array = events_of(screen, options.of);
  const double bytes = (options.ptest.empty() ? 0 : ptest_bytes(screen, array)) +
                       (options.ztest.empty() ? 0 : ztest_bytes(screen, array));
  if (bytes > options.most_gigabytes * 1e9) {
    throw UsageError(fmt::format("the perturbed data of {} would take about {}; --max-gigabytes allows {}",
                                 counted(screen.events(array), "event"), human_bytes(bytes),
                                 human_bytes(options.most_gigabytes * 1e9)));
  }
  if (!options.ptest.empty()) {
    outputs.add(options.ptest, ptest_bytes(screen, array),
                [&screen, &matrix, array](CsvWriter& csv) { write_ptest(screen, array, matrix, csv); });
  }
  if (!options.ztest.empty()) {
    outputs.add(options.ztest, ztest_bytes(screen, array),
                [&screen, &matrix, array](CsvWriter& csv) { write_ztest(screen, array, matrix, csv); });
  }
  if (!options.recorder.empty()) {
    outputs.add(options.recorder, export_bytes(screen, array, 0),
                [&screen, array](CsvWriter& csv) { write_recorder(screen, array, csv); });
  }
}

void export_screen(const ExportCommandOptions& options, Log& log) {
  const ScreenReader screen(options.file);
  Outputs outputs(options.common.force);
  add_scores(outputs, screen, options);
  ExpressionMatrix matrix;
  if (options.wants_perturbed()) add_perturbed(outputs, screen, options, matrix);
  if (!options.input.empty()) {
    matrix = read_expression(options.input, log);
    require_same_data(screen, matrix);
  }
  outputs.write();
}

void export_prediction(const ExportCommandOptions& options) {
  const Prediction prediction = read_prediction(options.file);
  const auto genes = std::ssize(prediction.genes);
  Outputs outputs(options.common.force);
  const auto add = [&](const std::string& path, const std::vector<float>& profiles) {
    if (path.empty()) return;
    constexpr double bytes_of_share = 13;
    outputs.add(path, bytes_of_share * static_cast<double>(profiles.size()),
                [&profiles, genes](CsvWriter& csv) { export_profiles(profiles, genes, csv); });
  };
  add(options.truth, prediction.truth);
  add(options.predicted, prediction.predicted);
  outputs.write();
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
