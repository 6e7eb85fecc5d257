#include "common_options.hpp"

#include <fmt/format.h>

#include <iostream>
#include <map>

#include "app/command.hpp"
#include "dko/base/error.hpp"
#include "dko/base/output_path.hpp"
#include "dko/base/text.hpp"

namespace dko::app {

void add_verbosity(CommandLine& line, CommonOptions& options) {
  line.group(last_group);
  line.flag("quiet,q", options.quiet, "say nothing but warnings and errors");
  line.flag("verbose,v", options.verbose, "say more").excludes("quiet");
}

void add_force(CommandLine& line, CommonOptions& options) {
  line.group(last_group);
  line.flag("force,f", options.force, "replace output files that exist").usual();
}

void add_common(CommandLine& line, CommonOptions& options) {
  add_force(line, options);
  line.option("json", options.json, "FILE", "write a machine-readable summary").writes();
  add_verbosity(line, options);
}

void add_resume(CommandLine& line, CommonOptions& options) {
  line.group(stopping_group);
  line.flag("resume", options.resume,
            "go on where a job of this output was stopped or killed, on any number of ranks; without one, "
            "start at the beginning")
      .usual();
}

Log make_log(const CommonOptions& options, const Context& context) {
  if (!context.communicator.is_root()) return Log::silent();
  return {std::cerr, options.quiet     ? Verbosity::quiet
                     : options.verbose ? Verbosity::verbose
                                       : Verbosity::normal};
}

void require_distinct(std::initializer_list<std::pair<const char*, std::string>> files) {
  std::map<std::string, const char*> seen;
  for (const auto& [what, file] : files) {
    if (file.empty()) continue;
    const auto [other, is_new] = seen.emplace(identity_of(file), what);
    if (!is_new) throw UsageError(fmt::format("{} and {} are the same file, {}", other->second, what, file));
  }
}

Option& add_seed(CommandLine& line, std::uint64_t& seed, const char* of_what) {
  const auto take = [](const std::string& text) {
    const auto value = parse_integer(text);
    if (!value) throw UsageError(fmt::format("the argument ('{}') for option '--seed' is invalid", text));
    if (*value < 0) throw UsageError("--seed must not be negative");
    return static_cast<std::uint64_t>(*value);
  };
  return line.parsed("seed", seed, "S", take, of_what).defaults_to(fmt::to_string(seed));
}

}  // namespace dko::app
