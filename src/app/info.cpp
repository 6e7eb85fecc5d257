#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>

#include "command.hpp"
#include "dko/base/error.hpp"
#include "dko/base/printable.hpp"
#include "dko/base/text.hpp"
#include "dko/expression/h5ad.hpp"
#include "dko/hdf5/header.hpp"
#include "dko/mapping/collapsed_file.hpp"
#include "dko/mapping/model_file.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/results/aggregate/cell_groups.hpp"
#include "dko/results/aggregate/summary.hpp"
#include "dko/results/effects/effects_file.hpp"
#include "dko/results/export/anndata_export.hpp"
#include "dko/results/export/table_export.hpp"
#include "dko/results/prediction_file.hpp"
#include "dko/results/screen_file/completion_count.hpp"
#include "dko/results/screen_file/screen_reader.hpp"
#include "dko/training/sparse/fit_checkpoint_file.hpp"
#include "dko/training/two_layer/checkpoint.hpp"
#include "dko/workflow/saved_progress.hpp"
#include "info_expression.hpp"
#include "json_report.hpp"
#include "options/input.hpp"
#include "options/verify_options.hpp"
#include "run_json.hpp"
#include "score_names.hpp"
#include "start_job.hpp"

namespace dko::app {

namespace {

/// What there is to say of a file, in order: printed line by line, or written as JSON.
using Facts = nlohmann::ordered_json;

/// What shifts are along.
void add_direction(Facts& facts, const ScreenReader& screen) {
  const auto direction = screen.direction();
  if (!direction) return;
  facts["from"] = direction->from;
  facts[direction->is_toward_profile ? "toward_profile" : "toward"] = direction->toward;
  facts["from_cells"] = direction->from_cells.size();
  if (!direction->is_toward_profile) facts["toward_cells"] = direction->toward_cells.size();
  facts["direction_length"] = std::sqrt(direction->direction.squared_length);
}

Facts describe_screen(const std::string& path) {
  const ScreenReader screen(path);
  Facts facts{
      {"file", "screen"}, {"genes", screen.gene_names().size()}, {"cells", screen.cell_names().size()}};
  facts["cells_screened"] = cells_with_knockouts(screen);
  if (screen.has(ScoreArray::singles)) facts["single_knockouts"] = screen.events(ScoreArray::singles);
  if (screen.has(ScoreArray::pairs)) facts["double_knockouts"] = screen.events(ScoreArray::pairs);
  if (screen.has(ScoreArray::list)) {
    facts["listed_knockouts"] = screen.events(ScoreArray::list);
    facts["listed_genes_each"] = screen.order(ScoreArray::list);
  }
  if (screen.keep() != "full") facts["keep"] = screen.keep();
  if (screen.list_is_selected()) facts["keep_by"] = screen.keep_by();
  for (const ScoreArrayName& name : score_arrays) {
    if (!screen.has(name.array)) continue;
    facts[fmt::format("{}_scores", name.option)] = names_of(screen.measures(name.array));
  }
  if (screen.has_summary()) {
    const auto genes = screen.summary().dataset("genes").size();
    facts["summary_genes"] = genes;
    facts["summary_pairs"] = genes * (genes - 1) / 2;
    facts["summary_scores"] = names_of(summarized_measures(screen, ScoreArray::pairs));
  }
  for (const std::string& title : screen.obs_titles()) {
    const ObsColumn column = screen.obs_column(title);
    facts["obs " + title] =
        column.is_categorical()
            ? fmt::format("{}: {}", counted(std::ssize(column.labels), "label"), some_names(column.labels))
            : "numbers";
  }
  add_direction(facts, screen);
  if (const auto seconds = screen.training_seconds()) facts["training_seconds"] = *seconds;
  facts["members"] = screen.members();
  facts["base"] = name_of(screen.base());
  if (screen.activates()) facts["events"] = "genes switched on";
  if (screen.has(ScoreArray::list) && screen.list_adds_genes())
    facts["listed_events"] = "some genes switched on";
  if (screen.presence() > 0) facts["knockdown"] = screen.presence();
  if (const auto advice = read_advice(hdf5::File::open(path, hdf5::Access::read)))
    facts.update(to_json(*advice));
  if (!screen.instruction_set().empty()) facts["instruction_set"] = screen.instruction_set();
  facts["screen_seconds"] = screen.screen_seconds();
  facts["finished"] = screen.finished();
  facts.update(to_json(screen.provenance()));
  facts["job_at_end"] = screen.job_at_end();
  return facts;
}

/// Genes that enter the first mapping by their level; 0 of the original's.
std::int64_t genes_by_level(const Model& model) {
  const auto* fitted = std::get_if<FittedMapping>(&model.members.front());
  if (fitted == nullptr) return 0;
  return std::ranges::count_if(fitted->mapping.level_scale(), [](double scale) { return scale > 0; });
}

Facts describe_model(const std::string& path) {
  const Model model = read_model(path);
  Facts facts{{"file", "model"}, {"genes", model.genes.size()}};
  if (const auto* trained = std::get_if<TrainedMapping>(&model.members.front())) {
    const MappingShape& shape = trained->mapping.shape();
    facts["hidden"] = shape.hidden;
    facts["parameters"] = shape.parameters();
  }
  Facts training = training_json(model);
  if (const auto by_level = genes_by_level(model); by_level > 0) facts["genes_by_level"] = by_level;
  // What members have of their own is too much to print; --json of the training has it.
  training.erase("of_members");
  facts.update(training);
  facts["bases"] = model.has_share_variances() ? "fitted, shrunk, observed" : "fitted, observed";
  facts.update(to_json(model.provenance));
  return facts;
}

void add_agreement(Facts& facts, const std::string& of, const ProfileAgreement& agreement) {
  facts[of + "_bray_curtis"] = agreement.bray_curtis;
  if (agreement.spearman_all) facts[of + "_spearman_all"] = *agreement.spearman_all;
  if (agreement.spearman_within_gene) facts[of + "_spearman_within_gene"] = *agreement.spearman_within_gene;
}

Facts describe_prediction(const std::string& path) {
  const Prediction prediction = read_prediction(path);
  Facts facts{{"file", "prediction"},
              {"genes", prediction.genes.size()},
              {"held_out_cells", prediction.cells.size()}};
  add_agreement(facts, "mapping", prediction.mapping);
  add_agreement(facts, "mean_share", prediction.mean_share);
  facts.update(to_json(prediction.provenance));
  return facts;
}

/// A screen that is not finished, which a job may be writing.
Facts describe_unfinished(const std::string& path) {
  const CompletionCount screen = count_scored(path);
  Facts facts{{"file", "screen that is not finished"}, {"scored", screen.scored}, {"of", screen.of}};
  facts.update(to_json(hdf5::read_header(hdf5::File::open(path, hdf5::Access::watch), screen_kind)));
  return facts;
}

/// The state of a training, done or not.
Facts describe_checkpoint(const std::string& path) {
  const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
  const hdf5::Location training = file.group("training");
  Facts facts{{"file", "checkpoint of a training"}};
  for (const char* number : {"steps", "steps_asked", "best_step", "hidden"})
    facts[number] = training.integer_attribute(number);
  facts.update(to_json(hdf5::read_header(file, checkpoint_kind)));
  return facts;
}

/// The state of a sparse fit, which is not done.
Facts describe_fit_checkpoint(const std::string& path) {
  const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
  const Provenance provenance = hdf5::read_header(file, fit_checkpoint_kind);
  const FitProgress fit = fit_progress(file);
  Facts facts{{"file", "checkpoint of a sparse fit"}, {"fits", fit.fits}, {"fits_asked", fit.of}};
  facts.update(to_json(provenance));
  return facts;
}

/// A file that is made from another: what it was made from is what it states.
Facts describe_export(const std::string& path, const hdf5::FileKind& kind, const char* what) {
  const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
  Facts facts{{"file", what}};
  facts.update(to_json(hdf5::read_header(file, kind)));
  return facts;
}

/// What a file is; a screen may be incomplete.
struct Kind {
  std::string format;  ///< empty: not of dko
  bool is_complete = true;
};

Kind kind_of(const std::string& path) {
  if (!hdf5::is_hdf5(path)) return {};
  const hdf5::File file = hdf5::File::open(path, hdf5::Access::watch);
  const std::string format = hdf5::format_of(file);
  return {format, format != screen_kind.format || file.integer_attribute("complete") == 1};
}

/// Describes a file of dko's own, not of expression.
Facts describe(const std::string& path, const Kind& kind) {
  const auto& [format, is_complete] = kind;
  if (format == screen_kind.format) return is_complete ? describe_screen(path) : describe_unfinished(path);
  if (format == "dko model") return describe_model(path);
  if (format == "dko prediction") return describe_prediction(path);
  if (format == checkpoint_kind.format) return describe_checkpoint(path);
  if (format == fit_checkpoint_kind.format) return describe_fit_checkpoint(path);
  if (format == anndata_export_kind.format)
    return describe_export(path, anndata_export_kind, "single knockouts of a screen, as AnnData");
  if (format == anndata_activations_kind.format)
    return describe_export(path, anndata_activations_kind, "single activations of a screen, as AnnData");
  if (format == effects_kind.format)
    return describe_export(path, effects_kind, "effects of the loss of each gene, as AnnData");
  if (format == collapsed_kind.format)
    return describe_export(path, collapsed_kind, "A = W2·W1 of a model, kept for further screens");
  if (format == table_export_kind.format)
    return describe_export(path, table_export_kind, "scores of a screen, as tables");
  throw InputError(fmt::format("{}: was made by a newer dko, as '{}'", path, format));
}

void print_facts(const Facts& facts) {
  std::size_t width = 0;
  for (const auto& [key, value] : facts.items()) width = std::max(width, key.size());
  for (const auto& [key, value] : facts.items()) {
    const std::string text = key == "seed"               ? value.dump()  // to be typed again as it is
                             : value.is_string()         ? value.get<std::string>()
                             : value.is_number_integer() ? with_thousands(value.get<std::int64_t>())
                                                         : fmt::format("{:.6g}", value.get<double>());
    std::cout << printable(fmt::format("{:<{}}  {}", key, width, text)) << '\n';
  }
}

Facts verification_json(const hdf5::Verification& found) {
  return {{"verified_arrays", found.arrays},
          {"verified_bytes", found.bytes},
          {"arrays_without_checksum", found.without},
          {"blocks_not_written", found.unwritten}};
}

void print_verification(const hdf5::Verification& found) {
  std::cout << fmt::format("verified: {}, {} bytes\n", counted(found.arrays, "array"),
                           with_thousands(found.bytes));
  if (found.without > 0)
    std::cout << fmt::format("without a checksum: {}\n", counted(found.without, "array"));
  if (found.unwritten > 0)
    std::cout << fmt::format("not finished: {} not written\n", counted(found.unwritten, "block"));
}

struct InfoOptions {
  std::string file;
  VerifyOptions verification;
  bool progress = false;
  ProgressFiles saved;  ///< but for the file itself
  CommonOptions common;
};

CommandLine line_of(InfoOptions& options) {
  CommandLine line(
      "info FILE [options]",
      "Tells what a screen, model or prediction holds and how it was made; of expression data its\n"
      "genes and cells, layers, columns and labels of obs, which values look like counts, and how\n"
      "many cells express how many genes. Or, with --verify,\n"
      "whether it is still what was written; or, with --progress, how far a job is whose output\n"
      "FILE is to become: one line, which changes with all that the job saves, and only then.",
      "dko info screen.h5");
  line.argument("FILE", options.file);
  line.group("Progress of a job");
  line.flag("progress", options.progress, "tell in one line how far the job of FILE is")
      .excludes("verify")
      .usual();
  line.option("checkpoint", options.saved.checkpoint, "FILE", "with --progress: as the job has it");
  line.option("save-model", options.saved.save_model, "FILE", "with --progress: as the job has it");
  add_verify_options(line, options.verification);
  add_common(line, options.common);
  line.check([&options](const CommandLine&) {
    if (!options.progress && !(options.saved.checkpoint.empty() && options.saved.save_model.empty()))
      throw UsageError("--checkpoint and --save-model are for --progress");
  });
  return line;
}

/// The provenance of what dko itself simulated.
Facts provenance_of_expression(const std::string& path) {
  return to_json(hdf5::read_header(hdf5::File::open(path, hdf5::Access::read), expression_kind));
}

void tell_of_expression(const InfoOptions& options, bool is_simulated, JsonReport& summary, Job& job) {
  const ExpressionOverview overview =
      look_over(options.file, options.verification.origin.input.read, job.log);
  print(overview);
  Facts facts = to_json(overview);
  if (is_simulated) {
    facts["file"] = "simulated expression";
    const Facts provenance = provenance_of_expression(options.file);
    std::cout << "\nsimulated expression, made by\n";
    print_facts(provenance);
    facts.update(provenance);
  }
  summary.write(facts);
}

void run_on_root(const InfoOptions& options, Job& job) {
  JsonReport summary(options.common);
  if (options.verification.verify) {
    const hdf5::Verification found = verify_file(options.file, options.verification.origin, job);
    print_verification(found);
    summary.write(verification_json(found));
    return;
  }
  if (options.progress) {
    ProgressFiles files = options.saved;
    files.out = options.file;
    const std::string words = progress_line(files);
    std::cout << printable(words) << '\n';
    summary.write({{"progress", words}});
    return;
  }
  const Kind kind = kind_of(options.file);
  const bool is_simulated = kind.format == expression_kind.format;
  if (kind.format.empty() || is_simulated) {
    tell_of_expression(options, is_simulated, summary, job);
    return;
  }
  if (const auto given = given_of(options.verification.origin.input.read))
    throw UsageError(
        fmt::format("--{} is for expression data, and {} is a {}", *given, options.file, kind.format));
  const Facts facts = describe(options.file, kind);
  print_facts(facts);
  summary.write(facts);
}

void run(const InfoOptions& options, const Context& context) {
  Job job = start_job(context, options.common, 0);
  on_root(job.ranks(), [&] { run_on_root(options, job); });
}

}  // namespace

std::unique_ptr<Command> info_command() {
  return make_command<InfoOptions>(line_of, run);
}

}  // namespace dko::app
