#pragma once
// What a command is, and what all commands share.

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/positional_options.hpp>
#include <boost/program_options/variables_map.hpp>
#include <initializer_list>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dko/base/log.hpp"
#include "dko/base/output_file.hpp"
#include "dko/base/provenance.hpp"
#include "dko/parallel/communicator.hpp"

namespace dko::app {

/// What a command is run with.
struct Context {
  Communicator communicator;
  std::string command_line;
};

/// A command is one file of this folder. Every rank runs it with the same arguments.
struct Command {
  std::string_view name;
  std::string_view summary;
  void (*run)(const std::vector<std::string>& arguments, const Context& context);
};

/// All commands, in the order of the help text.
std::span<const Command> commands();

void run_command(const std::vector<std::string>& arguments, const Context& context);
void train_command(const std::vector<std::string>& arguments, const Context& context);
void ensemble_command(const std::vector<std::string>& arguments, const Context& context);
void estimate_command(const std::vector<std::string>& arguments, const Context& context);
void screen_command(const std::vector<std::string>& arguments, const Context& context);
void predict_command(const std::vector<std::string>& arguments, const Context& context);
void export_command(const std::vector<std::string>& arguments, const Context& context);
void top_command(const std::vector<std::string>& arguments, const Context& context);
void summarize_command(const std::vector<std::string>& arguments, const Context& context);
void explain_command(const std::vector<std::string>& arguments, const Context& context);
void info_command(const std::vector<std::string>& arguments, const Context& context);
void evaluate_command(const std::vector<std::string>& arguments, const Context& context);
void simulate_command(const std::vector<std::string>& arguments, const Context& context);
void bench_command(const std::vector<std::string>& arguments, const Context& context);

/// The command line of one command: its options, its help text, and their reading.
class CommandLine {
 public:
  /// `usage` is what follows "dko ", such as "train INPUT -o MODEL [options]".
  CommandLine(std::string usage, std::string what, std::string example);

  /// Options that the command adds to.
  boost::program_options::options_description_easy_init add() { return options_.add_options(); }
  /// A positional argument that must be given.
  void add_positional(const char* name, std::string& variable);
  /// One that may be left out.
  void add_optional(const char* name, std::string& variable);
  /// Any number of them, at least one.
  void add_positional(const char* name, std::vector<std::string>& variables);

  /// Reads the arguments into the variables. False if --help was asked for and has been printed.
  /// @throws UsageError for anything that does not fit.
  bool parse(const std::vector<std::string>& arguments, const Context& context);

  bool given(const std::string& option) const {
    return values_.count(option) > 0 && !values_[option].defaulted();
  }

 private:
  void print_help() const;

  std::string usage_;
  std::string what_;
  std::string example_;
  std::vector<std::string> positional_names_;
  boost::program_options::options_description options_;
  boost::program_options::options_description positional_;
  boost::program_options::positional_options_description positions_;
  boost::program_options::variables_map values_;
};

/// --seed, a number from 0.
void add_seed(CommandLine& line, std::uint64_t& seed, const char* of_what);

/// Options of every command that writes files.
struct CommonOptions {
  bool quiet = false;
  bool verbose = false;
  bool force = false;
  bool resume = false;
  std::string json;
};

void add_verbosity(CommandLine& line, CommonOptions& options);
/// --force, --json and verbosity.
void add_common(CommandLine& line, CommonOptions& options);

/// --resume, of the commands that have it.
void add_resume(CommandLine& line, CommonOptions& options);

/// A log that speaks on rank 0 only. @throws UsageError for --quiet with --verbose.
Log make_log(const CommonOptions& options, const Context& context);

/// @throws UsageError if two of these files, by option or name, are the same; empty ones are passed over.
void require_distinct(std::initializer_list<std::pair<const char*, std::string>> files);

/// @throws UsageError naming the option unless low ≤ value ≤ high.
void require_between(const char* option, double value, double low, double high);

/// The machine-readable summary of --json: claimed before the work, written after it. Does nothing without
/// --json.
class Summary {
 public:
  Summary(const CommonOptions& options);
  void write(const nlohmann::ordered_json& content);

 private:
  std::optional<OutputFile> file_;
};

nlohmann::ordered_json to_json(const Provenance& provenance);

}  // namespace dko::app
