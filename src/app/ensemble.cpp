#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "command.hpp"
#include "dko/base/text.hpp"
#include "dko/mapping/join_models.hpp"
#include "dko/mapping/model_file.hpp"
#include "dko/parallel/collective.hpp"
#include "json_report.hpp"
#include "run_json.hpp"
#include "start_job.hpp"

namespace dko::app {

namespace {

struct EnsembleOptions {
  std::vector<std::string> models;
  std::string out;
  CommonOptions common;
};

CommandLine line_of(EnsembleOptions& options) {
  CommandLine line(
      "ensemble MODEL... -o MODEL [options]",
      "Joins separately trained models (dko train --ensemble K --member M) into one, in the order\n"
      "given: the same as training all members together makes.",
      "dko ensemble member0.h5 member1.h5 member2.h5 -o model.h5");
  line.arguments("MODEL", options.models);
  line.option("out,o", options.out, "FILE", "the model file to write (HDF5)").usual().required().writes();
  add_common(line, options.common);
  return line;
}

Model join(const EnsembleOptions& options, Job& job) {
  std::vector<NamedModel> models;
  for (const std::string& file : options.models) models.push_back({file, read_model(file)});
  if (const std::string missing = missing_members(models); !missing.empty())
    job.log.warn("{}: {} is not among these models", options.out, missing);
  Model joined = join_models(std::move(models));
  const Provenance of_members = std::move(joined.provenance);
  job.provenance.seed = of_members.seed;
  job.provenance.input = of_members.input;
  job.provenance.input_checksum = of_members.input_checksum;
  job.provenance.selection = of_members.selection;
  job.provenance.covariates = of_members.covariates;
  job.provenance.covariates_checksum = of_members.covariates_checksum;
  job.provenance.prior = of_members.prior;
  job.provenance.model_checksum = of_members.model_checksum;
  joined.provenance = job.provenance;
  return joined;
}

void run(const EnsembleOptions& options, const Context& context) {
  Job job = start_job(context, options.common, 0);
  on_root(job.ranks(), [&] {
    OutputFile out(options.out, options.common.force);
    JsonReport summary(options.common);
    double bytes = 0;
    for (const std::string& file : options.models) bytes += stored_bytes(file);
    require_disk_space(out.partial_path(), bytes, "the model");
    const Model model = join(options, job);
    write_model(out, model);
    job.log.info("{}: written, {}", options.out, counted(std::ssize(model.members), "member"));
    summary.write({{"provenance", to_json(job.provenance)}, {"training", training_json(model)}});
  });
}

}  // namespace

std::unique_ptr<Command> ensemble_command() {
  return make_command<EnsembleOptions>(line_of, run);
}

}  // namespace dko::app
