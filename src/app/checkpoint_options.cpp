#include "checkpoint_options.hpp"

#include <boost/program_options/value_semantic.hpp>
#include <string>

#include "dko/base/error.hpp"

namespace dko::app {

namespace po = boost::program_options;

void add_checkpoint_options(CommandLine& line, CheckpointOptions& options) {
  line.add()("checkpoint",
             po::value<std::string>()->value_name("FILE")->notifier(
                 [&options](const std::string& file) { options.file = file; }),
             "write the state of the training to FILE now and then, and when it is stopped; default: "
             "OUT.checkpoint; "
             "none: nowhere. It is removed when the model is written")(
      "checkpoint-every",
      po::value(&options.every)->default_value(options.every, "600")->value_name("SECONDS"),
      "time between checkpoints");
}

void complete_checkpoint_options(const CommandLine& line, const std::string& out, bool resume,
                                 ModelOptions& options) {
  CheckpointOptions& checkpoint = options.checkpoint;
  const bool is_sparse = options.kind != MappingKind::dko;
  if (is_sparse && line.given("checkpoint"))
    throw UsageError("--checkpoint is of --mapping dko; a sparse fit cannot be resumed");
  checkpoint.resume = resume;
  checkpoint.save_last = line.given("checkpoint") || options.made() > 1;
  if (is_sparse || checkpoint.file == "none")
    checkpoint.file.clear();
  else if (!line.given("checkpoint"))
    checkpoint.file = out + ".checkpoint";
  if (checkpoint.file.empty() && line.given("checkpoint-every"))
    throw UsageError("--checkpoint-every needs checkpoints");
  require_between("--checkpoint-every", checkpoint.every, 0, 1e9);
}

}  // namespace dko::app
