#pragma once
// Which knockouts to score, as run and screen are asked to: options, and the plan that comes of them.

#include <optional>
#include <string>

#include "common_options.hpp"
#include "dko/base/output_file.hpp"
#include "dko/expression/matrix.hpp"
#include "dko/knockout/screen/screen.hpp"
#include "dko/training/ensemble.hpp"
#include "dko/workflow/job.hpp"
#include "keep_options.hpp"

namespace dko::app {

/// Which knockouts to score.
struct ScreenOptions {
  int order = 1;
  std::optional<std::int64_t> sample;  ///< pairs, instead of all
  std::string events;                  ///< file
  std::string genes;                   ///< to knock out: file or names; empty: all
  std::string cells;                   ///< to knock them out in, likewise
  std::optional<ScoreSet> scores;      ///< of all knockouts; none: both, but of all pairs the impact alone
  std::optional<InstructionSet> instructions;  ///< widest to use; none: any
  bool order_given = false;
  KeepOptions keep;  ///< of all pairs
};

/// Options --order, --sample, --score, --events, --knockout-genes, --knockout-cells and --instructions, and
/// those of KeepOptions.
void add_screen_options(CommandLine& line, ScreenOptions& options);
/// An option --instructions. `help` says for what.
Option& add_instructions(CommandLine& line, std::optional<InstructionSet>& instructions, const char* help);

/// The plan for these data and as many mappings, of several with the standard deviations over them, as any
/// machine would carry it out whose ranks may take the memory that is asked for, or 1 GiB. Local.
/// @throws InputError for lists that do not fit the data, or if nothing is left to knock out.
ScreenPlan plan_of(const ExpressionMatrix& matrix, const ScreenOptions& options, std::int64_t members,
                   std::uint64_t seed);

/// The same, to be written to that file, by this job's ranks. Says in the log how many knockouts it has.
/// Local: rank 0. @throws likewise
ScreenPlan make_plan(const ExpressionMatrix& matrix, const ScreenOptions& options, std::int64_t members,
                     const OutputFile& output, Job& job);

/// @throws UsageError if --memory is too little for what is kept, IoError if the disk cannot hold the screen,
/// with the curves of as many training steps. Local: rank
///         0, before any computing. Memory is for screen_memory.hpp.
void check_screen(const ExpressionMatrix& matrix, const ScreenPlan& plan, const OutputFile& output,
                  MappingKind kind, std::int64_t steps, int ranks);

}  // namespace dko::app
