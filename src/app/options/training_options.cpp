#include "training_options.hpp"

#include <fmt/format.h>

#include <array>
#include <string>
#include <vector>

#include "dko/base/error.hpp"

namespace dko::app {

namespace {

constexpr double least_fdr = 1e-9;

constexpr std::array options_of_dko{"steps",    "batch",          "learning-rate", "schedule", "weight-decay",
                                    "patience", "validate-every", "parallel",      "hidden"};

void add_options_of_dko(CommandLine& line, TrainingOptions& options) {
  line.option("steps", options.steps, "N", "training steps").range(1, 1e9).usual();
  line.option("batch", options.batch, "N", "distinct training cells a step").range(1, 1e9);
  line.option("learning-rate", options.learning_rate, "R", "step size of Adam").range(1e-12, 1e3);
  line.choice<Schedule>("schedule", options.schedule,
                        {{"constant", Schedule::constant}, {"cosine", Schedule::cosine}},
                        "of the learning rate; cosine lets it fall towards 0 at the last step");
  line.option("weight-decay", options.weight_decay, "L",
              "of the weights, not the biases, as in AdamW: each step shrinks them by the fraction learning "
              "rate × L")
      .range(0, 1e6);
  line.option("validation", options.validation, "F",
              "fraction of the cells that choose the best weights; 0 keeps the last")
      .range(0, 0.95);
  line.option("patience", options.patience, "P",
              "stop after P steps without a better validation loss; 0: never")
      .range(0, 1e9);
  line.option("validate-every", options.validate_every, "K",
              "validate at every K-th step only; 0: at each, or where that would take long so seldom that it "
              "takes a tenth of the time at most")
      .range(0, 1e9);
  line.choice<ParallelForm>(
      "parallel", options.parallel,
      {{"auto", ParallelForm::automatic}, {"data", ParallelForm::data}, {"sharded", ParallelForm::sharded}},
      "what ranks share: data, the cells of a step; sharded, the hidden units, and "
      "with them the memory; auto: the quicker by an estimate");
  line.option("hidden", options.hidden, "H", "width of the hidden layer; 0: as many as genes").range(0, 1e6);
}

/// @throws UsageError for options that do not go together
void check_options_of_dko(const TrainingOptions& options) {
  if (options.learning_rate * options.weight_decay > 1) {
    throw UsageError(
        "--learning-rate times --weight-decay must not exceed 1 (fraction by which each step shrinks the "
        "weights)");
  }
  if (options.patience > 0 && options.validation == 0) {
    throw UsageError("--patience needs validation cells: give --validation above 0");
  }
  if (options.validate_every > 1 && options.validate_every >= options.steps) {
    throw UsageError(
        "--validate-every must be less than --steps: at step 0 alone there is nothing to choose from");
  }
  if (options.validate_every > 0 && options.validation == 0) {
    throw UsageError("--validate-every needs validation cells: give --validation above 0");
  }
}

void add_options_of_sparse(CommandLine& line, ModelOptions& options, CovariateRequest& covariates) {
  NetworkPrior& prior = options.prior;
  line.option("fdr", options.fdr, "Q",
              "with --mapping sparse: keep only effects whose q-value, an estimated false discovery rate, is "
              "at most Q; default: all below 1, those above 1/2 shrunk")
      .range(least_fdr, 1)
      .usual();
  line.flag(
      "levels", options.levels,
      "with --mapping sparse: genes that presence does not show, as nearly all cells express them, enter by "
      "their level; a knockout sets it to 0");
  line.option(
      "covariate", covariates.columns, "COLUMN",
      "with --mapping sparse: columns of the h5ad's obs (or of --obs-file), with commas between, that "
      "explain levels beside the genes, such as batch or sample; no knockout changes them");
  line.option("categorical", covariates.categorical, "COLUMN",
              "those of --covariate whose numbers are codes of categories");
  const auto path = [](const std::string& text) { return std::filesystem::path(text); };
  line.parsed("prior", prior.file, "FILE", path,
              "with --mapping sparse: pairs that are known (CSV or TSV: regulator, target, and perhaps "
              "weight and "
              "sign), penalised less where that predicts cells left out better")
      .reads();
  line.flag("prior-signs", prior.holds_signs, "effects of pairs of --prior must have their signs");
}

/// @throws UsageError for options that do not go together
void check_options_of_sparse(const CommandLine& line, MappingKind kind) {
  if (line.given("categorical") && !line.given("covariate"))
    throw UsageError("--categorical is for --covariate");
  if (line.given("prior-signs") && !line.given("prior")) throw UsageError("--prior-signs is for --prior");
  if (line.given("fdr") && line.given("levels"))
    throw UsageError(
        "--fdr and --levels are mutually exclusive: effects of levels have no q-values, and none would be "
        "kept");
  if (line.given("fdr") && kind != MappingKind::sparse)
    throw UsageError("--fdr applies only to --mapping sparse");
  if (line.given("prior") && kind != MappingKind::sparse)
    throw UsageError(
        "--prior applies only to --mapping sparse: the original's mapping has no effects of pairs");
  if (line.given("levels") && kind != MappingKind::sparse)
    throw UsageError(
        "--levels applies only to --mapping sparse: the original's mapping takes nothing but presence");
  if (line.given("covariate") && kind != MappingKind::sparse)
    throw UsageError(
        "--covariate applies only to --mapping sparse: the original's mapping takes nothing but presence");
}

/// @throws UsageError for values that make no sense together, or options of the other kind of mapping
void check(const CommandLine& line, const ModelOptions& options) {
  check_options_of_dko(options.training);
  check_options_of_sparse(line, options.kind);
  if (options.kind == MappingKind::dko) return;
  for (const char* name : options_of_dko) {
    if (line.given(name)) throw UsageError(fmt::format("--{} applies only to --mapping dko", name));
  }
  if (options.members > 1 && options.training.validation == 0) {
    throw UsageError(
        "--validation: each member of a sparse ensemble must leave some cells out, or all are alike");
  }
  if (line.given("validation") && options.members == 1) {
    throw UsageError(
        "--validation: a single sparse mapping is fitted to all cells, and chooses its penalties by "
        "cross-validation; "
        "only the members of an --ensemble leave cells out");
  }
}

}  // namespace

std::vector<Choice<MappingKind>> mapping_choices() {
  return {{"dko", MappingKind::dko}, {"sparse", MappingKind::sparse}};
}

void add_training_options(CommandLine& line, ModelOptions& options, CovariateRequest& covariates) {
  line.group("Training");
  line.choice("mapping", options.kind, mapping_choices(),
              "dko: the original's two layers; sparse: few direct effects per gene, better where genes are "
              "many")
      .usual();
  line.option("ensemble", options.members, "K",
              "make K mappings, each with its own split and seed; scores are their mean, with standard "
              "deviation")
      .range(1, static_cast<double>(most_members))
      .usual();
  add_options_of_sparse(line, options, covariates);
  add_options_of_dko(line, options.training);
  add_seed(line, options.training.seed, "seed of every random choice").usual();
  line.check([&options](const CommandLine& parsed) { check(parsed, options); });
}

}  // namespace dko::app
