#include "verify_options.hpp"

#include <fmt/format.h>

#include "dko/base/error.hpp"
#include "input.hpp"

namespace dko::app {

void add_verify_options(CommandLine& line, VerifyOptions& options) {
  line.group("Verifying");
  line.flag("verify", options.verify, "read all of FILE and compare it with its checksums").usual();
  line.option("model", options.origin.model, "MODEL", "with --verify: FILE must be by this model").reads();
  line.option(
      "input", options.origin.input.path, "INPUT",
      "with --verify: FILE must be of these data, read and chosen from as then, by the options below");
  add_input_options(line, options.origin.input, {{}, TableUse::Model::optional});
  line.check([&options](const CommandLine&) {
    if (!options.verify && !(options.origin.model.empty() && options.origin.input.path.empty()))
      throw UsageError("--model and --input are for --verify");
    if (options.origin.input.path.empty() && !options.origin.input.selection.empty())
      throw UsageError("options that choose cells and genes are for --verify with --input");
    const auto read = given_of(options.origin.input.read);
    if (options.verify && options.origin.input.path.empty() && read)
      throw UsageError(fmt::format("--{} says how --input is read: give --verify with --input", *read));
  });
}

}  // namespace dko::app
