#include "checkpoint_options.hpp"

#include <filesystem>
#include <string>

#include "dko/base/error.hpp"
#include "dko/base/output_path.hpp"

namespace dko::app {

namespace {

/// For a job that writes `out`. @throws UsageError for options that do not go together
void complete(const CommandLine& line, const std::string& out, bool resume, ModelOptions& options) {
  CheckpointOptions& checkpoint = options.checkpoint;
  checkpoint.resume = resume;
  checkpoint.save_last = line.given("checkpoint") || options.made() > 1;
  if (checkpoint.file == "none")
    checkpoint.file.clear();
  else if (!line.given("checkpoint"))
    checkpoint.file = followed(out).string() + ".checkpoint";
  if (checkpoint.file.empty() && line.given("checkpoint-every"))
    throw UsageError("--checkpoint-every needs checkpoints");
}

}  // namespace

void add_checkpoint_options(CommandLine& line, const std::string& out, const bool& resume,
                            ModelOptions& options) {
  const auto path = [](const std::string& file) { return std::filesystem::path(file); };
  line.group(stopping_group);
  line.parsed("checkpoint", options.checkpoint.file, "FILE", path,
              "write the state of the training to FILE now and then, and when it is stopped; default: "
              "OUT.checkpoint; none: nowhere. It is removed when the model is written")
      .writes("none");
  line.option("checkpoint-every", options.checkpoint.every, "SECONDS", "time between checkpoints")
      .range(0, 1e9);
  line.check([&](const CommandLine& parsed) { complete(parsed, out, resume, options); });
}

}  // namespace dko::app
