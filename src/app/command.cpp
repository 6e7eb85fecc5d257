#include "command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <ostream>
#include <string_view>

#include "dko/base/error.hpp"
#include "dko/base/output_file.hpp"
#include "dko/base/output_path.hpp"
#include "dko/base/version.hpp"
#include "dko/command_line/manual.hpp"
#include "dko/hdf5/file.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/parallel/session.hpp"
#include "dko/system/instruction_set.hpp"

namespace dko::app {

namespace {

/// A command by its name, in the order of the help text.
struct CommandEntry {
  std::string_view name;  ///< one word, or two: "bench io"
  std::string_view summary;
  std::unique_ptr<Command> (*make)();
};

constexpr std::array all_commands{
    CommandEntry{"run", "train the mapping, then screen all knockouts, in one job", run_command},
    CommandEntry{"train", "train the mapping and write a model", train_command},
    CommandEntry{"ensemble", "join models that were trained separately", ensemble_command},
    CommandEntry{"screen", "score knockouts with a model", screen_command},
    CommandEntry{"predict", "predict the profiles of held-out cells, beside a baseline", predict_command},
    CommandEntry{"export", "export scores or profiles: CSV, AnnData, tables for pandas", export_command},
    CommandEntry{"top", "list the highest scores", top_command},
    CommandEntry{"summarize", "aggregate knockout scores per gene and gene pair across cells",
                 summarize_command},
    CommandEntry{"explain", "predict every gene's change after one knockout", explain_command},
    CommandEntry{"effects", "predict every gene's change after the loss of each", effects_command},
    CommandEntry{"estimate", "report what a job will take before it is submitted", estimate_command},
    CommandEntry{"info", "show what a file is and how it was made", info_command},
    CommandEntry{"evaluate", "compare scores and predictions with ground truth and baselines",
                 evaluate_command},
    CommandEntry{"simulate",
                 "simulate expression data, and ground-truth knockout effects, from a random network",
                 simulate_command},
    CommandEntry{"bench fit", "fitting a sparse mapping to simulated cells, beside its forecast",
                 bench_fit_command},
    CommandEntry{"bench io", "writing scores, beside plain MPI-IO and plain writes", bench_io_command},
    CommandEntry{"bench kernel", "scoring pairs, beside the peak of the processor", bench_kernel_command},
    CommandEntry{"bench screen", "a whole screen of synthetic cells, on all ranks", bench_screen_command},
    CommandEntry{"bench shards", "how evenly screens are divided among ranks", bench_shards_command},
    CommandEntry{"bench train", "steps of training, beside the memory's bandwidth, and on more ranks",
                 bench_train_command},
    CommandEntry{"bench verify", "reading back what bench screen wrote, and scoring a sample of it again",
                 bench_verify_command},
};

constexpr auto what_dko_does =
    "dko learns from single-cell expression data how the set of expressed genes determines each gene's\n"
    "relative expression, and predicts what knocking out one gene, or two, would do to every cell.";

constexpr std::string_view bench_prefix = "bench ";

std::string list_of(std::string_view prefix, bool with_prefix) {
  std::string list;
  for (const CommandEntry& entry : all_commands) {
    if (entry.name.starts_with(prefix) != with_prefix) continue;
    list += fmt::format("  {:<10}{}\n", entry.name.substr(with_prefix ? prefix.size() : 0), entry.summary);
  }
  return list;
}

std::string help_text() {
  return fmt::format(
      "{}\n\nUsage: dko COMMAND [options]\n\nCommands:\n{}  {:<10}{}\n\n"
      "dko COMMAND --help tells more; dko --version prints the version.\n"
      "Exit codes: 0 done, 2 usage, 3 unusable input, 4 input/output failure, 5 stopped by a signal or "
      "--time-limit with all saved, 1 anything else.\n",
      what_dko_does, list_of(bench_prefix, false), "bench", "measure dko against what the machine can do");
}

std::string names_of_benches() {
  std::string names;
  for (const CommandEntry& entry : all_commands) {
    if (!entry.name.starts_with(bench_prefix)) continue;
    names += names.empty() ? "" : "|";
    names += entry.name.substr(bench_prefix.size());
  }
  return names;
}

std::string bench_help_text() {
  return fmt::format(
      "Usage: dko bench {} [options]\n\nMeasures parts of dko against what the machine can do.\n\n{}\n"
      "dko bench NAME --help tells more.\n\nExample:\n  mpirun -n 2 dko bench io -o bench.h5\n",
      names_of_benches(), list_of(bench_prefix, true));
}

std::string version_text() {
  return fmt::format("dko {} ({}), {}, HDF5 {}\n", version(), revision(), mpi_library(),
                     hdf5::library_version());
}

Work print(std::string text) {
  return [text = std::move(text)](const Communicator& ranks) {
    if (ranks.is_root()) std::cout << text;
  };
}

std::vector<ManualEntry> manual() {
  std::vector<ManualEntry> entries;
  entries.reserve(all_commands.size());
  for (const CommandEntry& entry : all_commands)
    entries.push_back({std::string(entry.name), entry.summary, entry.make()->line()});
  return entries;
}

/// dko.1 and a page for each command. @throws IoError
void write_man_pages(const std::filesystem::path& folder) {
  const std::vector<ManualEntry> entries = manual();
  const auto write = [&](const std::string& name, const std::string& page) {
    OutputFile file(folder / (name + ".1"), true);
    errno = 0;
    if (!(std::ofstream(file.partial_path()) << page << std::flush))
      throw IoError(
          fmt::format("{}: writing failed: {}", file.final_path().string(), why_writing_failed(errno)));
    file.commit();
  };
  write("dko", man_page(entries, what_dko_does, version()));
  for (const ManualEntry& entry : entries) write(page_name(entry.name), man_page(entry, version()));
}

/// What packages are made with. @throws UsageError for anything else
Work parse_for_packages(const std::vector<std::string>& arguments) {
  if (arguments == std::vector<std::string>{"--completion", "bash"}) return print(bash_completion(manual()));
  if (arguments[0] == "--man-pages" && arguments.size() == 2)
    return [folder = arguments[1]](const Communicator& ranks) {
      on_root(ranks, [&] { write_man_pages(folder); });
    };
  throw UsageError(
      "dko --completion bash prints a completion script, dko --man-pages FOLDER writes man pages");
}

/// The command line as one could type it again, with what the environment asks for.
/// @throws UsageError if that cannot be
std::string quoted(const std::vector<std::string>& arguments) {
  constexpr auto plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=.,:/@%^";
  const auto instructions = instruction_set_of_environment();
  std::string line = instructions ? fmt::format("DKO_INSTRUCTIONS={} dko", name_of(*instructions)) : "dko";
  for (const std::string& word : arguments) {
    const bool safe = !word.empty() && word.find_first_not_of(plain) == std::string::npos;
    line += ' ';
    if (safe) {
      line += word;
      continue;
    }
    line += '\'';
    for (const char letter : word) line += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
    line += '\'';
  }
  return line;
}

/// The entry of the command that the arguments begin with. @throws UsageError
const CommandEntry& entry_of(const std::vector<std::string>& arguments) {
  const bool is_bench = arguments[0] == "bench";
  const std::string second = is_bench && arguments.size() > 1 ? arguments[1] : "";
  const std::string name = is_bench ? "bench " + second : arguments[0];
  const auto* found = std::ranges::find(all_commands, name, &CommandEntry::name);
  if (found != all_commands.end() && (is_bench || !name.starts_with(bench_prefix))) return *found;
  if (is_bench)
    throw UsageError(
        fmt::format("dko bench {}: '{}' is none of them; see dko bench --help", names_of_benches(), second));
  throw UsageError(fmt::format("there is no command '{}'; see dko --help", name));
}

}  // namespace

Work parse(const std::vector<std::string>& arguments) {
  const std::string first = arguments.empty() ? "" : arguments[0];
  if (first.empty()) throw UsageError("no command given; see dko --help");
  if (first == "--help" || first == "-h" || first == "help") return print(help_text());
  if (first == "--version") return print(version_text());
  const bool asks_for_help = arguments.size() > 1 && (arguments[1] == "--help" || arguments[1] == "-h");
  if (first == "bench" && asks_for_help) return print(bench_help_text());
  if (first == "--completion" || first == "--man-pages") return parse_for_packages(arguments);
  const std::shared_ptr<Command> command = entry_of(arguments).make();
  CommandLine line = command->line();
  if (!line.parse({arguments.begin() + (first == "bench" ? 2 : 1), arguments.end()}))
    return print(line.help());
  return [command, typed = quoted(arguments)](const Communicator& ranks) { command->run({ranks, typed}); };
}

}  // namespace dko::app
