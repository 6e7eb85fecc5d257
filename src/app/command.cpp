#include "command.hpp"

#include <fmt/format.h>

#include <array>
#include <boost/program_options/parsers.hpp>
#include <filesystem>
#include <iostream>
#include <map>

#include "dko/base/error.hpp"

namespace dko::app {

namespace po = boost::program_options;

std::span<const Command> commands() {
  static constexpr std::array all{
      Command{"run", "train the mapping, then screen all knockouts, in one job", run_command},
      Command{"train", "train the mapping and write a model", train_command},
      Command{"ensemble", "join models that were trained apart into one", ensemble_command},
      Command{"screen", "score knockouts with a model", screen_command},
      Command{"predict", "predict the profiles of held-out cells, beside a baseline", predict_command},
      Command{"export", "write scores or profiles as CSV", export_command},
      Command{"top", "list the highest scores", top_command},
      Command{"summarize", "tell what knockouts of each gene and pair do over all cells", summarize_command},
      Command{"explain", "predict every gene's change after one knockout", explain_command},
      Command{"estimate", "tell what a job will take before it is submitted", estimate_command},
      Command{"info", "tell what a file is and how it was made", info_command},
      Command{"evaluate", "hold scores and predictions against truth and baselines", evaluate_command},
      Command{"simulate", "make expression data and the truth of knockouts from a network", simulate_command},
      Command{"bench", "measure dko against what the machine can do", bench_command},
  };
  return all;
}

CommandLine::CommandLine(std::string usage, std::string what, std::string example)
    : usage_(std::move(usage)),
      what_(std::move(what)),
      example_(std::move(example)),
      options_("Options", 100) {
  add()("help,h", "print this text");
}

void CommandLine::add_positional(const char* name, std::string& variable) {
  add_optional(name, variable);
  positional_names_.emplace_back(name);
}

void CommandLine::add_optional(const char* name, std::string& variable) {
  positional_.add_options()(name, po::value(&variable));
  positions_.add(name, 1);
}

void CommandLine::add_positional(const char* name, std::vector<std::string>& variables) {
  positional_.add_options()(name, po::value(&variables));
  positions_.add(name, -1);
  positional_names_.emplace_back(name);
}

bool CommandLine::parse(const std::vector<std::string>& arguments, const Context& context) {
  po::options_description all;
  all.add(options_).add(positional_);
  const auto see = [&] { return fmt::format("; see dko {} --help", usage_.substr(0, usage_.find(' '))); };
  try {
    using po::command_line_style::allow_guessing;
    using po::command_line_style::unix_style;
    po::store(po::command_line_parser(arguments)
                  .options(all)
                  .positional(positions_)
                  .style(unix_style & ~allow_guessing)
                  .run(),
              values_);
    if (values_.count("help") > 0) {
      if (context.communicator.is_root()) print_help();
      return false;
    }
    po::notify(values_);
  } catch (const po::error& error) {
    throw UsageError(error.what() + see());
  }
  for (const std::string& name : positional_names_) {
    if (values_.count(name) == 0) throw UsageError(name + " is missing" + see());
  }
  return true;
}

void CommandLine::print_help() const {
  std::cout << "Usage: dko " << usage_ << "\n\n"
            << what_ << "\n\nExample:\n  " << example_ << "\n\n"
            << options_;
}

void add_verbosity(CommandLine& line, CommonOptions& options) {
  line.add()("quiet,q", po::bool_switch(&options.quiet), "say nothing but warnings and errors")(
      "verbose,v", po::bool_switch(&options.verbose), "say more");
}

void add_common(CommandLine& line, CommonOptions& options) {
  line.add()("force,f", po::bool_switch(&options.force), "replace output files that exist")(
      "json", po::value(&options.json)->value_name("FILE"), "write a machine-readable summary");
  add_verbosity(line, options);
}

void add_resume(CommandLine& line, CommonOptions& options) {
  line.add()(
      "resume", po::bool_switch(&options.resume),
      "go on where a job of this output was stopped or killed, on any number of ranks; without one, start "
      "at the beginning");
}

Log make_log(const CommonOptions& options, const Context& context) {
  if (options.quiet && options.verbose) throw UsageError("--quiet and --verbose exclude each other");
  if (!context.communicator.is_root()) return Log::silent();
  return {std::cerr, options.quiet     ? Verbosity::quiet
                     : options.verbose ? Verbosity::verbose
                                       : Verbosity::normal};
}

void require_distinct(std::initializer_list<std::pair<const char*, std::string>> files) {
  std::map<std::filesystem::path, const char*> seen;
  for (const auto& [what, file] : files) {
    if (file.empty()) continue;
    std::error_code error;
    std::filesystem::path path = std::filesystem::weakly_canonical(file, error);
    if (error) path = file;
    const auto [other, is_new] = seen.emplace(path, what);
    if (!is_new) throw UsageError(fmt::format("{} and {} are the same file, {}", other->second, what, file));
  }
}

void add_seed(CommandLine& line, std::uint64_t& seed, const char* of_what) {
  const auto take = [&seed](std::int64_t value) {
    if (value < 0) throw UsageError("--seed must not be negative");
    seed = static_cast<std::uint64_t>(value);
  };
  line.add()("seed",
             po::value<std::int64_t>()
                 ->default_value(static_cast<std::int64_t>(seed))
                 ->notifier(take)
                 ->value_name("S"),
             of_what);
}

void require_between(const char* option, double value, double low, double high) {
  if (value >= low && value <= high) return;
  throw UsageError(fmt::format("{} must be between {} and {}, not {}", option, low, high, value));
}

}  // namespace dko::app
