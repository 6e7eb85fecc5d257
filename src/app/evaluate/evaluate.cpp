#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "app/command.hpp"
#include "app/json_report.hpp"
#include "app/options/input.hpp"
#include "app/options/screen_options.hpp"
#include "app/score_names.hpp"
#include "app/start_job.hpp"
#include "dko/base/error.hpp"
#include "dko/evaluation/perturbed/perturbed_source.hpp"
#include "dko/expression/cell_table.hpp"
#include "dko/expression/reader.hpp"
#include "dko/mapping/model_file.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/workflow/base_choice.hpp"
#include "dko/workflow/progress_display.hpp"
#include "dko/workflow/training_run.hpp"
#include "dko/workflow/visibility_notes.hpp"
#include "report_part.hpp"

namespace dko::app {

namespace {

struct EvaluateOptions {
  InputOptions input;
  std::string screen;
  std::string model;
  std::optional<Base> base;
  std::vector<std::string> truth;
  std::string truth_effects;
  std::string prediction;
  std::string real_knockout;
  std::string gene;
  PerturbedSource perturbed;
  PerturbationKind kind;
  double least_effect = 0.001;
  std::int64_t resamples = 200;
  std::int64_t null_genes = 500;
  std::uint64_t seed = 1;
  CommonOptions common;
};

/// @throws UsageError for options that do not go together
void check_perturbed(const PerturbedSource& options, const std::string& model) {
  const bool is_given = !options.path.empty();
  if (is_given != !options.by.empty() || is_given != !options.control.empty())
    throw UsageError(
        "--perturbed, --by and --control go together: the file, the column with the perturbed gene, and its "
        "label of control cells");
  if (is_given && model.empty()) throw UsageError("--perturbed needs predicted profiles: give --model");
}

/// @throws UsageError where there is no real perturbation that could be of this kind
void check_kind(const EvaluateOptions& options) {
  if (options.kind.is_knockout()) return;
  const char* const option = options.kind.activates ? "--activate" : "--knockdown";
  if (options.real_knockout.empty() && options.perturbed.path.empty())
    throw UsageError(fmt::format(
        "{} says what real perturbations are: give them by --perturbed or --real-knockout", option));
  if (!options.truth.empty() || !options.truth_effects.empty())
    throw UsageError(fmt::format("{} is of real perturbations, not of a truth: evaluate {} by itself", option,
                                 options.truth.empty() ? "--truth-effects" : "--truth"));
}

/// Whether something that is asked for depends on the base profile.
bool scores_on_base(const EvaluateOptions& options) {
  return !options.truth.empty() || !options.real_knockout.empty() || !options.perturbed.path.empty();
}

/// @throws UsageError for options that do not go together
void check(const CommandLine& line, const EvaluateOptions& options) {
  check_perturbed(options.perturbed, options.model);
  check_kind(options);
  if (options.truth.empty() && options.truth_effects.empty() && options.prediction.empty() &&
      options.real_knockout.empty() && options.perturbed.path.empty())
    throw UsageError(
        "nothing to evaluate against: give --truth, --truth-effects, --prediction, --real-knockout or "
        "--perturbed");
  if (!options.truth.empty() && options.screen.empty() && options.model.empty())
    throw UsageError("--truth needs scores to compare with: give --screen or --model");
  if (!options.real_knockout.empty() && options.model.empty())
    throw UsageError("--real-knockout needs predicted profiles: give --model");
  if (!options.truth_effects.empty() && options.model.empty())
    throw UsageError("--truth-effects needs predicted profiles: give --model");
  if (options.real_knockout.empty() != options.gene.empty())
    throw UsageError("--real-knockout and --gene go together: the file and the gene that was knocked out");
  if (options.truth.empty() && !options.screen.empty()) throw UsageError("--screen is for --truth");
  if (options.truth.empty() && options.truth_effects.empty() && options.real_knockout.empty() &&
      options.perturbed.path.empty() && !options.model.empty())
    throw UsageError("--model is for --truth, --truth-effects, --real-knockout and --perturbed");
  if (options.base && options.model.empty())
    throw UsageError("--base is for --model: a screen states its own");
  if (options.base && !scores_on_base(options))
    throw UsageError(
        "--base is for --truth, --real-knockout and --perturbed: --truth-effects compares changes of the "
        "fitted profile");
  if (line.given("bootstrap") && options.truth.empty() && options.prediction.empty())
    throw UsageError("--bootstrap is for --truth and --prediction");
  if (options.real_knockout.empty() && options.perturbed.path.empty() && line.given("null"))
    throw UsageError("--null is for --real-knockout and --perturbed");
  if (options.truth.empty() && line.given("effect")) throw UsageError("--effect is for --truth");
  if (options.resamples != 0 && options.resamples < 100)
    throw UsageError(
        fmt::format("--bootstrap must be between 100 and 1000000, or 0, not {}", options.resamples));
}

void add_truths(CommandLine& line, EvaluateOptions& options) {
  line.option(
          "truth", options.truth, "CSV",
          "true effects of single or double knockouts, or of genes that are switched on (+), as dko simulate "
          "writes them; may be given again")
      .usual()
      .reads();
  line.option("truth-effects", options.truth_effects, "CSV",
              "who changes when a gene is lost, as dko simulate --truth-effects writes it; needs --model")
      .usual()
      .reads();
  line.option("screen", options.screen, "FILE", "the scores to compare with it: a screen")
      .usual()
      .excludes("model")
      .reads();
  line.option("model", options.model, "FILE", "or a model, which scores just those knockouts")
      .usual()
      .reads();
  add_base(line, options.base).usual();
  line.option("effect", options.least_effect, "E", "a knockout has an effect if its true score is above this")
      .range(0, 1);
}

void add_perturbed_cells(CommandLine& line, PerturbedSource& source, PerturbationKind& kind) {
  line.option("perturbed", source.path, "FILE",
              "expression of control and really perturbed cells, in any format of INPUT; needs --model")
      .usual()
      .reads();
  line.option("by", source.by, "COLUMN",
              "its column (of obs, or of --obs-file) that says which gene was perturbed in a cell")
      .usual();
  line.option("control", source.control, "LABEL", "the label of control cells in that column").usual();
  line.flag("activate", kind.activates,
            "the perturbations, also that of --real-knockout, switch their gene on (CRISPRa)")
      .usual();
  line.option("knockdown", kind.presence, "F",
              "or they are knockdowns (CRISPRi) that leave a part F of their gene; 0: knockouts")
      .range(0, 0.999999)
      .excludes("activate")
      .usual();
}

CommandLine line_of(EvaluateOptions& options) {
  CommandLine line(
      "evaluate INPUT [options]",
      "Tells how far scores and predictions can be trusted: against the true effects of knockouts, against\n"
      "held-out profiles, against real knockouts, knockdowns and activations; always beside baselines that\n"
      "need no mapping, and with a verdict in words; of true effects and held-out profiles with 95 %\n"
      "confidence intervals over cells.\n" +
          std::string(input_formats),
      "dko evaluate data.csv --screen screen.h5 --truth data.truth_single.csv");
  line.group("Evaluation");
  add_truths(line, options);
  line.option("prediction", options.prediction, "FILE", "held-out profiles, made by dko predict from INPUT")
      .usual()
      .reads();
  line.option("real-knockout", options.real_knockout, "CSV",
              "what a real knockout did: columns gene and log2fc_KO_vs_WT, and mwu_p if known; needs --model")
      .usual()
      .reads();
  line.option("gene", options.gene, "GENE", "the gene that was knocked out there").usual();
  add_perturbed_cells(line, options.perturbed, options.kind);
  line.option("null", options.null_genes, "N",
              "null distribution: the same perturbation of up to N other genes is predicted")
      .range(1, 1e6);
  line.option("bootstrap", options.resamples, "B",
              "resamples of the cells for the intervals, 100 or more; 0: none")
      .range(0, 1e6);
  add_seed(line, options.seed, "seed of the resamples");
  add_input(line, options.input, {{"by"}, TableUse::Model::optional});
  add_common(line, options.common);
  line.check([&options](const CommandLine& parsed) { check(parsed, options); });
  return line;
}

/// What rank 0 reads before any computing.
struct Inputs {
  JsonReport summary;
  RelativeProfiles profiles{};
  std::vector<CollapsedMapping> members{};
  Base base = Base::fitted;  ///< of the model, or of the screen
  std::optional<ScreenReader> screen{};
  Prediction prediction{};
  PerturbationInput perturbed{};
};

/// How to read INPUT: a table of cells is for the perturbed ones alone where INPUT has columns.
InputOptions input_of(const EvaluateOptions& options) {
  InputOptions input = options.input;
  if (!options.perturbed.path.empty() && !input.selection.obs_file.empty() && has_cell_columns(input.path)) {
    if (has_cell_columns(options.perturbed.path)) refuse_second_columns(input.path, input.selection.obs_file);
    input.selection.obs_file.clear();
  }
  return input;
}

/// Read as INPUT is. Warns of targets that cannot be seen.
PerturbationInput read_perturbed_cells(const EvaluateOptions& options, const ExpressionMatrix& matrix,
                                       const Model& model, Log& log) {
  PerturbedSource source = options.perturbed;
  source.read = options.input.read;
  source.obs_file = options.input.selection.obs_file;
  PerturbationInput found = read_perturbed(source, matrix, model, options.model, log);
  const std::vector<std::int32_t> targets = genes_of_targets(found.cells);
  if (options.kind.activates)
    warn_of_invisible_added(targets, model.genes, found.visibility, log);
  else
    warn_of_invisible(targets, model.genes, found.visibility, log);
  return found;
}

/// Of --real-knockout. A name that is not known, or of several genes, is refused when it is compared.
void warn_of_lost_gene(const EvaluateOptions& options, const ExpressionMatrix& matrix, const Model& model,
                       Log& log) {
  const Meaning meaning = matrix.gene_index().by_name(options.gene);
  if (options.kind.activates)
    warn_of_invisible_added(meaning.positions, model.genes, model.visibility, log);
  else
    warn_of_invisible(meaning.positions, model.genes, model.visibility, log);
}

Inputs read_inputs(const EvaluateOptions& options, Job& job) {
  Inputs inputs{JsonReport(options.common)};
  std::optional<Model> model;
  if (!options.model.empty()) model = read_model(options.model);
  const InputOptions input = input_of(options);
  const ExpressionMatrix matrix =
      model ? load_input(input, *model, options.model, job) : load_input(input, job);
  if (model) {
    inputs.members = collapse(*model);
    if (scores_on_base(options)) inputs.base = choose_base(options.base, *model, options.model, job.log);
  }
  if (!options.screen.empty()) {
    inputs.screen.emplace(options.screen);
    if (inputs.screen->presence() > 0)
      throw UsageError(
          fmt::format("{} leaves lost genes a part of their presence, and a truth is of knockouts or "
                      "activations: give a screen without --knockdown, or --model",
                      options.screen));
    inputs.base = inputs.screen->base();
    job.provenance.model_checksum = inputs.screen->provenance().model_checksum;
    if (inputs.screen->provenance().input_checksum != job.provenance.input_checksum) {
      throw InputError(fmt::format(
          "{} is a screen of other data than {}: their checksums differ; choose cells and genes as it did "
          "(dko info {} tells how), or score the knockouts anew by --model",
          options.screen, options.input.path, options.screen));
    }
  }
  if (!options.prediction.empty()) inputs.prediction = read_prediction(options.prediction);
  if (!options.perturbed.path.empty())
    inputs.perturbed = read_perturbed_cells(options, matrix, *model, job.log);
  if (!options.real_knockout.empty() && model) warn_of_lost_gene(options, matrix, *model, job.log);
  inputs.profiles = matrix.relative_profiles();
  return inputs;
}

/// The name of each in JSON, and the part.
using Parts = std::vector<std::pair<std::string, ReportPart>>;

void report(const Parts& parts, JsonReport& summary, const EvaluateOptions& options, Base base,
            const Job& job) {
  nlohmann::ordered_json json{{"provenance", to_json(job.provenance)}};
  if (scores_on_base(options)) json["base"] = name_of(base);
  json["least_effect"] = options.least_effect;
  json["resamples"] = options.resamples;
  std::string verdicts;
  auto all_verdicts = nlohmann::ordered_json::array();
  for (const auto& [name, part] : parts) {
    std::cout << part.text << '\n';
    json[name].push_back(part.json);
    for (const std::string& verdict : part.verdicts) {
      verdicts += "  " + verdict + '\n';
      all_verdicts.push_back(verdict);
    }
  }
  std::cout << "verdict\n" << verdicts;
  if (!options.truth.empty()) std::cout << base_note(base) << '\n';
  if (options.resamples > 0 && (!options.truth.empty() || !options.prediction.empty()))
    std::cout << "(the intervals are over cells: they say nothing of another training, or of other data)\n";
  json["verdicts"] = all_verdicts;
  summary.write(json);
}

/// Answers the questions that were asked, one after the other. Collective; at root.
Parts find_parts(const EvaluateOptions& options, AtRoot<Inputs>& inputs, const Evaluation& evaluation,
                 const Job& job) {
  Parts parts;
  for (const std::string& truth : options.truth) {
    const AtRoot<TruthEvaluation> found = evaluate_truth(truth, evaluation);
    on_root(job.ranks(),
            [&] { parts.emplace_back("truth", truth_report(truth, *found, options.least_effect)); });
  }
  if (!options.truth_effects.empty()) {
    const AtRoot<EffectsEvaluation> found = evaluate_effects(options.truth_effects, evaluation);
    on_root(job.ranks(),
            [&] { parts.emplace_back("truth_effects", effects_report(options.truth_effects, *found)); });
  }
  if (!options.prediction.empty()) {
    const AtRoot<PredictionEvaluation> found =
        evaluate_prediction(inputs.take(&Inputs::prediction), options.prediction, evaluation);
    on_root(job.ranks(), [&] { parts.emplace_back("prediction", prediction_report(*found)); });
  }
  if (!options.real_knockout.empty()) {
    const AtRoot<KnockoutEvaluation> found = evaluate_real_knockout(
        options.real_knockout, options.gene, options.null_genes, evaluation, options.kind);
    on_root(job.ranks(), [&] {
      parts.emplace_back("real_knockout", knockout_report(options.real_knockout, options.gene, *found));
    });
  }
  if (!options.perturbed.path.empty()) {
    const AtRoot<PerturbationEvaluation> found =
        evaluate_perturbations(inputs.take(&Inputs::perturbed), options.null_genes, evaluation, options.kind);
    on_root(job.ranks(), [&] {
      parts.emplace_back("perturbed", perturbed_report(options.perturbed.path, options.perturbed, *found));
    });
  }
  return parts;
}

void run(const EvaluateOptions& options, const Context& context) {
  Job job = start_job(context, options.common, options.seed);

  AtRoot<Inputs> inputs = on_root(job.ranks(), [&] { return read_inputs(options, job); });
  const RelativeProfiles profiles = RelativeProfiles::replicate(job.nodes, inputs.take(&Inputs::profiles));
  const std::vector<CollapsedMapping> members = replicate(job.nodes, inputs.take(&Inputs::members));
  const auto base = static_cast<Base>(job.ranks().broadcast(
      inputs.transform([](const Inputs& read) { return static_cast<std::int64_t>(read.base); })));
  const auto screen = inputs.take(&Inputs::screen);
  const Evaluation evaluation{
      profiles,
      members,
      screen,
      base,
      options.resamples,
      options.seed,
      options.least_effect,
      job.nodes,
      job.log,
      [&] { return show_progress(job.log, "resampling (rank 0's share)", "resamples"); }};
  const Parts parts = find_parts(options, inputs, evaluation, job);
  on_root(job.ranks(), [&] { report(parts, inputs->summary, options, base, job); });
}

}  // namespace

std::unique_ptr<Command> evaluate_command() {
  return make_command<EvaluateOptions>(line_of, run);
}

}  // namespace dko::app
