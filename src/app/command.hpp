#pragma once
// What a command is, and what all commands share.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "dko/command_line/command_line.hpp"
#include "dko/parallel/communicator.hpp"
#include "options/common_options.hpp"

namespace dko::app {

/// What a command is run with.
struct Context {
  Communicator communicator;
  std::string command_line;
};

/// A command is one file of this folder: options, the command line that they are read from, and the work.
class Command {
 public:
  virtual ~Command() = default;
  /// Whose options are read into this command. Local, the same on every rank.
  virtual CommandLine line() = 0;
  /// After the line was parsed. Collective. @throws CollectiveFailure, or anything else on a rank alone: that
  /// ends the job
  virtual void run(const Context& context) const = 0;
};

/// A command made of its options and two functions.
template <class Options>
class CommandOf final : public Command {
 public:
  using MakeLine = CommandLine (*)(Options& options);
  using Run = void (*)(const Options& options, const Context& context);

  CommandOf(MakeLine make_line, Run work) : make_line_(make_line), work_(work) {}
  CommandLine line() override { return make_line_(options_); }
  void run(const Context& context) const override { work_(options_, context); }

 private:
  Options options_;
  MakeLine make_line_;
  Run work_;
};

template <class Options>
std::unique_ptr<Command> make_command(CommandLine (*make_line)(Options& options),
                                      void (*work)(const Options& options, const Context& context)) {
  return std::make_unique<CommandOf<Options>>(make_line, work);
}

std::unique_ptr<Command> run_command();
std::unique_ptr<Command> train_command();
std::unique_ptr<Command> ensemble_command();
std::unique_ptr<Command> effects_command();
std::unique_ptr<Command> estimate_command();
std::unique_ptr<Command> screen_command();
std::unique_ptr<Command> predict_command();
std::unique_ptr<Command> export_command();
std::unique_ptr<Command> top_command();
std::unique_ptr<Command> summarize_command();
std::unique_ptr<Command> explain_command();
std::unique_ptr<Command> info_command();
std::unique_ptr<Command> evaluate_command();
std::unique_ptr<Command> simulate_command();
std::unique_ptr<Command> bench_fit_command();
std::unique_ptr<Command> bench_io_command();
std::unique_ptr<Command> bench_kernel_command();
std::unique_ptr<Command> bench_screen_command();
std::unique_ptr<Command> bench_shards_command();
std::unique_ptr<Command> bench_train_command();
std::unique_ptr<Command> bench_verify_command();

/// What is left to do when the arguments of dko are parsed. Collective. @throws as Command::run
using Work = std::function<void(const Communicator& ranks)>;

/// Finds the command and parses its arguments. Local. @throws UsageError for anything that does not fit
Work parse(const std::vector<std::string>& arguments);

}  // namespace dko::app
